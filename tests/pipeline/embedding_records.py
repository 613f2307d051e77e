"""Records of Spark NLP 5.5.3's embeddings, and pipelines that should give the same."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from annopipe import AlbertEmbeddings, Annotation, DocumentAssembler, Pipeline, SentenceDetector, Tokenizer
from annopipe.columns import AnnotationColumn

CLOSE = 1e-4
Row = dict[str, list[Annotation]]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def make_stages(reference: Path, *, source: str = "document", **settings: Any) -> list[Any]:
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


def rows_of(some: list[Any], texts: list[str | None], **columns: pa.Array) -> list[Row]:
    given = pa.table({"text": pa.array(texts, pa.string()), **columns})
    table = Pipeline(stages=some).fit().transform(given)
    names = [name for name in table.column_names if name not in given.column_names]
    read = {name: list(AnnotationColumn.from_arrow(table[name])) for name in names}
    return [{name: column[i] for name, column in read.items()} for i in range(len(texts))]


def check_same(found: list[Annotation], expected: list[list[Any]], vectors: np.ndarray) -> None:
    assert [[a.annotatorType, a.begin, a.end, a.result, a.metadata] for a in found] == [e[:5] for e in expected]
    for annotation, (*_, place) in zip(found, expected, strict=True):
        if place is None:
            assert len(annotation.embeddings) == 0
        else:
            np.testing.assert_allclose(annotation.embeddings, vectors[place], atol=CLOSE, rtol=0)
