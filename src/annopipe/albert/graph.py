"""Our own ONNX graph of an ALBERT encoder, from its config: one layer body per weight group, run in a loop.

Tokens of all sentences lie packed as ``[tokens, hidden]``, so that ``Gemm`` with ``transB`` reads Hugging Face's weights as
they lie; only attention sees ``[sentences, pieces, hidden]``. There is no mask, since sentences of a batch have equal length.
"""

from collections.abc import Iterator

import numpy as np

from annopipe.albert import proto
from annopipe.albert.config import AlbertConfig
from annopipe.albert.parameters import layer_prefix
from annopipe.albert.tensors import ATTENTION_BIAS, FUSED, PLACES, Tensors

MICROSOFT = "com.microsoft"
SMALL = 1024
"""Tensors up to this many numbers are written into the graph: ONNX Runtime reads some of them while it loads."""

IDS = "ids"
HIDDEN = "hidden"
LAYERS = "layers"


def model(config: AlbertConfig, tensors: Tensors, *, every_layer: bool = False) -> bytes:
    """ONNX model from ``ids`` [sentences, pieces] to ``hidden`` [sentences, pieces, hidden_size].

    With ``every_layer`` the output is ``layers`` [num_hidden_layers + 1, sentences, pieces, hidden_size] instead: the
    mapped embeddings, then what each layer gives. The tensors in ``promised`` must be handed over by name at loading.
    """
    nodes = [*_embeddings(config), *_groups(config, every_layer)]
    outside = promised(tensors)
    initializers = [
        proto.placeholder(name, array) if name in outside else proto.constant(name, array)
        for name, array in tensors.items()
    ]
    places: list[proto.Dimension] = ["sentences", "pieces", config.hidden_size]
    output = proto.value_info(LAYERS, ["every", *places]) if every_layer else proto.value_info(HIDDEN, places)
    inputs = [proto.value_info(IDS, ["sentences", "pieces"], np.int64)]
    return proto.model(proto.graph("albert", nodes, inputs, [output], initializers))


def promised(tensors: Tensors) -> Tensors:
    """The tensors that the graph does not contain."""
    return {name: array for name, array in tensors.items() if array.size > SMALL}


def _embeddings(config: AlbertConfig) -> Iterator[bytes]:
    """Nodes from ``ids`` to ``state_0``, the mapped embeddings [tokens, hidden]."""
    yield proto.node("Shape", [IDS], ["ids_shape"])
    yield proto.node("Concat", ["ids_shape", "hidden_size"], ["hidden_shape"], axis=0)
    yield proto.node("Slice", ["ids_shape", "one", "two"], ["pieces"])
    yield proto.node("Gather", ["embeddings.word_embeddings.weight", IDS], ["words"], axis=0)
    yield proto.node("Slice", [PLACES, "zero", "pieces"], ["places"])
    yield proto.node("Add", ["words", "places"], ["placed"])
    norm = [f"embeddings.LayerNorm.{end}" for end in ("weight", "bias")]
    yield proto.node("LayerNormalization", ["placed", *norm], ["normed"], epsilon=float(config.layer_norm_eps))
    yield proto.node("Reshape", ["normed", "packed_embedding"], ["packed"])
    mapping = [f"encoder.embedding_hidden_mapping_in.{end}" for end in ("weight", "bias")]
    yield proto.node("Gemm", ["packed", *mapping], ["state_0"], transB=1)


def _groups(config: AlbertConfig, every_layer: bool) -> Iterator[bytes]:
    """One loop per weight group from ``state_0`` on, and the output."""
    last, kept = "state_0", ["first"]
    for group in range(config.num_hidden_groups):
        outputs = [f"state_{group + 1}"]
        if every_layer:
            kept.append(f"kept_{group}")
            outputs.append(kept[-1])
        yield proto.node("Loop", [f"times_{group}", "true", last], outputs, body=_body(config, group, every_layer))
        last = outputs[0]
    if not every_layer:
        yield proto.node("Reshape", [last, "hidden_shape"], [HIDDEN])
        return
    yield proto.node("Reshape", ["state_0", "hidden_shape"], ["first_layer"])
    yield proto.node("Unsqueeze", ["first_layer", "zero"], ["first"])
    yield proto.node("Concat", kept, [LAYERS], axis=0)


