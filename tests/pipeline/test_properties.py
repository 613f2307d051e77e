"""What must hold for any texts: vectors stay, rows stay, offsets slice, every token has its vector."""

import itertools
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annopipe import (
    AlbertEmbeddings,
    Annotation,
    DocumentAssembler,
    Pipeline,
    PipelineModel,
    SentenceDetector,
    SentenceEmbeddings,
    Tokenizer,
)
from annopipe.columns import AnnotationColumn

pytestmark = pytest.mark.filterwarnings("ignore::annopipe.AnnopipeWarning")
STILL = 1e-6
Row = dict[str, list[Annotation]]

WORDS = st.sampled_from(
    ["the", "house", "Morning", "naïve", "U.S.A.", "don't", "1990,", "ﬁne", "İstanbul", "㎏", "😀", "\u200b", "\ufeff",
     "``quoted''", "...", "a;b", "(x)", "über", "𝘸𝘰𝘳𝘬", "مرحبا", "👩‍👩‍👧", "e\u0301", "\u2028", "▁", "東京", "ΣΑΣ"]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(WORDS, max_size=25).map(" ".join),
    st.text(max_size=30),
    st.none(),
    st.sampled_from(["", " ", "\n\t", "\x00", "\ud83d x"]),
)
BATCHES = st.lists(TEXTS, min_size=1, max_size=6)


@lru_cache(maxsize=16)
def _model(folder: Path, dialect: str, sentences: bool, batch: int | None) -> PipelineModel:
    source = "sentence" if sentences else "document"
    detector = [SentenceDetector(inputCols=["document"], outputCol="sentence", dialect=dialect)]
    albert = AlbertEmbeddings.pretrained(folder).setDialect(dialect).setInputCols(source, "token").setOutputCol("words")
    if batch:
        albert.setBatchSize(batch)
    return Pipeline(
        stages=[
            DocumentAssembler(inputCol="text", outputCol="document", dialect=dialect),
            *(detector if sentences else []),
            Tokenizer(inputCols=[source], outputCol="token", dialect=dialect),
            albert,
            SentenceEmbeddings(inputCols=[source, "words"], outputCol="pooled", dialect=dialect),
        ]
    ).fit()


def _same(rows: list[Row], others: list[Row]) -> None:
    assert len(rows) == len(others)
    for row, other in zip(rows, others, strict=True):
        for name in row:
            _same_cell(row[name], other[name])


def _same_cell(cell: list[Annotation], other: list[Annotation]) -> None:
    named = [(a.annotatorType, a.begin, a.end, a.result, a.metadata) for a in cell]
    assert named == [(a.annotatorType, a.begin, a.end, a.result, a.metadata) for a in other]
    for one, two in zip(cell, other, strict=True):
        np.testing.assert_allclose(one.embeddings, two.embeddings, atol=STILL, rtol=0)


def _check_stillness(folder: Path, dialect: str, texts: list[str | None], sentences: bool, data: Any) -> None:
    model = _model(folder, dialect, sentences, None)
    rows = model.transform(texts)
    _same(rows, [model.transform([text])[0] for text in texts])
    order = data.draw(st.permutations(range(len(texts))))
    shuffled = model.transform([texts[i] for i in order])
    _same([rows[i] for i in order], shuffled)
    _same(rows, _model(folder, dialect, sentences, data.draw(st.sampled_from([1, 2, 7]))).transform(texts))


def _check_shape(folder: Path, texts: list[str | None], sentences: bool) -> None:
    for text, row in zip(texts, _model(folder, "albert", sentences, None).transform(texts), strict=True):
        (document,) = row["document"]
        whole = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text or "")
        assert document.result == whole
        for token, word in zip(row["token"], row["words"], strict=True):
            assert whole[token.begin : token.end + 1] == token.result
            assert (word.begin, word.end) == (token.begin, token.end)
            assert len(word.embeddings) == 16
            assert bool(np.any(word.embeddings)) == (word.metadata["isOOV"] == "false")
        assert len(row["pooled"]) == len(row["sentence" if sentences else "document"])


@pytest.mark.parametrize("dialect", ["albert", "sparknlp"])
@settings(max_examples=100)
@given(texts=BATCHES, sentences=st.booleans(), data=st.data())
def test_mates_order_and_batch_size_move_nothing(
    tiny_model_folder: Path, dialect: str, texts: list[str | None], sentences: bool, data: Any
) -> None:
    _check_stillness(tiny_model_folder, dialect, texts, sentences, data)


@given(texts=BATCHES, sentences=st.booleans())
def test_every_token_has_a_vector_and_slices_its_text(
    tiny_model_folder: Path, texts: list[str | None], sentences: bool
) -> None:
    _check_shape(tiny_model_folder, texts, sentences)


@pytest.mark.long
@pytest.mark.parametrize("dialect", ["albert", "sparknlp"])
@settings(max_examples=5000)
@given(texts=BATCHES, sentences=st.booleans(), data=st.data())
def test_ten_thousand_batches(
    tiny_model_folder: Path, dialect: str, texts: list[str | None], sentences: bool, data: Any
) -> None:
    _check_stillness(tiny_model_folder, dialect, texts, sentences, data)
    _check_shape(tiny_model_folder, texts, sentences)


@settings(max_examples=50)
@given(texts=BATCHES, cuts=st.lists(st.integers(0, 6), max_size=3))
def test_micro_batches_move_nothing(tiny_model_folder: Path, texts: list[str | None], cuts: list[int]) -> None:
    model = _model(tiny_model_folder, "albert", True, None)
    clean = [None if text is None else text.encode("utf-8", "replace").decode() for text in texts]
    table = pa.table({"text": pa.array(clean, pa.string())})
    places = sorted({0, *(min(cut, len(texts)) for cut in cuts), len(texts)})
    parts = [table.slice(a, b - a) for a, b in itertools.pairwise(places)]
    reader = pa.RecordBatchReader.from_batches(table.schema, [b for part in parts for b in part.to_batches()])
    streamed, whole = model.transform(reader).read_all(), model.transform(table)
    for name in ("words", "pooled"):
        pairs = zip(AnnotationColumn.from_arrow(whole[name]), AnnotationColumn.from_arrow(streamed[name]), strict=True)
        for one, two in pairs:
            _same_cell(one, two)
