"""Every reader of files from elsewhere, with small sound files for it; what they are fed with is `mutations`' work."""

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import tiny_model
from albert.random_models import write_safetensors
from annopipe.albert.config import AlbertConfig
from annopipe.albert.int8_rows import Int8RowsFile
from annopipe.albert.safetensors import SafetensorsFile
from annopipe.albert.tokenizer_settings import read_rules
from annopipe.albert.vocabulary import Vocabulary
from annopipe.importers import hugging_face
from annopipe.importers.archives import unpack
from annopipe.importers.beside import beside
from annopipe.importers.found import Choices
from annopipe.importers.json_files import read_object
from annopipe.importers.limits import Limits
from annopipe.importers.onnx_export import read_graph
from annopipe.importers.self_check import TEXTS, _distance
from annopipe.importers.tokenizer_json import sentencepiece_of
from annopipe.importers.torch_files.archive import TorchFile
from importers import fuzzed_spark
from importers.fast_tokenizer import tokenizer_json
from importers.fuzzed import Fuzzed
from importers.fuzzed_tensorflow import google_config, google_file, mended_index, saved_model
from importers.hostile_archives import tar_of, zip_of
from importers.torch_zip import save, state_dict, write_torch_file

FILES = {"a/config.json": b'{"model_type": "albert"}', "a/weights": bytes(range(200)), "empty": b""}
TENSORS = {f"albert.w{number}": np.arange(number + 6, dtype=np.float32) for number in range(4)}
SMALL = Limits(total=1 << 20, files=50)
HERE = Path(__file__).parent
EXPORTS = ("script_11_eager", "script_14_sdpa", "program_23_sdpa", "optimised")


def _archive(folder: Path, data: bytes) -> Fuzzed:
    path, target = folder / "file", folder / "inner" / "target"
    target.parent.mkdir()

    def read() -> None:
        target.mkdir()
        try:
            unpack(path, target, SMALL)
        finally:
            assert os.listdir(target.parent) == ["target"]  # noqa: PTH208
            shutil.rmtree(target)

    return Fuzzed((data,), path, read)


def _torch_file(path: Path) -> None:
    with TorchFile(path) as opened:
        for name in opened.plans:
            opened.floats(name)


def _torch(folder: Path) -> Fuzzed:
    path = folder / "file.bin"
    return Fuzzed((save(folder / "seed.bin", TENSORS).read_bytes(),), path, lambda: _torch_file(path))


def _pickle(folder: Path) -> Fuzzed:
    """A faulty pickle in a sound archive."""
    path, (pickled, storages) = folder / "file.pkl", state_dict(TENSORS)
    whole = folder / "whole.bin"
    return Fuzzed((pickled,), path, lambda: _torch_file(write_torch_file(whole, path.read_bytes(), storages)))


def _tensors(folder: Path, data: bytes, reader: type[SafetensorsFile]) -> Fuzzed:
    path = folder / "file.safetensors"

    def read() -> None:
        opened = reader(path)
        for name in opened.entries:
            opened.floats(name)

    return Fuzzed((data,), path, read)


def _safetensors(folder: Path) -> Fuzzed:
    write_safetensors(folder / "seed.safetensors", TENSORS)
    return _tensors(folder, (folder / "seed.safetensors").read_bytes(), SafetensorsFile)


def _int8_rows(folder: Path) -> Fuzzed:
    said = {
        "w": {"dtype": "I8", "shape": [2, 8], "data_offsets": [0, 16]},
        "w.scale": {"dtype": "F32", "shape": [2], "data_offsets": [16, 24]},
        "b": {"dtype": "F32", "shape": [4], "data_offsets": [24, 40]},
    }
    head = json.dumps(said).encode()
    data = len(head).to_bytes(8, "little") + head + bytes(range(16)) + np.ones(6, "<f4").tobytes()
    return _tensors(folder, data, Int8RowsFile)