def _body(config: AlbertConfig, group: int, every_layer: bool) -> bytes:
    """Body of a group's loop: each of its inner layers once."""
    names = ["before", *(f"after_{inner}" for inner in range(config.inner_group_num))]
    nodes = [proto.node("Identity", ["going"], ["going_on"])]
    for inner in range(config.inner_group_num):
        nodes += _layer(config, layer_prefix(group, inner), names[inner], names[inner + 1])
    packed: list[proto.Dimension] = ["tokens", config.hidden_size]
    outputs = [proto.value_info("going_on", [], np.bool_), proto.value_info(names[-1], packed)]
    if every_layer:
        nodes.append(proto.node("Reshape", [names[-1], "hidden_shape"], ["kept"]))
        outputs.append(proto.value_info("kept", ["sentences", "pieces", config.hidden_size]))
    inputs = [proto.value_info("round", [], np.int64), proto.value_info("going", [], np.bool_)]
    return proto.graph(f"group_{group}", nodes, [*inputs, proto.value_info(names[0], packed)], outputs)


def _layer(config: AlbertConfig, prefix: str, before: str, after: str) -> Iterator[bytes]:
    """One layer: attention, then the feed-forward part, each added to its input and normalised."""
    mine = after + "/"
    yield from _attention(config, prefix, before, mine)
    yield _dense(mine + "context", f"{prefix}attention.dense", mine + "dense")
    yield _add_norm(config, before, f"{prefix}attention.dense", f"{prefix}attention.LayerNorm", mine + "dense", mine + "attended")
    yield _dense(mine + "attended", f"{prefix}ffn", mine + "wide")
    yield from _activation(config, f"{prefix}ffn.bias", mine)
    yield _dense(mine + "active", f"{prefix}ffn_output", mine + "narrow")
    yield _add_norm(config, mine + "attended", f"{prefix}ffn_output", f"{prefix}full_layer_layer_norm", mine + "narrow", after)


def _attention(config: AlbertConfig, prefix: str, before: str, mine: str) -> Iterator[bytes]:
    """Nodes from ``before`` to ``context``, what every head gathers, [tokens, hidden]."""
    for part in FUSED:
        yield _dense(before, f"{prefix}attention.{part}", f"{mine}{part}")
        yield proto.node("Reshape", [f"{mine}{part}", "hidden_shape"], [f"{mine}{part}s"])
    yield proto.node(
        "MultiHeadAttention",
        [*(f"{mine}{part}s" for part in FUSED), prefix + ATTENTION_BIAS],
        [mine + "contexts"],
        domain=MICROSOFT,
        num_heads=config.num_attention_heads,
    )
    yield proto.node("Reshape", [mine + "contexts", "packed_hidden"], [mine + "context"])


def _dense(source: str, weight: str, out: str) -> bytes:
    """A linear layer without its bias, which the next operator adds."""
    return proto.node("Gemm", [source, f"{weight}.weight"], [out], transB=1)


def _add_norm(config: AlbertConfig, skip: str, dense: str, norm: str, source: str, out: str) -> bytes:
    """Layer normalisation of ``source`` + the bias of ``dense`` + ``skip``."""
    inputs = [source, skip, f"{norm}.weight", f"{norm}.bias", f"{dense}.bias"]
    epsilon = float(config.layer_norm_eps)
    return proto.node("SkipLayerNormalization", inputs, [out], domain=MICROSOFT, epsilon=epsilon)


def _activation(config: AlbertConfig, bias: str, mine: str) -> Iterator[bytes]:
    """Nodes from ``wide`` to ``active``: the bias added, the activation applied."""
    wide, active = mine + "wide", mine + "active"
    if config.activation == "relu":
        yield proto.node("Add", [wide, bias], [mine + "biased"])
        yield proto.node("Relu", [mine + "biased"], [active])
    else:
        op = {"erf": "BiasGelu", "tanh": "FastGelu"}[config.activation]
        yield proto.node(op, [wide, bias], [active], domain=MICROSOFT)
