"""The recorded expressions of Spark NLP's Python surface, evaluated with annopipe in its place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_records import difference, facts, namespace

import annopipe

pytestmark = [pytest.mark.reference, pytest.mark.filterwarnings("ignore")]
NO_SAIL = "pysail or pyspark is absent: pip install 'annopipe[sail]'"

COPY = "a copy's setters act on the copy, not on the original"
MADE = "getters and setters are methods of the class, so that those of a copy are its own"
SILENT = "a wrong value is refused, not ignored"
KEYWORDS = "constructors take parameters by keyword too"
NO_VECTORS = "a column without embeddings is refused, not turned into empty lists"
DIFFERENT = {
    "ctor/kwargs-doc": KEYWORDS,
    "ctor/kwargs-tok": KEYWORDS,
    "copy/independent": COPY,
    "copy/extra": COPY,
    "copy/generated-setter-hits-original": COPY,
    "accessors/generated-on-albert": MADE,
    "accessors/generated-on-tokenizer": MADE,
    "accessors/generated-on-document": MADE,
    "conv/batch-zero": SILENT,
    "conv/dimension-wrong": SILENT,
    "conv/pooling-bogus": SILENT,
    "conv/pooling-lower": "the strategy that was asked for is used, in any case of its letters",
    "show/100": "vectors are not padded",
    "embfin/on-token": NO_VECTORS,
    "embfin/on-token-values": NO_VECTORS,
    "embfin/on-document-values": NO_VECTORS,
    "light/annotate-empty-list": "no texts give no results",
    "light/full-emb-on": "metadata is a dict, not a Java map, and vectors are float32 arrays",
    "fail/light-wrong-type": "wrong wiring is an error, as it is for frames",
}
"""Expressions that give something else than Spark NLP, with the reason."""

OF_THE_ENGINE = {
    "select/getField": "Sail reads a field of an array's structs by getItem and select alone",
    "select/explode-zip-names": "Sail names the fields of arrays_zip 0, 1, …",
    "select/explode-zip-cols-names": "the same",
    "select/zip-same-names": "the same",
    "select/zip-expr": "the same",
    "select/zip-expr-name": "the same",
    "toPandas/cell-types": "Spark Connect's toPandas gives arrays of dicts",
    "toPandas/row-type": "the same",
}
"""What Sail, or Spark Connect, does otherwise than Apache Spark 3.5 with a JVM, annopipe or not."""


@pytest.fixture
def spark() -> Iterator[Any]:
    pytest.importorskip("pysail", reason=NO_SAIL)
    pytest.importorskip("pyspark", reason=NO_SAIL)
    annopipe.install_as_sparknlp()
    yield annopipe.start(engine="sail")
    annopipe.stop()
    annopipe.options.dialect = "albert"


def test_recorded_expressions(spark: Any, reference: Path, tmp_path: Path) -> None:
    names = namespace(spark, reference)
    found = {fact["id"]: text for fact in facts(reference) if (text := difference(fact, names, tmp_path))}
    ours = {key: text for key, text in found.items() if key not in OF_THE_ENGINE}
    assert ours.keys() == DIFFERENT.keys(), "\n".join(f"{key}: {text}" for key, text in ours.items())
    assert len(ours) <= 20
