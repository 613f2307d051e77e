"""A sentence head as files of sentence-transformers, which all its releases read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from annopipe.albert.float_file import write_weights
from annopipe.albert.sentence_steps import SentenceSteps, StepWeights
from annopipe.sentence_head import MODULES, Dense, LayerNorm, SentenceHead, Step

TYPES: Final = "sentence_transformers.models."
SETTINGS: Final = "config_sentence_transformers.json"
TRANSFORMER: Final = "sentence_bert_config.json"
SWITCHES: Final = {
    "cls": "pooling_mode_cls_token",
    "max": "pooling_mode_max_tokens",
    "mean": "pooling_mode_mean_tokens",
    "mean_sqrt_len_tokens": "pooling_mode_mean_sqrt_len_tokens",
    "weightedmean": "pooling_mode_weightedmean_tokens",
    "lasttoken": "pooling_mode_lasttoken",
}


def write_head(steps: SentenceSteps, folder: Path) -> list[str]:
    """Write the files of a head into a model's folder, whose transformer lies in the folder itself; return their paths.

    Weights are float32. Raises `OSError` if a file cannot be written or exists as something else.
    """
    head = steps.head
    modules = [("Transformer", ""), ("Pooling", "1_Pooling")]
    objects: dict[str, Any] = {
        TRANSFORMER: {"max_seq_length": head.length, "do_lower_case": head.lower_case},
        "1_Pooling/config.json": _pooling(head),
        SETTINGS: _settings(head),
    }
    tensors: dict[str, StepWeights] = {}
    for number, (step, weights) in enumerate(zip(head.steps, steps.weights, strict=True), 2):
        kind = type(step).__name__
        modules.append((kind, f"{number}_{kind}"))
        if isinstance(step, Dense | LayerNorm):
            objects[f"{number}_{kind}/config.json"] = _step(step)
            tensors[f"{number}_{kind}/model.safetensors"] = weights
    objects[MODULES] = [
        {"idx": number, "name": str(number), "path": path, "type": TYPES + kind}
        for number, (kind, path) in enumerate(modules)
    ]
    for path, values in objects.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for path, values in tensors.items():
        write_weights(folder / path, values)
    return [*objects, *tensors]


def _pooling(head: SentenceHead) -> dict[str, Any]:
    """Return switches, which old releases read, and the name or names, which say an order."""
    modes = list(head.poolings)
    switches: Mapping[str, bool] = {switch: mode in modes for mode, switch in SWITCHES.items()}
    ordered = [mode for mode in SWITCHES if mode in modes] == modes
    named = {} if ordered else {"pooling_mode": modes}
    return {"word_embedding_dimension": head.hidden, **switches, **named, "include_prompt": head.include_prompt}


def _settings(head: SentenceHead) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "prompts": dict(head.prompts or {}),
        "default_prompt_name": head.default_prompt,
        "similarity_fn_name": head.similarity,
    }
    return settings if head.truncate_dim is None else {**settings, "truncate_dim": head.truncate_dim}


def _step(step: Step) -> dict[str, Any]:
    if isinstance(step, LayerNorm):
        return {"dimension": step.size}
    assert isinstance(step, Dense)  # noqa: S101 -- the third kind has no files
    values: dict[str, Any] = {
        "in_features": step.inputs,
        "out_features": step.outputs,
        "bias": step.bias,
        "activation_function": f"torch.nn.{step.activation}",
    }
    return {**values, "use_residual": True} if step.residual else values
