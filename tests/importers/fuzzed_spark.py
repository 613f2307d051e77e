"""Readers of what Spark NLP saved, with small sound files for them."""

import json
import zlib
from pathlib import Path
from typing import Any

import tiny_model
from annopipe.exporters.exporting import export_model
from annopipe.importers.found import Choices
from annopipe.importers.spark_nlp import read
from annopipe.importers.spark_nlp.metadata import check_crc, read_metadata
from annopipe.importers.spark_nlp.pipelines import _Maker
from annopipe.importers.spark_nlp.stages import stages_of
from importers.fuzzed import Fuzzed

ALBERT: dict[str, Any] = {
    "class": "com.johnsnowlabs.nlp.embeddings.AlbertEmbeddings",
    "timestamp": 1,
    "uid": "A_1",
    "paramMap": {"inputCols": ["document", "token"], "engine": "onnx"},
    "defaultParamMap": {"batchSize": 8},
}
PIPELINE = {**ALBERT, "class": "org.apache.spark.ml.PipelineModel", "paramMap": {"stageUids": ["A_1", "A_2"]}}
STAGES = {
    "DocumentAssembler": {"inputCol": "text", "outputCol": "document", "cleanupMode": "shrink_full"},
    "annotators.sbd.pragmatic.SentenceDetector": {"customBounds": ["\n"], "maxLength": 99, "explodeSentences": False},
    "annotators.TokenizerModel": {"inputCols": ["document"], "minLength": 0, "exceptions": ["a b"]},
    "embeddings.SentenceEmbeddings": {"poolingStrategy": "AVERAGE", "inputCols": ["a", "b"], "dimension": 16},
    "annotators.NGramGenerator": {"n": 2, "enableCumulative": True, "delimiter": "_"},
    "EmbeddingsFinisher": {"outputAsVector": True, "cleanAnnotations": False, "outputCols": ["finished"]},
}


def _stage_folder(folder: Path) -> Path:
    (folder / "metadata").mkdir(parents=True)
    (folder / "metadata" / "_SUCCESS").touch()
    (folder / "metadata" / "part-00000").write_bytes(json.dumps(ALBERT).encode())
    return folder / "metadata" / "part-00000"


def metadata(folder: Path) -> Fuzzed:
    path = _stage_folder(folder / "pipeline")
    for place in range(2):
        _stage_folder(folder / "pipeline" / "stages" / f"{place}_A_{place + 1}")
    return Fuzzed((json.dumps(PIPELINE).encode(),), path, lambda: stages_of(read_metadata(folder / "pipeline")))


def model(folder: Path) -> Fuzzed:
    """Parameters of a saved model, as far as what is read of the model with them."""
    saved = export_model(tiny_model.make_tiny_model(folder / "model"), to="spark-nlp", output=folder / "saved") / "load"
    path = saved / "metadata" / "part-00000"
    path.with_name(".part-00000.crc").unlink()
    return Fuzzed((path.read_bytes(),), path, lambda: read(saved, Choices()))


def stages(folder: Path) -> Fuzzed:
    """Parameters of stages, as far as a stage made of them."""
    path = _stage_folder(folder / "stage")
    kinds = {f"com.johnsnowlabs.nlp.{kind}": params for kind, params in STAGES.items()}
    seeds = tuple(json.dumps({**ALBERT, "class": kind, "paramMap": params}).encode() for kind, params in kinds.items())

    def read() -> None:
        saved = read_metadata(folder / "stage")
        if saved.full_name in kinds:
            _Maker("m", "en", "albert", False).stage(saved)

    return Fuzzed(seeds, path, read)


def crc(folder: Path) -> Fuzzed:
    data = bytes(range(256)) * 5
    (folder / "file").write_bytes(data)
    sums = [zlib.crc32(data[at : at + 512]).to_bytes(4, "big") for at in range(0, len(data), 512)]
    return Fuzzed((b"crc\0\0\0\2\0" + b"".join(sums),), folder / ".file.crc", lambda: check_crc(folder / "file"))
