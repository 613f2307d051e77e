"""The weights of a model folder: found, read, renamed to Hugging Face's names, and each one accounted for."""

import json
import re
import reprlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.config import AlbertConfig
from annopipe.albert.int8_rows import Int8RowsFile
from annopipe.albert.parameters import needed
from annopipe.albert.safetensors import INTEGERS, SafetensorsFile
from annopipe.albert.weight_names import chosen
from annopipe.errors import CheckpointError, ModelFileMissing

FILE_NAME = "model.safetensors"
INDEX_NAME = "model.safetensors.index.json"
INT8_NAME = "model.int8.safetensors"
"""Int8 rows with scales (``int8_rows``), the form of the bundled model."""

SHARD_NAME = re.compile(r"[^/\\:]+\.safetensors")
"""A file in the same folder, on every system."""

FOREIGN = ("*.bin", "*.h5", "*.msgpack", "*.ckpt*", "*.pt", "*.pth", "*.onnx", "saved_model.pb")
"""Files in which other formats keep weights, for the error text only: none of them is read."""

SHOWN_MISFITS = 20

Weights: TypeAlias = Mapping[str, NDArray[np.float32]]
"""Every weight of the encoder under its name in Hugging Face's ``AlbertModel``, read-only arrays."""

Sources: TypeAlias = dict[str, tuple[SafetensorsFile, str]]
"""For each weight the file that holds it and its name there."""


def read_weights(folder: Path, config: AlbertConfig) -> Weights:
    """Weights of the model in ``folder``, each that ``config`` needs and no other, as float32.

    ``model.safetensors`` is read, else the shards that ``model.safetensors.index.json`` names, else the int8 rows of
    ``model.int8.safetensors``. Nothing of it follows the files: F32 tensors are views on a copy in memory
    (``snapshot``), all others expanded, F64 rounded. What stands before the names of the encoder is dropped, heads are
    left out (``weight_names``), and the old names ``gamma`` and ``beta`` of layer normalisation are understood.

    Raises:
        ModelFileMissing: the folder has no weights, or a shard is missing; other formats found there are named.
        CheckpointError: a file is damaged, weights are missing, left over or of the wrong shape (all named at once), of
            a dtype that is no weight's, or not finite.
        ModelChanged: a file was written to while it was read.
    """
    folder = Path(folder)
    shapes = needed(config)
    sources = _sources(folder, shapes)
    _check_fit(folder, sources, shapes)
    weights = {name: sources[name][0].floats(sources[name][1]) for name in shapes}
    for name, values in weights.items():
        _check_finite(sources[name][0].path, sources[name][1], values)
        values.flags.writeable = False
    return weights


def left_out(folder: Path, config: AlbertConfig) -> tuple[str, ...]:
    """Names of the tensors in a model folder that are none of the encoder's: heads, poolers, counters.

    Raises:
        ModelFileMissing, CheckpointError: as ``read_weights``.
    """
    places, names = _named(folder, needed(config))
    return tuple(sorted(places.keys() - names.values()))


def _sources(folder: Path, needed: Collection[str]) -> Sources:
    """Where each weight of the encoder lies, under today's name."""
    places, names = _named(folder, needed)
    return {name: places[stored] for name, stored in names.items()}


def _named(folder: Path, needed: Collection[str]) -> tuple[Sources, Mapping[str, str]]:
    """Where each tensor of a model folder lies, and the encoder's names for those that are its."""
    places: Sources = {}
    for file in _files(folder):
        for stored in file.entries:
            if stored in places:
                raise CheckpointError(
                    f"{file.path}: {stored[:120]} is in {places[stored][0].path.name}, too: copy both again."
                )
            places[stored] = (file, stored)
    whole_numbers = {stored: file.entries[stored].dtype in INTEGERS for stored, (file, _) in places.items()}
    return places, chosen(str(folder), whole_numbers, needed).names


def _files(folder: Path) -> Iterator[SafetensorsFile]:
    """The opened safetensors files of a model folder."""
    if (folder / FILE_NAME).is_file():
        yield SafetensorsFile(folder / FILE_NAME)
    elif (folder / INDEX_NAME).is_file():
        yield from _shards(folder)
    elif (folder / INT8_NAME).is_file():
        yield Int8RowsFile(folder / INT8_NAME)
    else:
        raise ModelFileMissing(_nothing_found(folder))


