"""Readers of files from elsewhere, fed with faults: only our own errors come out, and nothing lies outside."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import annopipe
from albert.random_models import write_safetensors
from annopipe.albert.safetensors import SafetensorsFile
from annopipe.errors import AnnopipeError
from annopipe.importers.archives import unpack
from annopipe.importers.found import Choices
from annopipe.importers.hugging_face import read
from annopipe.importers.json_files import read_object
from annopipe.importers.limits import Limits
from annopipe.importers.tokenizer_json import sentencepiece_of
from annopipe.importers.torch_files.archive import TorchFile
from importers.fast_tokenizer import tokenizer_json
from importers.hostile_archives import tar_of, zip_of
from importers.mutations import all_mutated
from importers.torch_zip import save, state_dict, write_torch_file
from tiny_model import train_vocabulary

SOME, MANY = 200, 100_000
FILES = {"a/config.json": b'{"model_type": "albert"}', "a/weights": bytes(range(200)), "empty": b""}
TENSORS = {f"albert.w{number}": np.arange(number + 6, dtype=np.float32) for number in range(4)}
SMALL = Limits(total=1 << 20, files=50)

Reader = Callable[[Path, Path], object]


def _unpack(path: Path, folder: Path) -> None:
    target = folder / "target"
    target.mkdir()
    try:
        unpack(path, target, SMALL)
    finally:
        assert os.listdir(folder) == ["target"]  # noqa: PTH208
        shutil.rmtree(target)


def _torch(path: Path, _: Path) -> None:
    with TorchFile(path) as opened:
        for name in opened.plans:
            opened.floats(name)


def _pickle(path: Path, _: Path) -> None:
    """A faulty pickle in a sound archive."""
    whole = path.with_name("whole.bin")
    _torch(write_torch_file(whole, path.read_bytes(), state_dict(TENSORS)[1]), path)


def _safetensors(path: Path, _: Path) -> None:
    opened = SafetensorsFile(path)
    for name in opened.entries:
        opened.floats(name)


def _seeds(folder: Path) -> dict[str, tuple[bytes, Reader]]:
    """Sound files by name, and who reads them."""
    torch = save(folder / "seed.bin", TENSORS).read_bytes()
    write_safetensors(folder / "seed.safetensors", TENSORS)
    document = json.dumps(tokenizer_json(train_vocabulary(), b"table", penalty=True)).encode()
    return {
        "zip": (zip_of(FILES), _unpack),
        "tar": (tar_of(FILES, packed=False), _unpack),
        "tar.gz": (tar_of(FILES), _unpack),
        "torch": (torch, _torch),
        "pickle": (state_dict(TENSORS)[0], _pickle),
        "safetensors": ((folder / "seed.safetensors").read_bytes(), _safetensors),
        "tokenizer.json": (document, lambda path, _: sentencepiece_of(read_object(path))),
    }


NAMES = ("zip", "tar", "tar.gz", "torch", "pickle", "safetensors", "tokenizer.json")


def fuzz(name: str, folder: Path, count: int) -> int:
    """Feed a reader with faults; return how many files it refused."""
    seed, read_it = _seeds(folder)[name]
    (folder / "file").write_bytes(seed)
    inner = folder / "inner"
    inner.mkdir()
    read_it(folder / "file", inner)
    refused = 0
    for data in all_mutated(seed, count):
        (folder / "file").write_bytes(data)
        try:
            read_it(folder / "file", inner)
        except AnnopipeError:
            refused += 1
    return refused


@pytest.mark.parametrize("name", NAMES)
def test_only_our_errors_come_out(name: str, tmp_path: Path) -> None:
    assert fuzz(name, tmp_path, SOME) > SOME // 10


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_only_our_errors_come_out_of_many(name: str, tmp_path: Path) -> None:
    refused = fuzz(name, tmp_path, MANY)
    print(f"{name}: {refused} of {MANY} refused")
    assert refused > MANY // 10


@pytest.mark.parametrize(
    "file", ["config.json", "tokenizer_config.json", "spiece.model", "model.safetensors.index.json"]
)
def test_other_files_of_a_repository(file: str, repository: Path, tmp_path: Path, store: Path, weights: object) -> None:
    write_safetensors(repository / "shard.safetensors", weights)  # type: ignore[arg-type]
    index = {"weight_map": dict.fromkeys(weights, "shard.safetensors")}  # type: ignore[call-overload]
    (repository / "model.safetensors.index.json").write_text(json.dumps(index))
    sound = (repository / file).read_bytes()
    for data in all_mutated(sound, SOME):
        (repository / file).write_bytes(data)
        try:
            read(repository, Choices())
        except AnnopipeError:
            continue
    for data in all_mutated(sound, SOME // 20, seed=7):
        (repository / file).write_bytes(data)
        try:
            annopipe.import_model(repository, "fuzzed", replace=True)
        except AnnopipeError:
            continue
