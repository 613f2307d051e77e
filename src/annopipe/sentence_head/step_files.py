"""The modules that follow the pooling: Dense, LayerNorm, Normalize."""

from pathlib import Path
from typing import Any, Final

from annopipe.errors import ModelFileMissing, SentenceHeadError
from annopipe.sentence_head.head import Dense, LayerNorm, Normalize, Step
from annopipe.sentence_head.json_files import count, flag, read_object
from annopipe.sentence_head.modules import WAYS, Module

WEIGHTS: Final = ("model.safetensors", "pytorch_model.bin")
VECTOR: Final = "sentence_embedding"
TORCH: Final = "torch.nn."
DEFAULT_ACTIVATION: Final = "torch.nn.modules.activation.Tanh"
ACTIVATIONS: Final = (
    "Identity", "Tanh", "ReLU", "GELU", "Sigmoid", "SiLU", "LeakyReLU", "ELU", "SELU", "CELU", "Softplus", "Softsign",
    "Mish", "ReLU6", "Hardtanh", "Hardsigmoid", "Hardswish", "LogSigmoid", "Tanhshrink", "Softmax",
)  # fmt: skip
"""Classes of torch, with their defaults."""


def read_steps(folder: Path, modules: tuple[Module, ...], width: int) -> tuple[Step, ...]:
    """Return the steps after the pooling, each fitting the one before.

    Args:
        folder: of the model.
        modules: all of it, in order.
        width: numbers of the pooled vector.

    Raises:
        ModelFileMissing, SentenceHeadError: a file is missing, damaged, does not fit, or asks for something that is not
            computed here.
    """
    steps: list[Step] = []
    for module in modules:
        if module.kind == "Dense":
            steps.append(dense := _dense(folder, module, width))
            width = dense.outputs
        elif module.kind == "LayerNorm":
            steps.append(_layer_norm(folder, module, width))
        elif module.kind == "Normalize":
            _check_place(folder / module.file("config.json"))
            steps.append(Normalize())
    return tuple(steps)


def _dense(folder: Path, module: Module, width: int) -> Dense:
    path = folder / module.file("config.json")
    values = read_object(path)
    _check_place(path)
    inputs, outputs = count(path, values, "in_features"), count(path, values, "out_features")
    if inputs is None or outputs is None:
        raise SentenceHeadError(f"{path} lacks in_features or out_features: damaged; copy it again")
    if inputs != width:
        raise SentenceHeadError(f"{path} takes {inputs} numbers, but there are {width} before it: another model's file")
    return Dense(
        inputs,
        outputs,
        flag(path, values, "bias", True),
        _activation(path, values),
        flag(path, values, "use_residual", False),
        _weights(folder, module),
    )


def _layer_norm(folder: Path, module: Module, width: int) -> LayerNorm:
    path = folder / module.file("config.json")
    size = count(path, read_object(path), "dimension")
    if size != width:
        raise SentenceHeadError(f"{path} normalises {size} numbers, but there are {width} before it")
    return LayerNorm(width, _weights(folder, module))


def _activation(path: Path, values: dict[str, Any]) -> str:
    told = values.get("activation_function", DEFAULT_ACTIVATION)
    name = told.rpartition(".")[2] if isinstance(told, str) and told.startswith(TORCH) else None
    if name not in ACTIVATIONS:
        raise SentenceHeadError(
            f"{path} has the activation {told!r:.120}, which annopipe does not compute (it knows torch's "
            f"{', '.join(ACTIVATIONS)}). {WAYS}"
        )
    return str(name)


def _check_place(path: Path) -> None:
    """Refuse a module that works on something else than the vector of the text."""
    values = read_object(path) if path.is_file() else {}
    for key in ("module_input_name", "module_output_name"):
        if values.get(key) not in (None, VECTOR):
            raise SentenceHeadError(
                f"{path}: {key} is {values[key]!r:.80}; annopipe computes modules that turn {VECTOR} into {VECTOR}. "
                f"{WAYS}"
            )


def _weights(folder: Path, module: Module) -> str:
    found = next((name for name in map(module.file, WEIGHTS) if (folder / name).is_file()), None)
    if found is None:
        raise ModelFileMissing(f"{folder / module.file(WEIGHTS[0])} is not there, but modules.json needs it: copy the "
                               "folder whole")  # fmt: skip
    return found
