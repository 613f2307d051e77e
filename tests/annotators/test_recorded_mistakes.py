"""The 60 mistakes of users that were tried on Spark NLP 5.5.3 (``errors.jsonl``), tried on annopipe.

Where Spark NLP answers, annopipe gives the same answer or a named error of the documented mends; where it fails,
annopipe raises an error of its own of the same builtin, or gives the documented result.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from annopipe import (
    AnnopipeError,
    DocumentAssembler,
    LightPipeline,
    Pipeline,
    PipelineModel,
    SentenceDetector,
    Tokenizer,
)
from annopipe.columns import AnnotationColumn

Case = Callable[[], Any]
TEXT = pa.table({"text": ["A b. C d."]})


def _assembler(**more: Any) -> DocumentAssembler:
    return DocumentAssembler(**{"inputCol": "text", "outputCol": "document", **more})


def _tokenizer(column: str = "document") -> Tokenizer:
    return Tokenizer(inputCols=[column], outputCol="token")


def _detector(column: str = "document") -> SentenceDetector:
    return SentenceDetector(inputCols=[column], outputCol="sentence")


def _run(*stages: Any, table: pa.Table = TEXT) -> pa.Table:
    return Pipeline(stages=list(stages)).fit(table).transform(table)


def _last(*stages: Any, table: pa.Table = TEXT) -> list[list[str]]:
    result = _run(*stages, table=table)
    return [[a.result for a in row] for row in AnnotationColumn.from_arrow(result[result.column_names[-1]])]


def _of(values: list[Any], type_: pa.DataType | None = None) -> list[list[str]]:
    return _last(_assembler(), _tokenizer(), table=pa.table({"text": pa.array(values, type_)}))


def _documents(column: str, values: pa.Array, **more: str) -> list[dict[str, str | None]]:
    table = pa.table({"text": ["a"], column: values})
    documents = AnnotationColumn.from_arrow(_run(_assembler(**more), table=table)["document"])
    return [row[0].metadata for row in documents]


def _light() -> LightPipeline:
    return LightPipeline(Pipeline(stages=[_assembler(), _tokenizer()]).fit())


BODY = pa.table({"body": ["A b. C d."]})
UPPER = pa.table({"Text": ["A b. C d."]})
TOKENS = [["A", "b", ".", "C", "d", "."]]
MAP = pa.map_(pa.string(), pa.string())

REFUSED: dict[str, Case] = {
    "missing text column at fit": lambda: _run(_assembler(), table=BODY),
    "missing text column at transform": lambda: Pipeline(stages=[_assembler()]).fit(TEXT).transform(BODY),
    "text column case": lambda: _run(_assembler(), table=UPPER),
    "no inputCol": lambda: _run(DocumentAssembler()),
    "tokenizer input missing": lambda: _run(_assembler(), _tokenizer("doc")),
    "sentence detector input missing": lambda: _run(_assembler(), _detector("doc")),
    "sentence detector without setInputCols": lambda: _run(_assembler(), SentenceDetector(outputCol="sentence")),
    "sentence detector without setOutputCol": lambda: _run(_assembler(), SentenceDetector(inputCols=["document"])),
    "tokenizer reads raw text": lambda: _run(_tokenizer("text")),
    "sentence detector reads raw text": lambda: _run(_detector("text")),
    "wrong annotator type for sentence detector": lambda: _run(_assembler(), _tokenizer(), _detector("token")),
    "wrong annotator type for tokenizer": lambda: _run(
        _assembler(), _tokenizer(), Tokenizer(inputCols=["token"], outputCol="t")
    ),
    "two input columns": lambda: Tokenizer().setInputCols(["document", "sentence"]),
    "same input twice": lambda: Tokenizer().setInputCols(["document", "document"]),
    "empty input list": lambda: Tokenizer().setInputCols([]),
    "inputCols varargs": lambda: Tokenizer().setInputCols("document", "sentence"),
    "stages in the wrong order": lambda: _run(_tokenizer(), _assembler()),
    "struct text column": lambda: _of([{"a": "x"}]),
    "map text column": lambda: _of([[("a", "x")]], MAP),
    "array of int": lambda: _of([[1]]),
    "idCol missing": lambda: _run(_assembler(idCol="id")),
    "metadataCol missing": lambda: _run(_assembler(metadataCol="m")),
    "metadataCol of string": lambda: _documents("m", pa.array(["x"]), metadataCol="m"),
    "cleanup mode unknown": lambda: DocumentAssembler().setCleanupMode("trim"),
    "light pipeline None": lambda: _light().annotate(None),
    "light pipeline int": lambda: _light().annotate(5),
    "light pipeline list with None": lambda: _light().annotate(["a", None]),
    # Spark NLP answers; documented mends:
    "output column already there": lambda: _run(
        _assembler(), _tokenizer(), table=pa.table({"text": ["A"], "document": ["x"]})
    ),
    "two stages, one output name": lambda: _run(_assembler(), _assembler()),
    "setOutputCol None": lambda: Tokenizer().setOutputCol(None),
}
ANSWERED: dict[str, tuple[Case, Any]] = {
    "default output column": (lambda: _last(DocumentAssembler(inputCol="text"), _tokenizer()), TOKENS),
    "tokenizer input missing, fit only": (
        lambda: type(Pipeline(stages=[_assembler(), _tokenizer("doc")]).fit(TEXT)),
        PipelineModel,
    ),
    "tokenizer without setInputCols": (lambda: _last(_assembler(), Tokenizer(outputCol="token")), TOKENS),
    "tokenizer without setOutputCol": (
        lambda: _run(_assembler(), Tokenizer(inputCols=["document"])).column_names,
        ["text", "document", "token"],
    ),
    "output equals input": (lambda: _last(_assembler(outputCol="text")), [["A b. C d."]]),
    "int text column": (lambda: _of([5]), [["5"]]),
    "double text column": (lambda: _of([5.5]), [["5.5"]]),
    "boolean text column": (lambda: _of([True]), [["true"]]),
    "binary text column": (lambda: _of([b"a b"]), [["a", "b"]]),
    "date text column": (lambda: _of([18263], pa.date32()), [["2020-01-02"]]),
    "null type text column": (lambda: _of([None]), [[]]),
    "null text row": (
        lambda: _last(_assembler(), table=pa.table({"text": [None, "a b"]})),
        [[""], ["a b"]],
    ),
    "null text row, tokens": (lambda: _of([None, "a b"]), [[], ["a", "b"]]),
    "array text column, elements never null": (lambda: _of([["a b", "c"]]), [["a", "b", "c"]]),
    "array text column, elements may be null": (lambda: _of([["a", None]]), [["a"]]),
    "idCol of int": (lambda: _documents("id", pa.array([7]), idCol="id"), [{"id": "7", "sentence": "0"}]),
    "idCol null": (
        lambda: _documents("id", pa.array([None], pa.string()), idCol="id"),
        [{"id": None, "sentence": "0"}],
    ),
    "metadataCol null": (lambda: _documents("m", pa.array([None], MAP), metadataCol="m"), [{"sentence": "0"}]),
    "metadataCol with null value": (
        lambda: _documents("m", pa.array([[("k", None)]], MAP), metadataCol="m"),
        [{"k": None, "sentence": "0"}],
    ),
    "metadataCol of map<string,int>": (
        lambda: _documents("m", pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())), metadataCol="m"),
        [{"k": "1", "sentence": "0"}],
    ),
    "cleanup mode upper case": (lambda: _last(_assembler(cleanupMode="SHRINK")), [["A b. C d."]]),
    "cleanup mode with spaces": (lambda: _last(_assembler(cleanupMode=" shrink ")), [["A b. C d."]]),
    "inputCols as string": (lambda: _last(_assembler(), Tokenizer().setInputCols("document")), TOKENS),
    "constructor keyword": (lambda: Tokenizer(outputCol="token").getOutputCol(), "token"),
    "empty frame": (lambda: _last(_assembler(), table=TEXT.slice(0, 0)), []),
    "no stages": (lambda: _run().column_names, ["text"]),
    "light pipeline string": (
        lambda: _light().annotate("A b."),
        {"document": ["A b."], "token": ["A", "b", "."]},
    ),
    "light pipeline empty": (lambda: _light().annotate(""), {"document": [""], "token": []}),
    "light pipeline lone surrogate": (
        lambda: _light().annotate("a\ud83d b"),
        {"document": ["a\ufffd b"], "token": ["a\ufffd", "b"]},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_named_error(name: str) -> None:
    with pytest.raises(AnnopipeError) as caught:
        REFUSED[name]()
    assert isinstance(caught.value, TypeError | ValueError | KeyError)
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize("name", ANSWERED)
def test_an_answer(name: str) -> None:
    case, answer = ANSWERED[name]
    assert case() == answer


def test_an_estimator_does_not_transform() -> None:
    assert not hasattr(Tokenizer(), "transform")


@pytest.mark.reference
def test_every_recorded_mistake_is_tried(reference: Path) -> None:
    lines = (reference / "golden" / "text" / "errors.jsonl").read_text("ascii").splitlines()
    names = {json.loads(line)["name"] for line in lines}
    assert names - set(REFUSED) - set(ANSWERED) == {"unfitted tokenizer transforms"}
