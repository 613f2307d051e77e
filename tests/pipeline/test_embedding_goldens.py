"""The whole pipeline in the ``sparknlp`` dialect against what the real Spark NLP 5.5.3 answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from annopipe import (
    AlbertEmbeddings,
    Annotation,
    DocumentAssembler,
    EmbeddingsFinisher,
    Pipeline,
    SentenceDetector,
    SentenceEmbeddings,
    Tokenizer,
    options,
)
from annopipe.columns import AnnotationColumn

pytestmark = [pytest.mark.reference, pytest.mark.filterwarnings("ignore::annopipe.AnnopipeWarning")]
CLOSE = 1e-4
Row = dict[str, list[Annotation]]


@pytest.fixture(autouse=True)
def _sparknlp_dialect() -> Iterator[None]:
    options.dialect = "sparknlp"
    yield
    options.dialect = "albert"


@pytest.fixture
def goldens(reference: Path) -> Path:
    return reference / "golden" / "embeddings"


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _stages(reference: Path, *, source: str = "document", **settings: Any) -> list[Any]:
    detector = [SentenceDetector(inputCols=["document"], outputCol="sentence")] if source == "sentence" else []
    albert = AlbertEmbeddings.pretrained(str(reference / "models" / "albert-tiny-random"))
    albert.setInputCols(source, "token").setOutputCol("embeddings")
    for name, value in settings.items():
        albert.set(name, value)
    return [
        DocumentAssembler(inputCol="text", outputCol="document"),
        *detector,
        Tokenizer(inputCols=[source], outputCol="token"),
        albert,
    ]


def _run(stages: list[Any], texts: list[str | None]) -> list[Row]:
    table = Pipeline(stages=stages).fit().transform(pa.table({"text": pa.array(texts, pa.string())}))
    names = [name for name in table.column_names if name != "text"]
    columns = {name: list(AnnotationColumn.from_arrow(table[name])) for name in names}
    return [{name: column[i] for name, column in columns.items()} for i in range(len(texts))]


def _same(found: list[Annotation], expected: list[list[Any]], vectors: np.ndarray) -> None:
    assert [[a.annotatorType, a.begin, a.end, a.result, a.metadata] for a in found] == [e[:5] for e in expected]
    for annotation, (*_, place) in zip(found, expected, strict=True):
        if place is None:
            assert len(annotation.embeddings) == 0
        else:
            np.testing.assert_allclose(annotation.embeddings, vectors[place], atol=CLOSE, rtol=0)


def _same_tokens(found: list[Annotation], expected: list[list[Any]]) -> None:
    assert [[a.begin, a.end, a.result, a.metadata["sentence"]] for a in found] == expected


@pytest.mark.parametrize(("name", "cased"), [("words_single_uncased", False), ("words_single_cased", True)])
def test_words(reference: Path, goldens: Path, name: str, cased: bool) -> None:
    records, vectors = _lines(goldens / f"{name}.jsonl"), np.load(goldens / f"{name}.npz")["vectors"]
    stages = _stages(reference, caseSensitive=True) if cased else _stages(reference)
    rows = _run(stages, [r["text"] for r in records])
    for record, row in zip(records, rows, strict=True):
        _same(row["document"], record["document"], vectors)
        _same_tokens(row["token"], record["token"])
        _same(row["embeddings"], record["embeddings"], vectors)


def test_sentences(reference: Path, goldens: Path) -> None:
    records, vectors = _lines(goldens / "sentences.jsonl"), np.load(goldens / "sentences.npz")["vectors"]
    rows = _run(_stages(reference, source="sentence"), [r["text"] for r in records])
    for record, row in zip(records, rows, strict=True):
        _same(row["sentence"], record["sentence"], vectors)
        _same_tokens(row["token"], record["token"])
        _same(row["embeddings"], record["embeddings"], vectors)


@pytest.mark.parametrize("limit", [8, 16, 128, 512])
def test_truncation(reference: Path, goldens: Path, limit: int) -> None:
    records, vectors = _lines(goldens / "truncation.jsonl"), np.load(goldens / "truncation.npz")["vectors"]
    rows = _run(_stages(reference, maxSentenceLength=limit), [r["text"] for r in records])
    for record, row in zip(records, rows, strict=True):
        expected = record["limits"][str(limit)]
        found, tokens = row["embeddings"], row["token"]
        assert len(found) == expected["count"]
        kept = [(tokens[i].begin, tokens[i].end) for i in expected["token_index"]]
        assert [(a.begin, a.end) for a in found] == kept
        missing = len(tokens) - len(found)
        notes = {a.metadata.pop("cutTokens", None) for a in found}
        if limit in {8, 16}:
            assert notes == {str(missing)}
        _same([found[i] for i in expected["kept"]], expected["embeddings"], vectors)


def test_pooling(reference: Path, goldens: Path) -> None:
    records = _lines(goldens / "sentence_embeddings.jsonl")
    vectors = np.load(goldens / "sentence_embeddings.npz")["vectors"]
    texts = [r["text"] for r in records]
    over = {"": ("sentence", "sentence"), "trap_": ("sentence", "document"), "document_": ("document", "document")}
    for prefix, (source, pooled) in over.items():
        pools = [
            SentenceEmbeddings(inputCols=[pooled, "embeddings"], outputCol=strategy, poolingStrategy=strategy.upper())
            for strategy in ("average", "sum")
        ]
        for record, row in zip(records, _run([*_stages(reference, source=source), *pools], texts), strict=True):
            for strategy in ("average", "sum"):
                _same(row[strategy], record[prefix + strategy], vectors)


def test_finisher(reference: Path, goldens: Path) -> None:
    texts = [r["text"] for r in _lines(goldens / "sentence_embeddings.jsonl")]
    vectors = np.load(goldens / "embeddings_finisher.npz")["vectors"]
    records = _lines(goldens / "embeddings_finisher.jsonl")
    for run in {r["run"] for r in records}:
        given = {k: v == "True" for k, v in (part.split("=") for part in run.split(","))}
        stages = [
            *_stages(reference, source="sentence"),
            SentenceEmbeddings(inputCols=["sentence", "embeddings"], outputCol="pooled"),
            EmbeddingsFinisher(inputCols=["embeddings", "pooled"], outputCols=["words", "pool"], **given),
        ]
        table = Pipeline(stages=stages).fit().transform(pa.table({"text": pa.array(texts, pa.string())}))
        assert ("token" in table.column_names) is not given["cleanAnnotations"]
        for record in (r for r in records if r["run"] == run):
            for name in ("words", "pool"):
                found = table[name][record["id"]].as_py()
                expected = [[] if place is None else vectors[place] for place in record[name]]
                assert len(found) == len(expected)
                for one, other in zip(found, expected, strict=True):
                    np.testing.assert_allclose(one, other, atol=CLOSE, rtol=0)
