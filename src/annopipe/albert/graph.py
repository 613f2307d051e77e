"""Our own ONNX graph of an ALBERT encoder, from its config: one layer body per weight group, run in a loop.

Tokens of all sentences lie packed as ``[tokens, hidden]``: ``Gemm`` with ``transB`` reads Hugging Face's weights as
they lie and runs at full speed over sentences of any lengths; only attention goes over runs of equal lengths.
"""

from collections.abc import Iterator

import numpy as np

from annopipe.albert import proto
from annopipe.albert.config import AlbertConfig
from annopipe.albert.layer_nodes import LayerNodes, dense, norm
from annopipe.albert.parameters import layer_prefix
from annopipe.albert.tensors import PLACES, Tensors

SMALL = 1024
"""Tensors up to this many numbers are written into the graph: ONNX Runtime reads some of them while it loads."""

HIDDEN = "hidden"
LAYERS = "layers"

INPUTS: dict[str, list[proto.Dimension]] = {
    "ids": ["tokens"],
    "positions": ["tokens"],
    "runs": [],
    "run_begin": ["runs", 1],
    "run_end": ["runs", 1],
    "run_shape": ["runs", 3],
}
"""Names and shapes of the inputs, all int64: those of ``packing.Packed.feeds``."""


def model(config: AlbertConfig, tensors: Tensors, *, every_layer: bool = False) -> bytes:
    """ONNX model from ``INPUTS`` to ``hidden`` [tokens, hidden_size].

    With ``every_layer`` the output is ``layers`` [num_hidden_layers + 1, tokens, hidden_size] instead: the mapped
    embeddings, then what each layer gives. The tensors in ``promised`` must be handed over by name at loading.
    """
    nodes = [*_embeddings(config), *_groups(config, every_layer)]
    outside = promised(tensors)
    initializers = [
        proto.placeholder(name, array) if name in outside else proto.constant(name, array)
        for name, array in tensors.items()
    ]
    packed: list[proto.Dimension] = ["tokens", config.hidden_size]
    output = proto.value_info(LAYERS, ["every", *packed]) if every_layer else proto.value_info(HIDDEN, packed)
    inputs = [proto.value_info(name, shape, np.int64) for name, shape in INPUTS.items()]
    return proto.model(proto.graph("albert", nodes, inputs, [output], initializers))


def promised(tensors: Tensors) -> Tensors:
    """The tensors that the graph does not contain."""
    return {name: array for name, array in tensors.items() if array.size > SMALL}


def _embeddings(config: AlbertConfig) -> Iterator[bytes]:
    """Nodes from ``ids`` and ``positions`` to ``state_0``, the mapped embeddings [tokens, hidden]."""
    yield proto.node("Gather", ["embeddings.word_embeddings.weight", "ids"], ["words"], axis=0)
    yield proto.node("Gather", [PLACES, "positions"], ["places"], axis=0)
    yield proto.node("Add", ["words", "places"], ["placed"])
    yield norm(config, "placed", "embeddings.LayerNorm", "normed")
    yield dense("normed", "encoder.embedding_hidden_mapping_in", "state_0")


def _groups(config: AlbertConfig, every_layer: bool) -> Iterator[bytes]:
    """One loop per weight group from ``state_0`` on, and the output."""
    last, kept = "state_0", ["first"]
    for group in range(config.num_hidden_groups):
        outputs = [HIDDEN if group == config.num_hidden_groups - 1 else f"state_{group + 1}"]
        if every_layer:
            kept.append(f"kept_{group}")
            outputs.append(kept[-1])
        yield proto.node("Loop", [f"times_{group}", "true", last], outputs, body=_body(config, group, every_layer))
        last = outputs[0]
    if every_layer:
        yield proto.node("Unsqueeze", ["state_0", "zero"], ["first"])
        yield proto.node("Concat", kept, [LAYERS], axis=0)


def _body(config: AlbertConfig, group: int, every_layer: bool) -> bytes:
    """Body of a group's loop: each of its inner layers once."""
    names = ["before", *(f"after_{inner}" for inner in range(config.inner_group_num))]
    nodes = [proto.node("Identity", ["going"], ["going_on"])]
    for inner in range(config.inner_group_num):
        nodes += LayerNodes(config, layer_prefix(group, inner), names[inner + 1]).nodes(names[inner])
    packed: list[proto.Dimension] = ["tokens", config.hidden_size]
    outputs = [proto.value_info("going_on", [], np.bool_), proto.value_info(names[-1], packed)]
    if every_layer:
        nodes.append(proto.node("Identity", [names[-1]], ["kept"]))
        outputs.append(proto.value_info("kept", packed))
    inputs = [proto.value_info("round", [], np.int64), proto.value_info("going", [], np.bool_)]
    return proto.graph(f"group_{group}", nodes, [*inputs, proto.value_info(names[0], packed)], outputs)
