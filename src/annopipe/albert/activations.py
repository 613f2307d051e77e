"""Activations of torch in numpy, double precision, with torch's defaults."""

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

SELU_SCALE: Final = 1.0507009873554804934193349852946
SELU_ALPHA: Final = 1.6732632423543772848170429916717

_erf: Final = np.vectorize(math.erf, otypes=[np.float64])


def _sigmoid(x: Doubles) -> Doubles:
    """Written with tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * x))


def _softplus(x: Doubles) -> Doubles:
    return np.logaddexp(0, x)


def _elu(x: Doubles) -> Doubles:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def _gelu(x: Doubles) -> Doubles:
    return 0.5 * x * (1 + _erf(x / math.sqrt(2)))


def _selu(x: Doubles) -> Doubles:
    return SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0)))


def _softmax(x: Doubles) -> Doubles:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


ACTIVATIONS: Final[Mapping[str, Callable[[Doubles], Doubles]]] = {
    "Identity": lambda x: x,
    "Tanh": np.tanh,
    "ReLU": lambda x: np.maximum(x, 0),
    "GELU": _gelu,
    "Sigmoid": _sigmoid,
    "SiLU": lambda x: x * _sigmoid(x),
    "LeakyReLU": lambda x: np.where(x > 0, x, 0.01 * x),
    "ELU": _elu,
    "SELU": _selu,
    "CELU": _elu,
    "Softplus": _softplus,
    "Softsign": lambda x: x / (1 + np.abs(x)),
    "Mish": lambda x: x * np.tanh(_softplus(x)),
    "ReLU6": lambda x: np.clip(x, 0, 6),
    "Hardtanh": lambda x: np.clip(x, -1, 1),
    "Hardsigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "Hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "LogSigmoid": lambda x: -_softplus(-x),
    "Tanhshrink": lambda x: x - np.tanh(x),
    "Softmax": _softmax,
}
"""Name of torch's class → its function of ``[texts, numbers]``."""
