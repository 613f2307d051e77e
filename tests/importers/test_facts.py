"""What weights do not tell: who says it first, and what is guessed aloud."""

from typing import Any

import numpy as np
import pytest

from annopipe.albert.config import AlbertConfig
from annopipe.albert.parameters import needed
from annopipe.errors import SourceError
from annopipe.importers.facts import Facts, completed, shortest, sizes_of
from annopipe.importers.found import Choices

SHAPES = {768: (12, 12), 1024: (24, 16), 2048: (24, 16), 4096: (12, 64)}


def tensors(hidden: int, groups: int = 1, inner: int = 1) -> dict[str, Any]:
    """Weights of a shape that take no memory."""
    config = AlbertConfig(
        hidden_size=hidden,
        intermediate_size=4 * hidden,
        num_attention_heads=1,
        num_hidden_groups=groups,
        inner_group_num=inner,
    )
    return {name: np.broadcast_to(np.float32(0), shape) for name, shape in needed(config).items()}


@pytest.mark.parametrize("hidden", SHAPES)
def test_published_shapes_are_guessed_aloud(hidden: int) -> None:
    config, assumed = completed(tensors(hidden), Facts(), Choices())
    assert (config["num_hidden_layers"], config["num_attention_heads"]) == SHAPES[hidden]
    assert (config["layer_norm_eps"], config["hidden_act"]) == (1e-12, "gelu_new")
    assert len(assumed) == 4
    assert all("does not say" in sentence for sentence in assumed)


def test_the_user_then_the_file_then_the_graph_then_the_shape() -> None:
    weights = tensors(768)
    graph = Facts(layers=6, heads=8, epsilon=1e-7, activation="gelu")
    file = {"num_attention_heads": 24, "hidden_act": "relu"}
    config, assumed = completed(weights, graph, Choices(activation="gelu_new"), file)
    keys = ("num_hidden_layers", "num_attention_heads", "layer_norm_eps", "hidden_act")
    assert [config[key] for key in keys] == [6, 24, 1e-7, "gelu_new"]
    assert assumed == ()


def test_another_shape_needs_to_be_told() -> None:
    with pytest.raises(SourceError, match="how many layers"):
        completed(tensors(96), Facts(), Choices(heads=2))
    with pytest.raises(SourceError, match="how many heads"):
        completed(tensors(96), Facts(layers=3), Choices())
    assert completed(tensors(96), Facts(layers=3), Choices(heads=2))[0]["num_hidden_layers"] == 3


def test_groups_and_inner_layers_are_counted() -> None:
    sizes = sizes_of(tensors(96, groups=3, inner=2))
    assert (sizes["num_hidden_groups"], sizes["inner_group_num"]) == (3, 2)


def test_a_missing_weight_is_named() -> None:
    weights = tensors(96)
    del weights["embeddings.position_embeddings.weight"]
    with pytest.raises(SourceError, match="position_embeddings"):
        sizes_of(weights)


@pytest.mark.parametrize("value", [1e-12, 1e-5, 0.001, 0.0])
def test_numbers_as_their_author_wrote_them(value: float) -> None:
    assert shortest(float(np.float32(value))) == value
