"""A model folder with given weights and the bundled vocabulary, to be read like any other."""

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annopipe.hub import locate


def write_model_folder(folder: Path, config: dict[str, Any], weights: dict[str, NDArray[np.float32]]) -> Path:
    """Write ``config.json``, ``model.safetensors`` and the bundled model's vocabulary; return the folder."""
    bundled = Path(locate("albert_mini"))
    folder.mkdir(parents=True)
    size = json.loads((bundled / "config.json").read_text("utf-8"))["vocab_size"]
    (folder / "config.json").write_text(json.dumps({"model_type": "albert", **config, "vocab_size": size}), "utf-8")
    for name in ("spiece.model", "tokenizer_config.json"):
        shutil.copy(bundled / name, folder / name)
    kept = {k: v[:size] if k == "embeddings.word_embeddings.weight" else v for k, v in weights.items()}
    header, place = {}, 0
    for name, array in kept.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(header).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in kept.values():
            file.write(np.ascontiguousarray(array).tobytes())
    return folder
