"""Models for Spark NLP: what ``AlbertEmbeddings.loadSavedModel`` takes, and what ``AlbertEmbeddings.load`` does.

The second is the form of ``AlbertEmbeddings.write().save(...)`` and of the zips of Spark NLP's model hub: metadata in
JSON, a zip file with the ONNX graph, the vocabulary, and Hadoop's checksum beside each.
"""

import json
import os
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

from annopipe.importers.spark_nlp.metadata import CHUNK, CRC_HEAD, PART, SUCCESS

SPARK_NLP: Final = "5.5.3"
"""The release that wrote what this was modelled on; its ONNX engine reads what every later one does."""

SPARK: Final = "3.0"
"""The least version of Spark in the names of Spark NLP's files."""

SAVED_BY: Final = "3.5.3"
CLASS: Final = "com.johnsnowlabs.nlp.embeddings.AlbertEmbeddings"
GRAPH: Final = "model.onnx"
ENGINE: Final = "albert_onnx"
VOCABULARY: Final = "albert_spp"
ASSETS: Final = "assets/spiece.model"
DEFAULTS: Final = {"engine": "tensorflow", "maxSentenceLength": 128, "batchSize": 8, "dimension": 768}


def write_saved(folder: Path, graph: Path, vocabulary: Path, dimension: int, *, cased: bool, milliseconds: int) -> None:
    """Write what ``AlbertEmbeddings.load(folder)`` takes.

    Args:
        folder: an empty one but for the graph.
        graph: path of an ONNX model as `annopipe.exporters.onnx_graph` makes it.
        vocabulary: path of ``spiece.model``.
        dimension: numbers in a vector.
        cased: whether capitals are kept.
        milliseconds: since 1970, of the export.
    """
    with zipfile.ZipFile(folder / ENGINE, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(graph, GRAPH)
    shutil.copyfile(vocabulary, folder / VOCABULARY)
    (folder / PART).parent.mkdir()
    text = json.dumps(_metadata(dimension, cased, milliseconds), separators=(",", ":"))
    (folder / PART).write_bytes(text.encode() + b"\n")
    (folder / SUCCESS).write_bytes(b"")
    for name in (ENGINE, VOCABULARY, PART, SUCCESS):
        _write_crc(folder / name)


def _metadata(dimension: int, cased: bool, milliseconds: int) -> dict[str, Any]:
    uid = f"ALBERT_EMBEDDINGS_{os.urandom(6).hex()}"
    explicit = {"inputCols": ["document", "token"], "outputCol": "embeddings", "engine": "onnx"}
    return {
        "class": CLASS,
        "timestamp": milliseconds,
        "sparkVersion": SAVED_BY,
        "uid": uid,
        "paramMap": {**explicit, "dimension": dimension, "caseSensitive": cased},
        "defaultParamMap": {**DEFAULTS, "caseSensitive": False, "lazyAnnotator": False, "storageRef": uid},
    }


def _write_crc(path: Path) -> None:
    """Write Hadoop's checksum of a file beside it."""
    with path.open("rb") as file, path.with_name(f".{path.name}.crc").open("wb") as sums:
        sums.write(CRC_HEAD)
        while chunk := file.read(CHUNK):
            sums.write(zlib.crc32(chunk).to_bytes(4, "big"))
