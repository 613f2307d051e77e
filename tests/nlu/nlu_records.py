"""Recorded calls of the real NLU: how to make them again, and what their results are compared by."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from annopipe import (
    AlbertEmbeddings,
    ChunkEmbeddings,
    DocumentAssembler,
    EmbeddingsFinisher,
    Finisher,
    NGramGenerator,
    Pipeline,
    PipelineModel,
    SentenceDetector,
    SentenceEmbeddings,
    Tokenizer,
    nlu,
)

CLOSE = 1e-4
NAN = "NaN"


class SparkLike:
    """What ``predict`` asks of a Spark frame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self.columns = list(frame.columns)

    def toPandas(self) -> pd.DataFrame:
        return self._frame


class Maker:
    """Makes the pipes that were recorded; those of one group and name are the same pipe."""

    def __init__(self, reference: Path, folder: Path) -> None:
        self._model = str(reference / "models" / "albert-tiny-random")
        self._folder = folder
        self._shared: dict[str, Any] = {}

    def pipe(self, record: dict[str, Any]) -> Any:
        how, name = record["how"], record["pipeline"]
        if how in ("one_pipe", "same_pipe", "single_model"):
            if how not in self._shared:
                self._shared[how] = self._made("single_model" if how == "single_model" else how, name)
            return self._shared[how]
        return self._made(how, name)

    def _made(self, how: str, name: str) -> Any:
        if how in ("load_by_reference", "one_pipe", "print_info"):
            return nlu.load(name, dialect="sparknlp")
        folder = self._folder / f"{len(list(self._folder.iterdir()))}"
        if how == "save_and_load":
            nlu.load(name, dialect="sparknlp").save(folder)
            return nlu.load(path=folder)
        if how == "single_model":
            self._albert(name).save(folder)
            return nlu.load(path=folder, dialect="sparknlp")
        if how == "load":
            self._pipeline(name).save(folder)
            return nlu.load(path=folder)
        assert how in ("to_nlu_pipe", "same_pipe"), how
        return nlu.to_nlu_pipe(self._pipeline(name))

    def _pipeline(self, name: str) -> PipelineModel:
        parts = name.split("-")
        stages: list[Any] = [DocumentAssembler(inputCol="text", outputCol="document")]
        if parts[0] == "shrink":
            stages[0].setCleanupMode("shrink")
        source = "document"
        if "sent" in parts:
            source = "sentence"
            stages.append(SentenceDetector(inputCols=["document"], outputCol="sentence"))
        if "tok" in parts:
            stages.append(Tokenizer(inputCols=[source], outputCol="token"))
        output = "embeddings" if "embeddings" in parts else "bert"
        if "albert" in parts:
            stages.append(self._albert(name).setInputCols(source, "token").setOutputCol(output))
        if "sentemb" in parts:
            stages.append(SentenceEmbeddings(inputCols=[source, output], outputCol="sentence_embeddings"))
        if "ngram" in parts:
            stages.append(NGramGenerator(inputCols=["token"], outputCol="chunk"))
        if "chunkemb" in parts:
            stages.append(ChunkEmbeddings(inputCols=["chunk", output], outputCol="chunk_embeddings"))
        if "embfinisher" in parts:
            stages.append(EmbeddingsFinisher(inputCols=[output], outputCols=["finished"]))
        if "finisher" in parts:
            stages.append(Finisher(inputCols=["token"]))
        return Pipeline(stages=stages).fit()

    def _albert(self, name: str) -> AlbertEmbeddings:
        stage = AlbertEmbeddings.pretrained(self._model).setBatchSize(8 if "batch8" in name else 1)
        return stage.setMaxSentenceLength(8) if "max8" in name else stage


def records(reference: Path) -> list[dict[str, Any]]:
    path = reference / "golden" / "nlu" / "predict.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def given(record: dict[str, Any]) -> Any:
    kind, values = record["input"]["kind"], record["input"].get("values")
    if kind == "tuple":
        return tuple(values)
    if kind == "numpy.ndarray":
        return np.array(values, dtype=record["input"]["dtype"])
    if kind == "pandas.Series":
        return pd.Series(values, record["input"]["index"], name=record["input"]["name"])
    if kind.endswith("DataFrame"):
        rows = [[np.nan if cell == NAN else cell for cell in row] for row in record["input"]["rows"]]
        frame = pd.DataFrame(rows, columns=record["input"]["columns"], index=record["input"].get("index"))
        return SparkLike(frame) if kind == "pyspark.DataFrame" else frame
    return values


def difference(frame: pd.DataFrame, result: dict[str, Any]) -> str:
    """Return what differs between a frame and a recorded result, "" for nothing."""
    if list(frame.columns) != result["columns"]:
        return f"columns {list(frame.columns)}, recorded {result['columns']}"
    if frame.index.tolist() != result["index"]:
        return f"index {frame.index.tolist()}, recorded {result['index']}"
    kinds = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    if kinds != result["dtypes"]:
        return f"dtypes {kinds}, recorded {result['dtypes']}"
    if (kinds := {name: _kinds(frame[name]) for name in frame.columns}) != result["cell_kinds"]:
        return f"kinds {kinds}, recorded {result['cell_kinds']}"
    for place, row in enumerate(result["rows"]):
        for name, expected in zip(result["columns"], row, strict=True):
            if not _same(frame[name].iloc[place], expected):
                return f"row {place}, {name}: {frame[name].iloc[place]!r:.200}, recorded {expected!r:.200}"
    return ""


def _kinds(series: pd.Series) -> list[str]:
    return sorted({_kind(cell) for cell in series.tolist()})


def _kind(cell: Any) -> str:
    if isinstance(cell, np.ndarray):
        return f"ndarray[{cell.dtype}][{', '.join(map(str, cell.shape))}]"
    return type(cell).__name__


def _same(found: Any, expected: Any) -> bool:
    if expected == NAN:
        return isinstance(found, float) and np.isnan(found)
    if isinstance(found, np.ndarray):
        return bool(np.abs(found - np.array(expected)).max(initial=0.0) <= CLOSE)
    return bool(found == expected)
