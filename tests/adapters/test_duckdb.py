"""Functions of DuckDB's SQL, with DuckDB itself."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, Tokenizer
from annopipe.annotation import FIELDS
from annopipe.errors import MissingExtra, ModelNotFound, ParamTypeError

duckdb = pytest.importorskip("duckdb", reason="duckdb is absent: pip install 'annopipe[duckdb]'")

TEXTS = ["a house", None, "", "the bank 😀 of it"]


@pytest.fixture
def connection(tiny_model_folder: Path) -> Iterator[Any]:
    with duckdb.connect() as opened:
        annopipe.duckdb.register(opened, tiny_model_folder)
        opened.execute("create table texts as select unnest(range(4)) as id, unnest(?) as text", [TEXTS])
        yield opened


def test_words_are_the_annotations_of_the_pipeline(connection: Any, tiny_model_folder: Path) -> None:
    found = connection.sql("select albert_words(text) from texts order by id").fetchall()
    embeddings = AlbertEmbeddings.pretrained(str(tiny_model_folder)).setInputCols("document", "token")
    stages = [DocumentAssembler(inputCol="text"), Tokenizer(inputCols=["document"], outputCol="token")]
    rows = Pipeline(stages=[*stages, embeddings.setOutputCol("words")]).fit().transform(TEXTS)
    assert [cell is None for (cell,) in found] == [False, True, False, False]
    for (cell,), row in zip(found, rows, strict=True):
        for made, wanted in zip(cell or [], row["words"], strict=True):
            assert tuple(made) == FIELDS
            assert [made[name] for name in FIELDS[:5]] == [getattr(wanted, name) for name in FIELDS[:5]]
            assert np.allclose(made["embeddings"], wanted.embeddings, atol=1e-6)


def test_sentences_are_the_native_apis(connection: Any, tiny_model_folder: Path) -> None:
    embedder = annopipe.load(tiny_model_folder)
    found = connection.sql("select albert_sentence(text) as v from texts order by id")
    assert str(found.types[0]) == f"FLOAT[{embedder.dimension}]"
    for (vector,), text in zip(found.fetchall(), TEXTS, strict=True):
        if text is None:
            assert vector is None
        else:
            assert np.allclose(vector, next(iter(embedder.embed_sentences([text]))).vector, atol=1e-6)


def test_sql_does_with_them_what_sql_does(connection: Any) -> None:
    nearest = connection.sql(
        "select text from texts where text <> '' order by"
        " array_cosine_similarity(albert_sentence(text), albert_sentence('a house')) desc limit 1"
    ).fetchall()
    assert nearest == [("a house",)]
    words = connection.sql(
        'select w.result, w."begin", len(w.embeddings) from'
        " (select unnest(albert_words(text)) as w from texts where id = 0)"
    ).fetchall()
    assert words == [("a", 0, 16), ("house", 2, 16)]


def test_many_rows_come_in_vectors(connection: Any) -> None:
    rows = connection.sql(
        "select i % 3, albert_sentence('text ' || (i % 3)) as v from range(5000) r(i) order by i"
    ).fetchall()
    vectors = np.array([vector for _, vector in rows])
    assert vectors.shape == (5000, 16)
    assert np.allclose(vectors, vectors[[kind for kind, _ in rows]], atol=1e-6)
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)


def test_what_register_takes(connection: Any, tiny_model_folder: Path) -> None:
    stage = AlbertEmbeddings.pretrained(str(tiny_model_folder))
    for model in (stage, annopipe.load(tiny_model_folder), str(tiny_model_folder)):
        annopipe.duckdb.register(connection, model)
        assert connection.sql("select len(albert_words('a house'))").fetchall() == [(2,)]
    with pytest.raises(ParamTypeError, match="a model is an AlbertEmbeddings stage"):
        annopipe.duckdb.register(connection, 5)
    with pytest.raises(ModelNotFound):
        annopipe.duckdb.register(connection, "albert_mimi")
    with pytest.raises(ParamTypeError, match=r"takes a connection of DuckDB's, such as .*, not str"):
        annopipe.duckdb.register("albert_mini", connection)


def test_the_module_is_its_default_connection(tiny_model_folder: Path) -> None:
    annopipe.duckdb.register(duckdb, tiny_model_folder)
    assert duckdb.sql("select len(albert_words('a house'))").fetchall() == [(2,)]


def test_without_duckdb_the_extra_is_named(
    connection: Any, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"annopipe\[duckdb\]"):
        annopipe.duckdb.register(connection, tiny_model_folder)
