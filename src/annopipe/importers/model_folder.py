"""A found model as a folder in Hugging Face's form, each weight accounted for."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.checkpoint import check_fit
from annopipe.albert.config import AlbertConfig
from annopipe.albert.parameters import needed
from annopipe.errors import CheckpointError, SourceError
from annopipe.importers.architecture import refuse_other_config
from annopipe.importers.found import Found

CONFIG: Final = "config.json"
WEIGHTS: Final = "model.safetensors"
VOCABULARY: Final = "spiece.model"
TOKENIZER: Final = "tokenizer_config.json"
FLOATS: Final = (np.float32, np.float16)


def write_folder(found: Found, folder: Path, where: str) -> list[str]:
    """Write a model's files into an empty folder and return their names.

    Weights are written as float32, which holds what float16 and bfloat16 hold exactly.

    Args:
        found: the model.
        folder: for its files.
        where: the source, for errors.

    Raises:
        OtherArchitecture, ModelError: its config is of another architecture, or has values that do not fit.
        CheckpointError: weights are missing, left over, or of another shape or kind than the config asks for.
        OSError: the folder cannot be written.
    """
    refuse_other_config(found.config, where)
    _write_json(folder / CONFIG, {**found.config, "model_type": "albert", "architectures": ["AlbertModel"]})
    shapes = needed(AlbertConfig.read(folder))
    check_fit(where, {name: values.shape for name, values in found.tensors.items()}, shapes, {})
    write_safetensors(folder / WEIGHTS, {name: found.tensors[name] for name in shapes})
    (folder / VOCABULARY).write_bytes(found.vocabulary)
    _write_json(folder / TOKENIZER, tokenizer_config(found))
    return [CONFIG, WEIGHTS, VOCABULARY, TOKENIZER]


def tokenizer_config(found: Found) -> dict[str, Any]:
    """Return what ``tokenizer_config.json`` holds: what the source says, and the class that reads it."""
    told = dict(found.settings.get("tokenizer_config", {}))
    if "do_lower_case" not in told and "case_sensitive" in found.settings:
        told["do_lower_case"] = not found.settings["case_sensitive"]
    return {"tokenizer_class": "AlbertTokenizer", **told}


def write_safetensors(path: Path, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Write tensors as float32 into a file of Hugging Face's safetensors format, one after the other.

    Raises:
        CheckpointError: a tensor is of numbers that no weight has.
        OSError: the file cannot be written.
    """
    header, at = {}, 0
    for name, values in tensors.items():
        if values.dtype.type not in FLOATS:
            raise CheckpointError(f"{name} holds {values.dtype}; weights must be float32, float16 or bfloat16")
        size = 4 * math.prod(values.shape)
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + size]}
        at += size
    encoded = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("xb") as file:
        file.write(len(encoded).to_bytes(8, "little") + encoded)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values, "<f4").data)


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    try:
        text = json.dumps(values, indent=2, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise SourceError(f"{path.name} would hold what JSON cannot: {error}") from error
    path.write_text(text + "\n", encoding="utf-8")
