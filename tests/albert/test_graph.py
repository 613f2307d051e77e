"""The graph: one body per weight group, weights that it only promises, and its cost in bytes."""

from dataclasses import replace

import numpy as np
import pytest

from albert.random_models import TINY, random_weights
from annopipe.albert import graph
from annopipe.albert.config import AlbertConfig
from annopipe.albert.tensors import PLACES, tensors

GROUPS = replace(TINY, num_hidden_layers=7, num_hidden_groups=3, inner_group_num=2)


def test_matrices_are_taken_as_they_lie() -> None:
    weights = random_weights(TINY)
    taken = tensors(TINY, weights)
    for name, values in weights.items():
        if values.ndim == 2 and name.endswith(("word_embeddings.weight", "ffn.weight", "attention.dense.weight")):
            assert taken[name] is values


def test_segment_zero_is_added_to_the_positions() -> None:
    weights = random_weights(TINY)
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    assert np.array_equal(tensors(TINY, weights)[PLACES], weights["embeddings.position_embeddings.weight"] + segment)


def test_groups_run_as_often_as_their_layers() -> None:
    taken = tensors(GROUPS, random_weights(GROUPS))
    assert [int(taken[f"times_{group}"]) for group in range(3)] == [3, 2, 2]


def test_the_file_of_a_base_model_is_small() -> None:
    config = AlbertConfig(hidden_size=768, num_attention_heads=12, intermediate_size=3072, vocab_size=1000)
    taken = tensors(config, random_weights(config))
    assert len(graph.model(config, taken)) < 50_000
    assert sum(array.nbytes for array in graph.promised(taken).values()) > 28_000_000


def test_the_graph_does_not_grow_with_layers() -> None:
    few, many = TINY, replace(TINY, num_hidden_layers=100)
    assert len(graph.model(few, tensors(few, random_weights(few)))) == len(
        graph.model(many, tensors(many, random_weights(many)))
    )


@pytest.mark.oracle
@pytest.mark.parametrize("every_layer", [False, True])
def test_each_group_is_one_loop(every_layer: bool) -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load_from_string(graph.model(GROUPS, tensors(GROUPS, random_weights(GROUPS)), every_layer=every_layer))
    loops = [node for node in model.graph.node if node.op_type == "Loop"]
    assert [node.input[0] for node in loops] == ["times_0", "times_1", "times_2"]
    for loop in loops:
        body = loop.attribute[0].g
        inner = [node.attribute[0].g for node in body.node if node.op_type == "Loop"]
        assert len(inner) == GROUPS.inner_group_num
        assert all(sum(node.op_type == "MultiHeadAttention" for node in runs.node) == 1 for runs in inner)
        assert len(body.output) == 2 + every_layer
    assert [value.name for value in model.graph.output] == [graph.LAYERS if every_layer else graph.HIDDEN]
