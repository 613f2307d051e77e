"""The choice of layers."""

from types import SimpleNamespace

import numpy as np
import pytest

from annopipe.albert.layers import Layers
from annopipe.albert.model import AlbertModel
from annopipe.albert.pooling import dimension
from annopipe.errors import ParamTypeError, ParamValueError

CONFIG = SimpleNamespace(num_hidden_layers=3, hidden_size=16)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("last", Layers()),
        (-1, Layers()),
        ("-2", Layers((-2,))),
        ([1, 2], Layers((1, 2))),
        ("-1, -2", Layers((-1, -2))),
        ("concat:1,2", Layers((1, 2), "concat")),
        ("mean:-4,-3", Layers((-4, -3), "mean")),
        (Layers((0,)), Layers((0,))),
    ],
)
def test_layers_are_parsed(value: object, expected: Layers) -> None:
    assert Layers.parse(value) == expected
    assert Layers.parse(str(expected)) == expected


def test_the_way_of_combining_may_be_given_apart() -> None:
    assert Layers.parse([1, 2], "concat") == Layers.parse("1,2", "concat") == Layers((1, 2), "concat")


@pytest.mark.parametrize("value", ["first", "1;2", "sum:1,2", "", ()])
def test_other_text_is_refused(value: object) -> None:
    with pytest.raises(ParamValueError, match="layers"):
        Layers.parse(value)


@pytest.mark.parametrize("value", [None, 1.5, ["a"], [True], True, {1: 2}])
def test_other_types_are_refused(value: object) -> None:
    with pytest.raises(ParamTypeError, match="layers"):
        Layers.parse(value)


def test_an_unknown_way_of_combining_is_refused() -> None:
    with pytest.raises(ParamValueError, match="mean or concat"):
        Layers((1,), "sum")


@pytest.mark.parametrize("index", [4, -5])
def test_a_layer_that_the_model_lacks_is_refused(index: int) -> None:
    with pytest.raises(ParamValueError, match=r"0 .*to 3"):
        Layers((index,)).resolve(CONFIG)


def test_layers_count_from_both_ends() -> None:
    assert Layers((-1, -4, 3, 0)).resolve(CONFIG) == (3, 0, 3, 0)


@pytest.mark.parametrize(
    ("layers", "pooling", "expected"),
    [
        (Layers(), "first", 16),
        (Layers((1, 2), "mean"), "mean", 16),
        (Layers((1, 2), "concat"), "last", 32),
        (Layers((1, 2), "concat"), "first_last", 64),
    ],
)
def test_dimension(layers: Layers, pooling: str, expected: int) -> None:
    assert dimension(CONFIG, layers, pooling) == expected


def test_states_are_combined(tiny_model: AlbertModel) -> None:
    ids = np.array([[2, 20, 30, 3], [2, 40, 50, 3]])
    every = tiny_model.encoder.run_layers(ids, [0, 1, 2, 3])
    states = {
        name: Layers.parse(name)
        .states(tiny_model.encoder, tiny_model.config, ids.reshape(-1), np.array([4, 4]))
        .reshape(2, 4, -1)
        for name in ("last", "1", "0,2", "concat:2,1")
    }
    np.testing.assert_allclose(states["last"], every[3], atol=1e-6)
    np.testing.assert_array_equal(states["1"], every[1])
    np.testing.assert_allclose(states["0,2"], (every[0] + every[2]) / 2, atol=1e-6)
    np.testing.assert_array_equal(states["concat:2,1"], np.concatenate([every[2], every[1]], axis=-1))
