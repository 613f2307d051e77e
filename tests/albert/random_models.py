"""Models with random weights, and folders of them, for tests that need no real one."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.config import AlbertConfig
from annopipe.albert.parameters import needed

TINY = AlbertConfig(
    embedding_size=8,
    hidden_size=24,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=40,
    max_position_embeddings=64,
    vocab_size=50,
)

DTYPES = {"float32": "F32", "float16": "F16", "float64": "F64", "int64": "I64", "uint16": "BF16", "int8": "I8"}


def random_weights(config: AlbertConfig, seed: int = 0, spread: float = 0.05) -> dict[str, NDArray[np.float32]]:
    """Normal numbers of standard deviation ``spread``, around 1 for the weights of normalisations.

    ``RandomState`` gives the same numbers in every release of numpy.
    """
    source = np.random.RandomState(seed)
    weights = {}
    for name, shape in needed(config).items():
        values = source.standard_normal(shape).astype(np.float32) * np.float32(spread)
        weights[name] = values + np.float32(name.lower().endswith("norm.weight"))
    return weights


def int8_rows(weights: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[Any]]:
    """Matrices as int8 rows with scales, by the plainest rule: the largest number of a row becomes 127."""
    parts: dict[str, NDArray[Any]] = dict(weights)
    for name, matrix in weights.items():
        if matrix.ndim == 2:
            parts[name + ".scale"] = scale = np.maximum(np.abs(matrix).max(axis=1), 1e-12).astype(np.float32) / 127
            parts[name] = np.round(matrix / scale[:, np.newaxis]).astype(np.int8)
    return parts


def random_ids(config: AlbertConfig, sentences: int, pieces: int, seed: int = 0) -> NDArray[np.int64]:
    return np.random.RandomState(seed).randint(0, config.vocab_size, (sentences, pieces)).astype(np.int64)


def header_of(tensors: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Safetensors header of tensors laid one after the other; uint16 arrays stand for BF16."""
    header, at = {}, 0
    for name, array in tensors.items():
        size = math.prod(array.shape) * array.itemsize
        header[name] = {
            "dtype": DTYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [at, at + size],
        }
        at += size
    return header


def write_safetensors(path: Path, tensors: Mapping[str, NDArray[Any]], header: object = None) -> None:
    """A safetensors file, with another header than its own if one is given (an object, or bytes as they are).

    As the format's own writer does, a header is filled with spaces so that numbers lie aligned.
    """
    chosen = header_of(tensors) if header is None else header
    encoded = chosen if isinstance(chosen, bytes) else json.dumps(chosen).encode()
    if not isinstance(chosen, bytes):
        encoded += b" " * (-len(encoded) % 8)
    data = b"".join(array.tobytes() for array in tensors.values())
    path.write_bytes(len(encoded).to_bytes(8, "little") + encoded + data)


def write_config(folder: Path, config: AlbertConfig, **changed: object) -> None:
    values = {"model_type": "albert", **asdict(config), **changed}
    (folder / "config.json").write_text(json.dumps(values))


def write_model(folder: Path, config: AlbertConfig, weights: Mapping[str, NDArray[Any]]) -> None:
    write_config(folder, config)
    write_safetensors(folder / "model.safetensors", weights)
