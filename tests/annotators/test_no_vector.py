"""Annotations that get no vector are counted where they can be, and warned of, whatever the wiring."""

from pathlib import Path
from typing import Any

import pytest

from annopipe import (
    AlbertEmbeddings,
    ChunkEmbeddings,
    DocumentAssembler,
    NGramGenerator,
    Pipeline,
    SentenceDetector,
    SentenceEmbeddings,
    Tokenizer,
)
from annopipe.errors import AnnopipeWarning

TEXT = "It rained today. We stayed at home. Ann came late."
OTHER = "One."


def _stages(folder: Path, **columns: str) -> list[Any]:
    model = AlbertEmbeddings.pretrained(str(folder)).setOutputCol("vectors")
    return [
        DocumentAssembler(inputCol="text", outputCol="document"),
        DocumentAssembler(inputCol="other", outputCol="another"),
        SentenceDetector(inputCols=["document"], outputCol="sentence"),
        Tokenizer(inputCols=[columns.get("tokens", "document")], outputCol="token"),
        model.setInputCols(columns.get("vectors", "document"), "token"),
    ]


def _row(stages: list[Any]) -> dict[str, Any]:
    (row,) = Pipeline(stages=stages).fit().transform([{"text": TEXT, "other": OTHER}])
    return row


@pytest.mark.usefixtures("sparknlp_dialect")
def test_tokens_of_sentences_over_the_document_are_counted(tiny_model_folder: Path) -> None:
    with pytest.warns(AnnopipeWarning, match=r"in no sentence of their number get no vector .*\(9 of the first slice"):
        row = _row(_stages(tiny_model_folder, tokens="sentence"))
    assert (len(row["token"]), len(row["vectors"])) == (13, 4)
    assert {note.metadata["cutTokens"] for note in row["vectors"]} == {"9"}


@pytest.mark.usefixtures("sparknlp_dialect")
def test_tokens_of_another_document_are_counted(tiny_model_folder: Path) -> None:
    with pytest.warns(AnnopipeWarning, match="get no vector"):
        row = _row(_stages(tiny_model_folder, vectors="another"))
    assert len(row["vectors"]) < len(row["token"])


@pytest.mark.usefixtures("sparknlp_dialect")
def test_the_usual_wirings_count_nothing(tiny_model_folder: Path) -> None:
    for column in ("sentence", "document"):
        row = _row(_stages(tiny_model_folder, tokens=column, vectors=column))
        assert len(row["vectors"]) == len(row["token"]) == 13
        assert not [note for note in row["vectors"] if "cutTokens" in note.metadata]


def test_no_token_is_without_a_vector_in_the_albert_dialect(tiny_model_folder: Path) -> None:
    for tokens, vectors in (("sentence", "document"), ("document", "sentence"), ("document", "another")):
        row = _row(_stages(tiny_model_folder, tokens=tokens, vectors=vectors))
        assert len(row["vectors"]) == len(row["token"]) == 13


@pytest.mark.parametrize("dialect", ["albert", "sparknlp"])
def test_word_vectors_that_count_in_no_sentence_are_warned_of(tiny_model_folder: Path, dialect: str) -> None:
    source = "another" if dialect == "albert" else "document"
    pooled = SentenceEmbeddings(inputCols=[source, "vectors"], outputCol="pooled")
    stages = [*_stages(tiny_model_folder, tokens="sentence", vectors="sentence"), pooled]
    with pytest.warns(AnnopipeWarning, match="in no sentence of their row count nowhere"):
        _row([stage.setDialect(dialect) for stage in stages])


@pytest.mark.parametrize("dialect", ["albert", "sparknlp"])
def test_chunks_of_another_document_are_warned_of(tiny_model_folder: Path, dialect: str) -> None:
    stages = [
        *_stages(tiny_model_folder, vectors="document"),
        Tokenizer(inputCols=["another"], outputCol="other_token"),
        AlbertEmbeddings.pretrained(str(tiny_model_folder))
        .setInputCols("another", "other_token")
        .setOutputCol("other_vectors"),
        NGramGenerator(inputCols=["token"], outputCol="chunk"),
        ChunkEmbeddings(inputCols=["chunk", "other_vectors"], outputCol="made"),
    ]
    fate = "without floats" if dialect == "albert" else "left out"
    with pytest.warns(AnnopipeWarning, match=f"no word of their sentence has a vector are {fate}"):
        _row([stage.setDialect(dialect) for stage in stages])
