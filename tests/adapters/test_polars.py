"""Expressions of Polars, with Polars itself."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import annopipe
import annopipe.polars
from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, Tokenizer
from annopipe.errors import ColumnTypeError, ModelNotFound, ParamTypeError
from annopipe.frames import carrying

TEXTS = ["a house", None, "", "the bank 😀 of it"]


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame({"id": [1, 2, 3, 4], "text": TEXTS})


@pytest.fixture(scope="module")
def folder(tiny_model_folder: Path) -> str:
    return str(tiny_model_folder)


def test_sentences_are_the_native_apis(frame: pl.DataFrame, folder: str) -> None:
    embedder = annopipe.load(folder)
    made = frame.select(pl.col("text").albert.sentence(folder))["text"]
    assert made.dtype == pl.Array(pl.Float32, embedder.dimension)
    assert made.is_null().to_list() == [False, True, False, False]
    for vector, text in zip(made, TEXTS, strict=True):
        if text is not None:
            assert np.allclose(vector, next(iter(embedder.embed_sentences([text]))).vector, atol=1e-6)


def test_words_are_the_annotations_of_a_polars_frame(frame: pl.DataFrame, folder: str) -> None:
    embeddings = AlbertEmbeddings.pretrained(folder).setInputCols("document", "token").setOutputCol("words")
    stages = [DocumentAssembler(inputCol="text"), Tokenizer(inputCols=["document"], outputCol="token"), embeddings]
    wanted = Pipeline(stages=stages).fit().transform(frame.drop_nulls())["words"]
    made = frame.select(words=pl.col("text").albert.words(folder))["words"]
    assert made.dtype == wanted.dtype
    assert made[1] is None
    assert made.drop_nulls().list.eval(pl.element().struct.field("result")).to_list() == [
        ["a", "house"],
        [],
        ["the", "bank", "😀", "of", "it"],
    ]
    flat, other = (s.drop_nulls().filter(s.drop_nulls().list.len() > 0).explode() for s in (made, wanted))
    for name in ("begin", "end", "result", "annotatorType"):
        assert flat.struct.field(name).to_list() == other.struct.field(name).to_list()
    vectors = [s.struct.field("embeddings").explode().to_numpy() for s in (flat, other)]
    assert np.allclose(*vectors, atol=1e-6)


def test_similarity_is_the_native_apis(folder: str) -> None:
    frame = pl.DataFrame({"a": ["a house", None, "a house"], "b": ["the bank", "x", "a house"]})
    found = frame.select(s=pl.col("a").albert.similarity("b", folder))["s"]
    assert found.dtype == pl.Float64
    wanted = annopipe.load(folder).similarity("a house", "the bank")
    assert found.to_list() == [pytest.approx(wanted, abs=1e-5), None, pytest.approx(1)]
    one = frame.select(s=pl.col("a").albert.similarity(pl.lit("the bank"), folder))["s"]
    assert one.to_list() == [pytest.approx(wanted, abs=1e-5), None, pytest.approx(wanted, abs=1e-5)]


def test_lazy_frames_know_the_type_and_wait(frame: pl.DataFrame, folder: str) -> None:
    lazy = frame.lazy().with_columns(v=pl.col("text").albert.sentence(folder))
    assert lazy.collect_schema()["v"] == pl.Array(pl.Float32, annopipe.load(folder).dimension)
    whole = lazy.collect()
    assert whole.columns == ["id", "text", "v"]
    assert lazy.filter(pl.col("id") == 4).collect()["v"][0].to_list() == pytest.approx(
        whole["v"][3].to_list(), abs=1e-6
    )
    assert lazy.collect(engine="streaming")["v"].is_null().sum() == 1


def test_categories_nulls_and_empty_columns(folder: str) -> None:
    sentence = pl.col("t").albert.sentence(folder)
    categories = pl.DataFrame({"t": pl.Series(["a house", "a house"], dtype=pl.Categorical)})
    assert categories.select(sentence)["t"].is_not_null().all()
    assert pl.DataFrame({"t": [None, None]}).select(sentence)["t"].is_null().all()
    empty = pl.DataFrame({"t": []}, schema={"t": pl.String})
    assert empty.select(sentence)["t"].dtype == pl.Array(pl.Float32, 16)
    assert empty.select(pl.col("t").albert.words(folder)).height == 0


def test_long_columns_go_in_slices(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"t": ["a house", None, "the bank"] * 4})
    whole = frame.select(pl.col("t").albert.sentence(folder))["t"]
    monkeypatch.setattr(carrying, "MOST_ROWS", 5)
    sliced = frame.select(pl.col("t").albert.sentence(folder))["t"]
    assert sliced.is_null().to_list() == whole.is_null().to_list()
    assert np.allclose(*(s.drop_nulls().to_numpy() for s in (sliced, whole)), atol=1e-6)


def test_what_is_refused(frame: pl.DataFrame, folder: str) -> None:
    with pytest.raises(ModelNotFound):
        pl.col("text").albert.sentence("albert_mimi")
    with pytest.raises(ParamTypeError):
        pl.col("text").albert.words(5)
    with pytest.raises(
        (ColumnTypeError, pl.exceptions.ComputeError), match="column 'id' holds Int64, not texts: cast it to String"
    ):
        frame.select(pl.col("id").albert.sentence(folder))


def test_without_polars_the_extra_is_named() -> None:
    code = (
        "import sys\nsys.modules['polars'] = None\nfrom annopipe.errors import MissingExtra\n"
        "try:\n    import annopipe.polars\nexcept MissingExtra as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "annopipe[polars]" in done.stdout
