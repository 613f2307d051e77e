"""Functions over annotations, on every kind of frame; and pipelines from folders."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from annopipe import Annotation, DocumentAssembler, Pipeline, PretrainedPipeline, Tokenizer
from annopipe.errors import ModelNotFound, ParamTypeError, SavedPipelineError, WiringError
from annopipe.functions import (
    explode_annotations_col,
    filter_by_annotations_col,
    map_annotations_col,
    map_annotations_cols,
)

STAGES = [DocumentAssembler(inputCol="text", outputCol="document"), Tokenizer(outputCol="token")]
TEXTS = ["a bb ccc", "d", ""]
FRAMES = {
    "list": lambda: [{"text": text, "n": i} for i, text in enumerate(TEXTS)],
    "pandas": lambda: pd.DataFrame({"text": TEXTS, "n": range(3)}, index=["x", "y", "z"]),
    "polars": lambda: pl.DataFrame({"text": TEXTS, "n": range(3)}),
    "arrow": lambda: pa.table({"text": TEXTS, "n": range(3)}),
}


def _rows(frame: Any) -> list[dict[str, Any]]:
    if isinstance(frame, pa.Table):
        return frame.to_pylist()
    if isinstance(frame, pd.DataFrame):
        return frame.to_dict("records")
    return frame.to_dicts() if isinstance(frame, pl.DataFrame) else frame


def _field(annotation: Any, name: str) -> Any:
    return annotation[name] if isinstance(annotation, dict) else getattr(annotation, name)


def _upper(annotations: list[Annotation]) -> list[Annotation]:
    return [annotation.copy(annotation.result.upper()) for annotation in annotations if len(annotation.result) > 1]


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_keep_their_kind(kind: str) -> None:
    given = FRAMES[kind]()
    frame = Pipeline(stages=STAGES).fit().transform(given)
    mapped = map_annotations_col(frame, _upper, "token", "big", "token")
    assert type(mapped) is type(frame)
    assert isinstance(frame, type(given))
    assert [[_field(a, "result") for a in row["big"]] for row in _rows(mapped)] == [["BB", "CCC"], [], []]
    few = filter_by_annotations_col(frame, lambda annotations: len(annotations) > 1, "token")
    assert [row["n"] for row in _rows(few)] == [0]
    exploded = _rows(explode_annotations_col(frame, "token", "one"))
    assert [(row["n"], _field(row["one"], "result")) for row in exploded] == [
        (0, "a"),
        (0, "bb"),
        (0, "ccc"),
        (1, "d"),
    ]


def test_values_of_other_types_and_several_columns() -> None:
    frame = Pipeline(stages=STAGES).fit().transform(FRAMES["arrow"]())
    counted = map_annotations_cols(frame, len, ["document", "token"], "count", "", pa.int64())
    assert counted["count"].to_pylist() == [4, 2, 1]
    again = map_annotations_col(frame, _upper, "token", "big", "token")
    assert again.schema.field("big").metadata == {b"annotatorType": b"token"}


def test_columns_that_cannot_be_read() -> None:
    frame = Pipeline(stages=STAGES).fit().transform(FRAMES["arrow"]())
    with pytest.raises(WiringError, match="no column 'nope'"):
        filter_by_annotations_col(frame, len, "nope")
    with pytest.raises(ParamTypeError, match="not annotations"):
        explode_annotations_col(frame, "text", "x")
    with pytest.raises(WiringError, match="exists already"):
        map_annotations_col(frame, _upper, "token", "text", "token")


def test_a_saved_pipeline_is_pretrained(tmp_path: Path) -> None:
    Pipeline(stages=STAGES).fit().save(tmp_path / "m")
    pipeline = PretrainedPipeline.from_disk(tmp_path / "m")
    assert pipeline.annotate("a b") == {"document": ["a b"], "token": ["a", "b"]}
    assert pipeline.fullAnnotate(["a"])[0]["token"][0].result == "a"
    for frame in (pd.DataFrame({"body": ["a b"]}), pl.DataFrame({"body": ["a b"]}), pa.table({"body": ["a b"]})):
        assert [_field(a, "result") for a in _rows(pipeline.annotate(frame, "body"))[0]["token"]] == ["a", "b"]
    with pytest.raises(ParamTypeError, match="column arg needed"):
        pipeline.annotate(pd.DataFrame({"text": ["a"]}))
    assert PretrainedPipeline(str(tmp_path / "m")).transform(["x"])[0]["token"][0].result == "x"
    with pytest.raises(SavedPipelineError, match="does not exist"):
        PretrainedPipeline.from_disk(tmp_path / "no")
    with pytest.raises(ModelNotFound, match=r"AlbertEmbeddings.pretrained\('albert_base_uncased', 'en'\)"):
        PretrainedPipeline("albert_base_uncased_pipeline")


def test_a_saved_pipeline_loads_where_nothing_else_was_imported(tmp_path: Path) -> None:
    Pipeline(stages=STAGES).fit().save(tmp_path / "m")
    code = "import sys; from annopipe import PipelineModel; print(PipelineModel.load(sys.argv[1]).stages)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "m")], capture_output=True, text=True, check=False
    )
    assert "REGEX_TOKENIZER" in done.stdout, done.stderr
