"""Chunks, their vectors, and finished columns against what the real Spark NLP 5.5.3 answered."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from embedding_records import CLOSE, check_same, lines, make_stages, rows_of

from annopipe import (
    Annotation,
    ChunkEmbeddings,
    Doc2Chunk,
    Finisher,
    LightPipeline,
    NGramGenerator,
    Pipeline,
    RegexMatcher,
    SentenceEmbeddings,
)

pytestmark = [
    pytest.mark.reference,
    pytest.mark.usefixtures("sparknlp_dialect"),
    pytest.mark.filterwarnings("ignore::annopipe.AnnopipeWarning"),
]
RULES = ["[A-Z][a-z]+ [a-z]+,two", "[0-9]+,number"]


def _chunker(name: str) -> Any:
    made = {
        "doc2chunk": lambda: Doc2Chunk(chunkCol="one"),
        "doc2chunk_array": lambda: Doc2Chunk(chunkCol="many", isArray=True),
        "doc2chunk_lower": lambda: Doc2Chunk(chunkCol="one", lowerCase=True),
        "doc2chunk_start_token": lambda: Doc2Chunk(chunkCol="one", startCol="start", startColByTokenIndex=True),
        "ngram2": lambda: NGramGenerator(n=2),
        "ngram3_cumulative_delimiter": lambda: NGramGenerator(n=3, enableCumulative=True, delimiter="_"),
        "regex": lambda: RegexMatcher(rules=RULES),
        "regex_sentence": lambda: RegexMatcher(rules=RULES[:1], strategy="MATCH_FIRST"),
    }[name]()
    source = {"ngram2": "token", "ngram3_cumulative_delimiter": "token", "regex_sentence": "sentence"}
    return made.setInputCols([source.get(name, "document")]).setOutputCol("chunk")


@pytest.mark.parametrize(
    "name",
    [
        "doc2chunk",
        "doc2chunk_array",
        "doc2chunk_lower",
        "doc2chunk_start_token",
        "ngram2",
        "ngram3_cumulative_delimiter",
        "regex",
        "regex_sentence",
    ],
)
def test_chunks_and_their_vectors(reference: Path, name: str) -> None:
    folder = reference / "golden" / "embeddings"
    records, vectors = lines(folder / "chunk_embeddings.jsonl"), np.load(folder / "chunk_embeddings.npz")["vectors"]
    given = [r for r in records if r["run"] == "input"]
    pools = [
        ChunkEmbeddings(inputCols=["chunk", "embeddings"], outputCol="average"),
        ChunkEmbeddings(inputCols=["chunk", "embeddings"], outputCol="sum", poolingStrategy="SUM"),
        ChunkEmbeddings(inputCols=["chunk", "embeddings"], outputCol="keep_oov", skipOOV=False),
    ]
    columns = {
        "one": pa.array([r["one"] for r in given], pa.string()),
        "many": pa.array([r["many"] for r in given], pa.list_(pa.string())),
        "start": pa.array([r["start"] for r in given], pa.int32()),
    }
    stages = [*make_stages(reference, source="sentence"), _chunker(name), *pools]
    rows = rows_of(stages, [r["text"] for r in given], **columns)
    found = {r["id"]: row for r, row in zip(given, rows, strict=True)}
    expected = [r for r in records if r["run"] == name]
    assert expected
    for record in expected:
        for column in ("chunk", *(key for key in ("average", "sum", "keep_oov") if key in record)):
            check_same(found[record["id"]][column], record[column], vectors)


def _finished(reference: Path, texts: list[str | None], **options: Any) -> pa.Table:
    stages = [
        *make_stages(reference, source="sentence"),
        SentenceEmbeddings(inputCols=["sentence", "embeddings"], outputCol="pooled"),
        Finisher(**options),
    ]
    return Pipeline(stages=stages).fit().transform(pa.table({"text": pa.array(texts, pa.string())}))


def _same_texts(found: Any, expected: Any) -> None:
    """Texts are equal; numbers in them are as many, and close."""
    if isinstance(expected, str) and found != expected:
        for one, other in zip(re.split("->|[ #@]", found), re.split("->|[ #@]", expected), strict=True):
            assert one == other or abs(float(one) - float(other)) <= CLOSE
    elif isinstance(expected, list) and expected and isinstance(expected[0], str):
        for one, other in zip(found, expected, strict=True):
            _same_texts(one, other)
    else:
        assert found == expected


def test_finished_texts(reference: Path) -> None:
    folder = reference / "golden" / "embeddings"
    texts = [r["text"] for r in lines(folder / "sentence_embeddings.jsonl")]
    records = [r for r in lines(folder / "finisher.jsonl") if r["run"] != "custom symbols"]
    columns = ["document", "sentence", "token", "embeddings", "pooled"]
    for name in sorted({r["run"] for r in records}):
        given = {key: value == "True" for key, value in (part.split("=") for part in name.split(","))}
        table = _finished(reference, texts, inputCols=columns, **given)
        for record in (r for r in records if r["run"] == name):
            row = {key: values[0] for key, values in table.slice(record["id"], 1).to_pydict().items() if key != "text"}
            expected = {key: value for key, value in record.items() if key not in ("run", "id")}
            assert row.keys() == expected.keys()
            for key, value in row.items():
                pairs = [list(pair.values()) for pair in value] if key.endswith("_metadata") else value
                _same_texts(pairs, expected[key])


def test_other_symbols(reference: Path) -> None:
    folder = reference / "golden" / "embeddings"
    texts = [r["text"] for r in lines(folder / "sentence_embeddings.jsonl")]
    table = _finished(
        reference,
        texts,
        inputCols=["token", "embeddings"],
        outputCols=["t", "e"],
        outputAsArray=False,
        includeMetadata=True,
        valueSplitSymbol="|",
        annotationSplitSymbol="~",
    )
    for record in (r for r in lines(folder / "finisher.jsonl") if r["run"] == "custom symbols"):
        assert [table[name][record["id"]].as_py() for name in ("t", "e")] == [record["t"], record["e"]]


def test_finished_columns(reference: Path) -> None:
    schemas = json.loads((reference / "golden" / "embeddings" / "finisher_schema.json").read_text("utf-8"))
    for name, schema in schemas.items():
        if name == "custom symbols":
            continue
        given = {key: value == "True" for key, value in (part.split("=") for part in name.split(","))}
        found = _finished(
            reference, ["a"], inputCols=["document", "sentence", "token", "embeddings", "pooled"], **given
        )
        assert found.column_names == [key for key in schema["metadata"] if key != "id"]


def test_light_pipeline(reference: Path) -> None:
    """Vectors are compared where Spark NLP's sentences were not padded: the longest of a text, at least."""
    folder = reference / "golden" / "embeddings"
    vectors = np.load(folder / "light_pipeline.npz")["vectors"]
    stages = [
        *make_stages(reference, source="sentence"),
        SentenceEmbeddings(inputCols=["sentence", "embeddings"], outputCol="pooled"),
    ]
    model = Pipeline(stages=stages).fit()
    for record in lines(folder / "light_pipeline.jsonl"):
        light = LightPipeline(model, parse_embeddings=record["parse_embeddings"])
        (full,), strings = light.fullAnnotate(record["text"]), light.annotate(record["text"])
        assert full.keys() == strings.keys() == record["fullAnnotate"].keys()
        for name, annotations in record["fullAnnotate"].items():
            expected = _exact_ones(full[name], annotations, vectors)
            check_same(full[name], annotations, expected)
            if not record["parse_embeddings"] or name in ("document", "sentence", "token"):
                assert strings[name] == [result for _, _, _, result, *_ in annotations]
                assert strings[name] == record.get("annotate", strings)[name]
            else:
                shown = [[np.float32(number) for number in text.split()] for text in strings[name]]
                assert shown == [list(a.embeddings) for a in full[name]]


def _exact_ones(found: list[Annotation], expected: list[list[Any]], vectors: np.ndarray) -> np.ndarray:
    """Return the recorded vectors with our own in place of those of padded sentences, which are not all."""
    told = [(a, place) for a, (*_, place) in zip(found, expected, strict=True) if place is not None]
    far = {a.metadata["sentence"] for a, place in told if np.abs(a.embeddings - vectors[place]).max() > CLOSE}
    assert far < {a.metadata["sentence"] for a, _ in told} or not told
    mine = vectors.copy()
    for annotation, place in told:
        if annotation.metadata["sentence"] in far:
            mine[place] = annotation.embeddings
    return mine
