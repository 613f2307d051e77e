"""Recorded expressions of Spark NLP's Python surface: how to evaluate them, and how results are written."""

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

from annopipe import Annotation
from annopipe.params import Params

HEX = re.compile(r"_[0-9a-f]{12}(?![0-9a-z])")
ADDRESS = re.compile(r"0x[0-9a-f]*")
ERRORS: dict[str, Any] = {
    "IllegalArgumentException": ValueError,
    "AnalysisException": Exception,
    "Py4JJavaError": Exception,
    "Py4JError": Exception,
}
MOST_PRINTED = 1500
"""Characters of printed text that were kept."""

TEXTS = ["I love Spark NLP", "Hello world. Good day!"]


def facts(reference: Path) -> list[dict[str, Any]]:
    path = reference / "golden" / "api" / "facts.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def namespace(spark: Any, reference: Path) -> dict[str, Any]:
    """Return the names that the expressions use."""
    found: dict[str, Any] = {"spark": spark}
    exec(  # noqa: S102
        "from sparknlp.base import *\nfrom sparknlp.annotator import *\nfrom sparknlp.pretrained import *\n"
        "from pyspark.sql import functions as F\nimport sparknlp",
        found,
    )
    model = str(reference / "models" / "albert-tiny-random")
    df = spark.createDataFrame([[text] for text in TEXTS], ["text"])

    def doc() -> Any:
        return found["DocumentAssembler"]().setInputCol("text").setOutputCol("document")

    def alb() -> Any:
        return found["AlbertEmbeddings"].pretrained(model)

    def run(*stages: Any) -> Any:
        return found["Pipeline"](stages=list(stages)).fit(df).transform(df)

    return {**found, "df": df, "doc": doc, "alb": alb, "run": run}


def difference(fact: dict[str, Any], names: dict[str, Any], folder: Path) -> str:
    """Return what an expression gives else than was recorded, "" for nothing."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            value = eval(fact["code"].replace("<dir>", str(folder)), names)  # noqa: S307
    except Exception as error:  # noqa: BLE001
        recorded = fact.get("error")
        if recorded is None:
            return f"{type(error).__name__}: {str(error)[:200]}, recorded a value"
        expected = ERRORS.get(recorded) or getattr(__import__("builtins"), recorded)
        return "" if isinstance(error, expected) else f"{type(error).__mro__}, recorded {recorded}"
    if "error" in fact:
        return f"{plain(value)!r:.200}, recorded {fact['error']}: {fact['message'][:100]}"
    expected = "<function>" if str(fact["value"]).startswith("<function>") else fact["value"]
    if plain(value) != expected:
        return f"{plain(value)!r:.600}, recorded {fact['value']!r:.600}"
    if "printed" in fact and not _same_print(printed.getvalue(), fact["printed"]):
        return f"printed {printed.getvalue()!r:.700}, recorded {fact['printed']!r:.700}"
    return ""


def _same_print(found: str, recorded: str) -> bool:
    if len(recorded) == MOST_PRINTED:
        return _masked(found).startswith(_masked(recorded))
    return _masked(found).rstrip("\n") == _masked(recorded).rstrip("\n")


def _masked(text: str) -> str:
    return ADDRESS.sub("0x", HEX.sub("_<12 hex>", text))


def plain(value: Any) -> Any:  # noqa: PLR0911
    """Return a value as the records write it."""
    if isinstance(value, Annotation):
        return f"<Annotation> {value}"
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Params):
        return _masked(f"<{type(value).__name__}> {value!r}")
    if isinstance(value, str):
        return _masked(value)
    if callable(value):
        return "<function>"
    return (
        value
        if value is None or isinstance(value, bool | int | float)
        else _masked(f"<{type(value).__name__}> {value}")
    )