def _fast_tokenizer(folder: Path) -> Fuzzed:
    path = folder / "tokenizer.json"
    said = tokenizer_json(tiny_model.train_vocabulary(), b"table", penalty=True)
    said["model"]["vocab"] = said["model"]["vocab"][:20]
    return Fuzzed((json.dumps(said).encode(),), path, lambda: sentencepiece_of(read_object(path)))


def _model_file(name: str) -> Callable[[Path], Fuzzed]:
    def made(folder: Path) -> Fuzzed:
        """A file of a model's folder, read as every model is before it runs."""
        model = tiny_model.make_tiny_model(folder / "model")
        path = model / name

        def read() -> None:
            config = AlbertConfig.read(model)
            Vocabulary.read(model, config).encode(TEXTS)

        return Fuzzed((path.read_bytes(),), path, read)

    return made


def _switches(folder: Path) -> Fuzzed:
    path = tiny_model.make_tiny_model(folder / "model") / "tokenizer_config.json"
    return Fuzzed((path.read_bytes(),), path, lambda: read_rules(path.parent))


def _shards(folder: Path) -> Fuzzed:
    model = tiny_model.make_tiny_model(folder / "model")
    (model / "model.safetensors").rename(model / "shard.safetensors")
    names = SafetensorsFile(model / "shard.safetensors").entries
    said = json.dumps({"weight_map": dict.fromkeys(names, "shard.safetensors")}).encode()
    path = model / "model.safetensors.index.json"
    return Fuzzed((said,), path, lambda: hugging_face.read(model, Choices()))


def _exports() -> Iterator[bytes]:
    for name in EXPORTS:
        yield gzip.decompress((HERE / "onnx_files" / f"{name}.onnx.gz").read_bytes())


def _onnx(folder: Path) -> Fuzzed:
    path = folder / "model.onnx"
    return Fuzzed(tuple(_exports()), path, lambda: read_graph(path))


def _checked_onnx(folder: Path) -> Fuzzed:
    """A graph that is read, and then run by ONNX Runtime for the self-check."""
    path = folder / "model.onnx"
    ids = np.arange(2, 16, dtype=np.int64).reshape(2, 7)

    def read() -> None:
        read_graph(path)
        _distance(np.zeros((2, 7, 16), np.float32), path, ids)

    return Fuzzed(tuple(_exports()), path, read)


def _digest(folder: Path) -> Fuzzed:
    return Fuzzed((b"0" * 64 + b"  file.zip\n",), folder / "file.zip.sha256", lambda: beside(folder / "file.zip"))


READERS: dict[str, Callable[[Path], Fuzzed]] = {
    "zip": lambda folder: _archive(folder, zip_of(FILES)),
    "tar": lambda folder: _archive(folder, tar_of(FILES, packed=False)),
    "tar.gz": lambda folder: _archive(folder, tar_of(FILES)),
    "torch": _torch,
    "pickle": _pickle,
    "safetensors": _safetensors,
    "int8 rows": _int8_rows,
    "shards": _shards,
    "tokenizer.json": _fast_tokenizer,
    "config.json": _model_file("config.json"),
    "tokenizer_config.json": _switches,
    "spiece.model": _model_file("spiece.model"),
    "ONNX": _onnx,
    "ONNX, run": _checked_onnx,
    "SavedModel, TensorFlow 1": saved_model("hub_module"),
    "SavedModel, TensorFlow 2": saved_model("garden"),
    "SavedModel, frozen": saved_model("frozen"),
    "bundle index": google_file("model.ckpt-best.index"),
    "bundle index, mended": mended_index,
    "bundle data": google_file("model.ckpt-best.data-00000-of-00001"),
    "albert_config.json": google_config,
    "checkpoint": google_file("checkpoint"),
    "Spark metadata": fuzzed_spark.metadata,
    "Spark NLP's model": fuzzed_spark.model,
    "Spark stages": fuzzed_spark.stages,
    "Hadoop crc": fuzzed_spark.crc,
    "sha256": _digest,
}