def _nothing_found(folder: Path) -> str:
    if not folder.is_dir():
        return f"{folder} is not a folder: give the path of a model folder with {FILE_NAME}."
    found = sorted({path.name for pattern in FOREIGN for path in folder.glob(pattern)})
    if not found:
        return f"{folder} has no {FILE_NAME} and no {INDEX_NAME}: the model was not copied whole."
    return (
        f"{folder} has no {FILE_NAME}; {', '.join(found)} cannot be used as it lies: 'annopipe import {folder}' "
        "reads files of torch, TensorFlow and ONNX; transformers' save_pretrained writes safetensors, too."
    )


def _shards(folder: Path) -> Iterator[SafetensorsFile]:
    """The opened shards that the index names, each checked against it."""
    path = folder / INDEX_NAME
    names = _weight_map(path)
    for shard in sorted(set(names.values())):
        if not (folder / shard).is_file():
            raise ModelFileMissing(f"{folder} lacks {shard}, which {INDEX_NAME} names: copy or download it too.")
        file = SafetensorsFile(folder / shard)
        listed = {name for name, place in names.items() if place == shard}
        if listed != file.entries.keys():
            odd = ", ".join(sorted(listed ^ file.entries.keys())[:SHOWN_MISFITS])
            raise CheckpointError(
                f"{path} and {shard} disagree about which tensors lie there ({odd}): copy both again."
            )
        yield file


def _weight_map(path: Path) -> dict[str, str]:
    """Tensor name to shard name, from an index file."""
    try:
        names = json.loads(path.read_bytes())["weight_map"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path} is not an index of shards ({error!r}): copy it anew.") from error
    if not isinstance(names, dict) or not names:
        raise CheckpointError(f"{path}: weight_map names no tensors: copy it anew.")
    for shard in names.values():
        if not isinstance(shard, str) or not SHARD_NAME.fullmatch(shard):
            raise CheckpointError(f"{path}: {shard!r} is not the name of a safetensors file in the same folder.")
    return names


def _check_fit(folder: Path, sources: Sources, shapes: Mapping[str, tuple[int, ...]]) -> None:
    found = {name: file.entries[stored].shape for name, (file, stored) in sources.items()}
    check_fit(str(folder), found, shapes, {name: stored for name, (_, stored) in sources.items()})


def check_fit(
    where: str,
    found: Mapping[str, tuple[int, ...]],
    shapes: Mapping[str, tuple[int, ...]],
    stored: Mapping[str, str],
) -> None:
    """Compare the weights of a model with those that its config asks for.

    Args:
        where: the model lies, for the error.
        found: today's name → shape of the weights that are there.
        shapes: today's name → shape of those that are needed (``parameters.needed``).
        stored: today's name → name in the file; those that are not in it are called by today's.

    Raises:
        CheckpointError: one error for all weights that are missing, left over or of another shape.
    """
    missing = [f"missing {name} {_shown(shape)}" for name, shape in shapes.items() if name not in found]
    wrong = [
        f"{stored.get(name, name)[:120]} is {_shown(found[name])} where the config asks for {_shown(shape)}"
        for name, shape in shapes.items()
        if name in found and found[name] != shape
    ]
    extra = [
        f"left over {stored.get(name, name)[:120]} {_shown(shape)}"
        for name, shape in found.items()
        if name not in shapes
    ]
    misfits = wrong + missing + extra
    if not misfits:
        return
    listed = "; ".join(misfits[:SHOWN_MISFITS])
    more = f"; and {len(misfits) - SHOWN_MISFITS} more" if len(misfits) > SHOWN_MISFITS else ""
    raise CheckpointError(
        f"{where}: the weights do not fit config.json ({len(wrong)} of the wrong shape, {len(missing)} missing, "
        f"{len(extra)} left over): {listed}{more}. Config and weights must come from the same model; a key that "
        "config.json lacks has Hugging Face's default there."
    )


def _shown(shape: tuple[int, ...]) -> str:
    return reprlib.repr(list(shape))


def _check_finite(path: Path, name: str, values: NDArray[np.float32]) -> None:
    """Refuse NaN and infinity; one sum tells, only an overflowing one needs a second look."""
    with np.errstate(all="ignore"):
        if np.isfinite(values.sum()) or bool(np.isfinite(values).all()):
            return
    kinds = Counter({"NaN": int(np.isnan(values).sum()), "infinite": int(np.isinf(values).sum())})
    counts = " and ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    raise CheckpointError(
        f"{path}: {name} has {counts} of {values.size} numbers: the model diverged in training or the file is damaged."
    )
