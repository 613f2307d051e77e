"""Hugging Face's models as the oracle; torch and transformers are imported when first asked."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.config import AlbertConfig


def albert(config: AlbertConfig, weights: Mapping[str, NDArray[np.float32]]) -> Any:
    """transformers' ``AlbertModel`` with these weights; each of its parameters is set."""
    import torch
    from transformers import AlbertConfig as TheirConfig
    from transformers import AlbertModel

    model = AlbertModel(TheirConfig(**asdict(config)), add_pooling_layer=False).eval()
    state = {name: torch.from_numpy(np.array(values)) for name, values in weights.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected
    assert all(name in ("embeddings.position_ids", "embeddings.token_type_ids") for name in missing)
    return model


def hidden_states(model: Any, ids: NDArray[np.int64]) -> NDArray[np.floating]:
    """All hidden states [layers + 1, sentences, pieces, hidden] for ids without padding.

    transformers 5 lists the inner layers of a group too, transformers 4 does not: they are left out.
    """
    import torch

    with torch.inference_mode():
        states = model(input_ids=torch.from_numpy(ids), output_hidden_states=True).hidden_states
    layers = model.config.num_hidden_layers
    return np.stack([state.numpy() for state in states[:: (len(states) - 1) // layers]])
