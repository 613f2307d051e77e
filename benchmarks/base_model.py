"""ALBERT-base's shape with random weights: speed does not depend on what the weights are."""

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.config import AlbertConfig
from annopipe.albert.parameters import needed

BASE = AlbertConfig(hidden_size=768, num_attention_heads=12, intermediate_size=3072)


def random_weights(config: AlbertConfig, seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """Normal numbers of standard deviation 0.02, around 1 for the weights of normalisations."""
    source = np.random.default_rng(seed)
    weights = {}
    for name, shape in needed(config).items():
        values = source.standard_normal(shape, np.float32) * np.float32(0.02)
        weights[name] = values + np.float32(name.lower().endswith("norm.weight"))
    return weights
