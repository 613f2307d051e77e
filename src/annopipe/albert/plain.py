"""A plain folder in Hugging Face's form from any model folder: one ``model.safetensors`` of float32 numbers."""

import json
import math
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.checkpoint import FILE_NAME, read_weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import TOKEN_FILES, content_files
from annopipe.albert.vocabulary import Vocabulary
from annopipe.errors import ModelError

COPIED: Final = ("spiece.model", "tokenizer_config.json", "card.md")
CONFIG: Final = "config.json"


def write_plain(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Write a model as a plain folder that transformers' ``AlbertModel.from_pretrained`` loads; return the folder.

    The weights are the float32 numbers that annopipe computes with: int8 rows and half precisions are expanded, shards
    put together, heads left out. Vocabulary, tokenizer settings and card are copied.

    Args:
        source: a model folder, such as ``annopipe.load("albert_mini").model.folder``.
        target: a folder that does not exist or is empty; made with its parents. All or nothing is written.

    Raises:
        ModelError: the source cannot be read (see ``read_weights``), or the target is not empty.
    """
    source, target = Path(source), Path(target)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ModelError(f"{target} exists and is not an empty folder: choose another one.")
    config = AlbertConfig.read(source)
    Vocabulary.read(source, config)
    weights = read_weights(source, config)
    draft = target.with_name(f".{target.name}-{os.urandom(8).hex()}")
    draft.mkdir(parents=True)
    try:
        write_weights(draft / FILE_NAME, weights)
        _write_config(source / CONFIG, draft / CONFIG)
        for name in {*COPIED, *(set(TOKEN_FILES) & set(content_files(source)))}:
            if (source / name).is_file():
                shutil.copyfile(source / name, draft / name)
        if target.is_dir():
            target.rmdir()
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def write_weights(path: Path, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Write float32 tensors as a safetensors file, in the order of their names, numbers aligned to 8 bytes.

    The metadata ``{"format": "pt"}`` is what transformers asks for: names and layouts are torch's.
    """
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name in sorted(weights):
        shape = weights[name].shape
        size = math.prod(shape) * 4
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for name in sorted(weights):
            file.write(np.ascontiguousarray(weights[name], "<f4").data)


def _write_config(source: Path, target: Path) -> None:
    """Copy ``config.json`` with the dtype that the weights have now."""
    values = json.loads(source.read_bytes())
    values.pop("torch_dtype", None)
    text = json.dumps({**values, "dtype": "float32"}, indent=2, sort_keys=True, ensure_ascii=False)
    target.write_text(text + "\n", encoding="utf-8")
