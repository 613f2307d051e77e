"""Tiny folders of sentence-transformers, written without that library: any pooling, any steps after it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiny_model import make_tiny_model, write_safetensors

HIDDEN = 16
TYPES = "sentence_transformers.models."
SWITCHES = {
    "cls": "pooling_mode_cls_token",
    "max": "pooling_mode_max_tokens",
    "mean": "pooling_mode_mean_tokens",
    "mean_sqrt_len_tokens": "pooling_mode_mean_sqrt_len_tokens",
    "weightedmean": "pooling_mode_weightedmean_tokens",
    "lasttoken": "pooling_mode_lasttoken",
}


def make_sentence_model(
    folder: Path,
    pooling: Mapping[str, Any],
    steps: Sequence[tuple[str, Mapping[str, Any], Mapping[str, NDArray[np.float32]]]] = (),
    *,
    transformer: str = "",
    length: int | None = None,
    lower_case: bool = False,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Path:
    """Write a model whose modules are a transformer, a pooling and steps: ``(class, config, weights)``."""
    make_tiny_model(folder / transformer, seed=seed)
    given = {"max_seq_length": length, "do_lower_case": lower_case}
    write(folder / transformer / "sentence_bert_config.json", given)
    modules = [(f"{TYPES}Transformer", transformer), (f"{TYPES}Pooling", "1_Pooling")]
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": HIDDEN, **pooling})
    for number, (kind, config, weights) in enumerate(steps, 2):
        modules.append((kind if "." in kind else TYPES + kind, path := f"{number}_{kind.rpartition('.')[2]}"))
        if config:
            write(folder / path / "config.json", config)
        if weights:
            write_safetensors(folder / path / "model.safetensors", dict(weights))
    listed = [{"idx": i, "name": str(i), "path": path, "type": kind} for i, (kind, path) in enumerate(modules)]
    write(folder / "modules.json", listed)
    if settings is not None:
        write(folder / "config_sentence_transformers.json", settings)
    return folder


def switched(*modes: str) -> dict[str, bool]:
    """The older form of a pooling's config: a switch a mode."""
    return {switch: mode in modes for mode, switch in SWITCHES.items()}


def dense(
    inputs: int = HIDDEN, outputs: int = 6, activation: str = "torch.nn.modules.activation.Tanh", **more: Any
) -> tuple[str, dict[str, Any], dict[str, NDArray[np.float32]]]:
    """A dense step with random weights."""
    chance = np.random.default_rng(3)
    weights = {"linear.weight": chance.normal(0, 0.3, (outputs, inputs)).astype(np.float32)}
    if more.get("bias", True):
        weights["linear.bias"] = chance.normal(0, 0.3, outputs).astype(np.float32)
    config = {"in_features": inputs, "out_features": outputs, "bias": True, "activation_function": activation, **more}
    return "Dense", config, weights


NORMALIZE: tuple[str, dict[str, Any], dict[str, NDArray[np.float32]]] = ("Normalize", {}, {})


def write(path: Path, values: Any) -> None:
    """Write a JSON file, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), encoding="utf-8")
