"""Checkpoints of google-research: ``albert_config.json``, ``model.ckpt-*.{index,data-*}``, ``30k-clean.model``."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from annopipe.errors import ModelFileMissing, SourceError
from annopipe.importers.facts import Facts, completed, read_config
from annopipe.importers.found import Choices, Found
from annopipe.importers.tensorflow.bundle import Bundle
from annopipe.importers.tensorflow.names import renamed, turned
from annopipe.importers.vocabularies import vocabulary_in

CONFIG: Final = "albert_config.json"
LATEST: Final = re.compile(r'^model_checkpoint_path:\s*"([^"/\\]+)"', re.MULTILINE)
"""Line of the text file ``checkpoint`` that names the newest one."""

ACTIVATIONS: Final = {"gelu": "gelu_new"}
"""google-research's ``gelu`` is the form by tanh, which Hugging Face calls ``gelu_new``."""

LOWER: Final = (
    "text is lower-cased, as google-research's ALBERTs want it: the checkpoint does not say (case_sensitive= or "
    "--case-sensitive)"
)


def read(folder: Path, choices: Choices) -> Found:
    """Read a checkpoint with its config and vocabulary, bit for bit; kernels are transposed.

    Raises:
        ModelFileMissing: config, checkpoint, one of its data files or the vocabulary is not there.
        SourceError: several checkpoints, and nothing says which one; or a config that is not JSON.
        OtherArchitecture: a BERT or another one.
        CheckpointError: the checkpoint is damaged.
    """
    bundle = Bundle(_prefix(folder, choices))
    found, left_out = renamed(bundle.places)
    tensors = {name: turned(name, bundle.floats(variable)) for name, variable in found.items()}
    config, assumed = completed(tensors, Facts(), choices, _config(folder, choices))
    if choices.case_sensitive is None:
        assumed = (*assumed, LOWER)
    settings = {"case_sensitive": bool(choices.case_sensitive)}
    return Found("google-research", config, tensors, vocabulary_in(folder, choices), assumed, left_out, settings)


def _config(folder: Path, choices: Choices) -> Mapping[str, Any]:
    path = choices.config or folder / CONFIG
    if choices.config is None and not path.is_file():
        path = next((one for one in sorted(folder.glob("*config*.json"))), path)
    if not path.is_file():
        raise ModelFileMissing(f"{folder.name} has no {CONFIG}: copy it there, or give its path, config= or --config")
    values = read_config(path)
    if path.name == CONFIG or "net_structure_type" in values:
        activation = values.get("hidden_act")
        values["hidden_act"] = ACTIVATIONS.get(activation, activation) if isinstance(activation, str) else activation
    return values


def _prefix(folder: Path, choices: Choices) -> Path:
    """Return the path of the checkpoint up to ``.index``."""
    there = sorted(path.name.removesuffix(".index") for path in folder.glob("*.index"))
    if not there:
        raise ModelFileMissing(f"{folder.name} has no checkpoint (model.ckpt-*.index): copy index and data files there")
    if choices.checkpoint is not None:
        fitting = [name for name in there if name.startswith(choices.checkpoint)]
        exact = [name for name in fitting if name == choices.checkpoint]
        there = exact or fitting or there
        if not fitting:
            raise SourceError(f"{folder.name} has no checkpoint {choices.checkpoint}; there: {', '.join(there)}")
    elif len(there) > 1 and (folder / "checkpoint").is_file():
        latest = LATEST.search((folder / "checkpoint").read_text("utf-8", "replace"))
        there = [name for name in there if latest is not None and name == latest[1]] or there
    if len(there) > 1:
        names = ", ".join(there)
        raise SourceError(
            f"{folder.name} holds several checkpoints: {names}. Say which one, checkpoint= or --checkpoint"
        )
    return folder / there[0]
