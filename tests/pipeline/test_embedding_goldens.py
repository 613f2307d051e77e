"""The whole pipeline in the ``sparknlp`` dialect against what the real Spark NLP 5.5.3 answered."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from embedding_records import CLOSE, check_same, lines, make_stages, rows_of

from annopipe import Annotation, EmbeddingsFinisher, Pipeline, SentenceEmbeddings

pytestmark = [
    pytest.mark.reference,
    pytest.mark.usefixtures("sparknlp_dialect"),
    pytest.mark.filterwarnings("ignore::annopipe.AnnopipeWarning"),
]


@pytest.fixture
def goldens(reference: Path) -> Path:
    return reference / "golden" / "embeddings"


def check_tokens(found: list[Annotation], expected: list[list[Any]]) -> None:
    assert [[a.begin, a.end, a.result, a.metadata["sentence"]] for a in found] == expected


@pytest.mark.parametrize(("name", "cased"), [("words_single_uncased", False), ("words_single_cased", True)])
def test_words(reference: Path, goldens: Path, name: str, cased: bool) -> None:
    records, vectors = lines(goldens / f"{name}.jsonl"), np.load(goldens / f"{name}.npz")["vectors"]
    stages = make_stages(reference, caseSensitive=True) if cased else make_stages(reference)
    rows = rows_of(stages, [r["text"] for r in records])
    for record, row in zip(records, rows, strict=True):
        check_same(row["document"], record["document"], vectors)
        check_tokens(row["token"], record["token"])
        check_same(row["embeddings"], record["embeddings"], vectors)


def test_sentences(reference: Path, goldens: Path) -> None:
    records, vectors = lines(goldens / "sentences.jsonl"), np.load(goldens / "sentences.npz")["vectors"]
    rows = rows_of(make_stages(reference, source="sentence"), [r["text"] for r in records])
    for record, row in zip(records, rows, strict=True):
        check_same(row["sentence"], record["sentence"], vectors)
        check_tokens(row["token"], record["token"])
        check_same(row["embeddings"], record["embeddings"], vectors)


@pytest.mark.parametrize("limit", [8, 16, 128, 512])
def test_truncation(reference: Path, goldens: Path, limit: int) -> None:
    records, vectors = lines(goldens / "truncation.jsonl"), np.load(goldens / "truncation.npz")["vectors"]
    rows = rows_of(make_stages(reference, maxSentenceLength=limit), [r["text"] for r in records])
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
        check_same([found[i] for i in expected["kept"]], expected["embeddings"], vectors)


def test_pooling(reference: Path, goldens: Path) -> None:
    records = lines(goldens / "sentence_embeddings.jsonl")
    vectors = np.load(goldens / "sentence_embeddings.npz")["vectors"]
    texts = [r["text"] for r in records]
    over = {"": ("sentence", "sentence"), "trap_": ("sentence", "document"), "document_": ("document", "document")}
    for prefix, (source, pooled) in over.items():
        pools = [
            SentenceEmbeddings(inputCols=[pooled, "embeddings"], outputCol=strategy, poolingStrategy=strategy.upper())
            for strategy in ("average", "sum")
        ]
        for record, row in zip(records, rows_of([*make_stages(reference, source=source), *pools], texts), strict=True):
            for strategy in ("average", "sum"):
                check_same(row[strategy], record[prefix + strategy], vectors)


def test_finisher(reference: Path, goldens: Path) -> None:
    texts = [r["text"] for r in lines(goldens / "sentence_embeddings.jsonl")]
    vectors = np.load(goldens / "embeddings_finisher.npz")["vectors"]
    records = lines(goldens / "embeddings_finisher.jsonl")
    for run in {r["run"] for r in records}:
        given = {k: v == "True" for k, v in (part.split("=") for part in run.split(","))}
        stages = [
            *make_stages(reference, source="sentence"),
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
