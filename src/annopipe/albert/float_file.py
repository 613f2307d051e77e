"""Writing of safetensors files of float32 numbers."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


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
