"""A found model as a folder in Hugging Face's form, each weight accounted for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from annopipe.albert.checkpoint import check_fit
from annopipe.albert.config import AlbertConfig
from annopipe.albert.float_file import write_weights
from annopipe.albert.parameters import needed
from annopipe.albert.sentence_files import write_head
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
    _check_kinds(found)
    _write_json(folder / CONFIG, _config(found))
    shapes = needed(AlbertConfig.read(folder))
    check_fit(where, {name: values.shape for name, values in found.tensors.items()}, shapes, {})
    write_weights(folder / WEIGHTS, {name: found.tensors[name] for name in shapes})
    (folder / VOCABULARY).write_bytes(found.vocabulary)
    _write_json(folder / TOKENIZER, tokenizer_config(found))
    own = write_head(found.sentences, folder) if found.sentences is not None else []
    return [CONFIG, WEIGHTS, VOCABULARY, TOKENIZER, *own]


def tokenizer_config(found: Found) -> dict[str, Any]:
    """Return what ``tokenizer_config.json`` holds: what the source says, and the class that reads it."""
    told = dict(found.settings.get("tokenizer_config", {}))
    if "do_lower_case" not in told and "case_sensitive" in found.settings:
        told["do_lower_case"] = not found.settings["case_sensitive"]
    return {"tokenizer_class": "AlbertTokenizer", **told}


def _config(found: Found) -> dict[str, Any]:
    """Return what ``config.json`` holds: the source's, and what the weights have become."""
    told = {key: value for key, value in found.config.items() if key != "torch_dtype"}
    return {**told, "model_type": "albert", "architectures": ["AlbertModel"], "dtype": "float32"}


def _check_kinds(found: Found) -> None:
    for name, values in found.tensors.items():
        if values.dtype.type not in FLOATS:
            raise CheckpointError(f"{name} holds {values.dtype}; weights must be float32, float16 or bfloat16")


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    try:
        text = json.dumps(values, indent=2, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise SourceError(f"{path.name} would hold what JSON cannot: {error}") from error
    path.write_text(text + "\n", encoding="utf-8")
