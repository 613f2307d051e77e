"""Repositories of Hugging Face's hub: ``model.safetensors`` or ``pytorch_model.bin``, one file or shards."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.checkpoint import INT8_NAME
from annopipe.albert.config import AlbertConfig
from annopipe.albert.int8_rows import Int8RowsFile
from annopipe.albert.parameters import needed
from annopipe.albert.safetensors import INTEGERS, SafetensorsFile
from annopipe.albert.weight_names import chosen
from annopipe.errors import CheckpointError, ModelFileMissing, SourceError
from annopipe.importers.added import added_behind
from annopipe.importers.architecture import refuse_other_config, refuse_other_names
from annopipe.importers.config_choices import with_choices
from annopipe.importers.found import Choices, Found
from annopipe.importers.json_files import read_object
from annopipe.importers.spiece import vocabulary_of
from annopipe.importers.torch_files.archive import TorchFile
from annopipe.importers.torch_files.tensors import WEIGHTS

SAFETENSORS: Final = "model.safetensors"
TORCH: Final = "pytorch_model.bin"
SHARD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(safetensors|bin)")
TOKENIZER_CONFIG: Final = "tokenizer_config.json"
SWITCHES: Final = ("do_lower_case", "keep_accents", "remove_space")
GRAPHS: Final = ("onnx/model.onnx", "model.onnx")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in a file: how its numbers are read, and whether they are whole ones."""

    numbers: Callable[[], Floats]
    whole: bool


Tensors = dict[str, Stored]


def read(folder: Path, choices: Choices) -> Found:
    """Read a folder in Hugging Face's form.

    Raises:
        ModelFileMissing: ``config.json``, weights or vocabulary are missing.
        OtherArchitecture: it is no ALBERT.
        SourceError, PickleRefused, CheckpointError: a file is damaged or holds something else, or a weight is twice.
        ModelError: the config has a value that does not fit.
    """
    config_path = choices.config or folder / "config.json"
    if not config_path.is_file():
        raise ModelFileMissing(
            f"{folder.name} has no config.json: copy it there, or give the path of one, config= or --config"
        )
    config = with_choices(Found("", read_object(config_path), {}, b""), choices).config
    refuse_other_config(config, config_path.name)
    shapes = needed(AlbertConfig.of(config, config_path.name))
    safe = any((folder / name).is_file() for name in (*_names_of(SAFETENSORS), INT8_NAME))
    kind = "hugging-face" if safe else "torch"
    with ExitStack() as opened:
        stored = _stored(folder, SAFETENSORS if kind == "hugging-face" else TORCH, opened)
        tensors, left_out = _renamed(stored, shapes, folder.name)
    found = Found(kind, config, tensors, b"", left_out=left_out, graph=_graph(folder))
    return with_choices(_with_vocabulary(found, folder, choices), choices)


def _names_of(file: str) -> tuple[str, str]:
    return file, f"{file}.index.json"


def _stored(folder: Path, file: str, opened: ExitStack) -> Tensors:
    """Return name in the files → how its numbers are read, of all tensors."""
    single, index = _names_of(file)
    names = [name for name in (single, INT8_NAME) if (folder / name).is_file()][:1] or _shards(folder, index)
    tensors: Tensors = {}
    for name in names:
        if not (folder / name).is_file():
            raise ModelFileMissing(f"{folder.name} lacks {name}, which {index} names: copy or download it too")
        for stored, tensor in _open(folder / name, opened):
            if stored in tensors:
                raise SourceError(f"{folder.name}: {stored[:120]} is in {name} and in another shard: copy all anew")
            tensors[stored] = tensor
    return tensors


def _open(path: Path, opened: ExitStack) -> Iterator[tuple[str, Stored]]:
    if path.suffix == ".bin":
        torch = opened.enter_context(TorchFile(path))
        for name, plan in torch.plans.items():
            yield name, Stored(partial(torch.floats, name), plan.storage.kind not in WEIGHTS)
    else:
        file = Int8RowsFile(path) if path.name == INT8_NAME else SafetensorsFile(path)
        for name, entry in file.entries.items():
            yield name, Stored(partial(file.floats, name), entry.dtype in INTEGERS)


def _shards(folder: Path, index: str) -> list[str]:
    """Return the names of the shards that an index names."""
    places = read_object(folder / index).get("weight_map")
    if not isinstance(places, dict) or not places:
        raise SourceError(f"{index} names no weights: copy it anew")
    for name in places.values():
        if not isinstance(name, str) or not SHARD.fullmatch(name):
            raise SourceError(f"{index} names {str(name)[:120]!r}, which is no file of weights beside it: refused")
    return sorted(set(places.values()))


def _renamed(
    stored: Tensors, shapes: Mapping[str, tuple[int, ...]], where: str
) -> tuple[Mapping[str, Floats], tuple[str, ...]]:
    """Return tensors under today's names, and the names of those that are left out."""
    try:
        found = chosen(where, {name: tensor.whole for name, tensor in stored.items()}, shapes)
    except CheckpointError as error:
        raise SourceError(str(error)) from error
    if not found.whole:
        refuse_other_names(stored, where)
    return {name: stored[place].numbers() for name, place in found.names.items()}, found.left_out


def _with_vocabulary(found: Found, folder: Path, choices: Choices) -> Found:
    vocabulary = vocabulary_of(folder, choices)
    switches = dict(vocabulary.switches)
    path = folder / TOKENIZER_CONFIG
    if path.is_file():
        told = read_object(path)
        switches |= {name: told[name] for name in SWITCHES if name in told and name not in vocabulary.switches}
    settings: dict[str, Any] = {"tokenizer_config": {**switches, **added_behind(vocabulary.data, folder)}}
    return replace(found, vocabulary=vocabulary.data, settings=settings)


def _graph(folder: Path) -> Path | None:
    return next((folder / name for name in GRAPHS if (folder / name).is_file()), None)
