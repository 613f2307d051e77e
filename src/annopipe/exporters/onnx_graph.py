"""An ALBERT as one ONNX graph of ONNX's own operators: any runtime of opset 17 computes it, padding and mask included.

The graph that annopipe runs itself (`annopipe.albert.graph`) takes packed sentences and ONNX Runtime's operators; this
one takes what tokenizers of transformers give, and every layer shares the weights of its group.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annopipe.albert import proto
from annopipe.albert.checkpoint import Weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.parameters import layer_prefix

INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
OUTPUT: Final = "last_hidden_state"
OPSET: Final = (("", 17),)
LARGEST: Final = (1 << 31) - (1 << 20)
"""Bytes that one protobuf message may have, with some room for what is not weights."""

WORDS: Final = "embeddings.word_embeddings.weight"
TABLES: Final = {
    "type": ("embeddings.token_type_embeddings.weight", "token_type_ids"),
    "place": ("embeddings.position_embeddings.weight", "positions"),
}
CURVES: Final[Mapping[str, Mapping[str, float]]] = {
    "erf": {"half": 0.5, "root_of_two": math.sqrt(2)},
    "tanh": {"half": 0.5, "three": 3.0, "cubic": 0.044715, "root": math.sqrt(2 / math.pi)},
    "relu": {},
}
"""Numbers that each form of activation takes."""

MAPPING: Final = "encoder.embedding_hidden_mapping_in"

Constants = dict[str, NDArray[np.generic]]


def model(config: AlbertConfig, weights: Weights, *, any_id: bool = False) -> Iterator[bytes | memoryview]:
    """Give an ONNX model from ``INPUTS``, int64 [batch, sequence], to ``OUTPUT`` [batch, sequence, hidden], in pieces.

    Pieces whose mask is 0 are not attended to. With ``any_id`` ids past the vocabulary count as its last one. The file
    has its weights inside, each once, and one of them at a time in memory: a graph of that size is never put together.
    """
    first = [proto.node("Min", ["input_ids", "last_id"], ["ids"])] if any_id else []
    nodes = [*_shared(), *first, *_embeddings(config, "ids" if any_id else "input_ids"), *_layers(config)]
    axes: list[proto.Dimension] = ["batch", "sequence"]
    inputs = [proto.value_info(name, axes, np.int64) for name in INPUTS]
    output = proto.value_info(OUTPUT, [*axes, config.hidden_size])
    numbers = [proto.constant(name, values) for name, values in _numbers(config).items()]
    rest = proto.graph("albert", nodes, inputs, [output], numbers)
    heads = {name: proto.tensor_head(name, _shape(name, values), values.nbytes) for name, values in weights.items()}
    size = len(rest) + sum(len(head) + weights[name].nbytes for name, head in heads.items())
    yield proto.model_head(size, OPSET)
    yield rest
    for name, head in heads.items():
        yield head
        yield np.ascontiguousarray(_laid_out(name, weights[name]), "<f4").data.cast("B")


def _numbers(config: AlbertConfig) -> Constants:
    """Return the graph's constants besides the weights."""
    scalars = {"one": 1.0, "lowest": float(np.finfo(np.float32).min), "scale": math.sqrt(config.head_size)}
    scalars |= CURVES[config.activation]
    named: Constants = {f"{name}_number": np.array(value, np.float32) for name, value in scalars.items()}
    return named | {
        "heads_shape": np.array([0, 0, config.num_attention_heads, config.head_size], np.int64),
        "merged_shape": np.array([0, 0, config.hidden_size], np.int64),
        "start": np.array(0, np.int64),
        "step": np.array(1, np.int64),
        "mask_axes": np.array([1, 2], np.int64),
        "row_axis": np.array([0], np.int64),
        "last_id": np.array(config.vocab_size - 1, np.int64),
    }


def _laid_out(name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a weight as the graph takes it: those of linear layers as [in, out]."""
    return values.T if _is_linear(name) else values


def _shape(name: str, values: NDArray[np.float32]) -> tuple[int, ...]:
    return values.shape[::-1] if _is_linear(name) else values.shape


def _is_linear(name: str) -> bool:
    return name.endswith(".weight") and "_embeddings." not in name and "orm." not in name


def _shared() -> Iterator[bytes]:
    """Give the nodes of what all layers take: positions of the pieces, and what the mask adds to scores."""
    yield proto.node("Shape", ["input_ids"], ["shape"])
    yield proto.node("Gather", ["shape", "step"], ["length"], axis=0)
    yield proto.node("Range", ["start", "length", "step"], ["row"])
    yield proto.node("Unsqueeze", ["row", "row_axis"], ["positions"])
    yield proto.node("Unsqueeze", ["attention_mask", "mask_axes"], ["spread_mask"])
    yield proto.node("Cast", ["spread_mask"], ["real_mask"], to=1)
    yield proto.node("Sub", ["one_number", "real_mask"], ["hidden_pieces"])
    yield proto.node("Mul", ["hidden_pieces", "lowest_number"], ["mask"])


def _embeddings(config: AlbertConfig, ids: str) -> Iterator[bytes]:
    for name, (table, rows) in {**TABLES, "word": (WORDS, ids)}.items():
        yield proto.node("Gather", [table, rows], [f"{name}_rows"], axis=0)
    yield proto.node("Add", ["word_rows", "type_rows"], ["typed_rows"])
    yield proto.node("Add", ["typed_rows", "place_rows"], ["rows"])
    yield _norm(config, "rows", "embeddings.LayerNorm", "normed_rows")
    yield from _dense("normed_rows", MAPPING, "layer_0")


def _layers(config: AlbertConfig) -> Iterator[bytes]:
    """Give the nodes of all layers, one after the other."""
    value, count = "layer_0", 0
    last = config.num_hidden_layers * config.inner_group_num
    for layer in range(config.num_hidden_layers):
        for inner in range(config.inner_group_num):
            count += 1
            out = OUTPUT if count == last else f"layer_{count}"
            yield from _layer(config, layer_prefix(config.group_of(layer), inner), value, f"block_{count}", out)
            value = out


def _layer(config: AlbertConfig, prefix: str, value: str, mine: str, out: str) -> Iterator[bytes]:
    yield from _attention(prefix, value, mine)
    yield from _dense(f"{mine}/context", f"{prefix}attention.dense", f"{mine}/projected")
    yield proto.node("Add", [f"{mine}/projected", value], [f"{mine}/attention_sum"])
    yield _norm(config, f"{mine}/attention_sum", f"{prefix}attention.LayerNorm", f"{mine}/attended")
    yield from _dense(f"{mine}/attended", f"{prefix}ffn", f"{mine}/wide")
    yield from _activation(config, f"{mine}/wide", f"{mine}/active")
    yield from _dense(f"{mine}/active", f"{prefix}ffn_output", f"{mine}/narrow")
    yield proto.node("Add", [f"{mine}/narrow", f"{mine}/attended"], [f"{mine}/sum"])
    yield _norm(config, f"{mine}/sum", f"{prefix}full_layer_layer_norm", out)


def _attention(prefix: str, value: str, mine: str) -> Iterator[bytes]:
    """Give the nodes from a layer's input to what its heads gather, ``<mine>/context``."""
    for part in ("query", "key", "value"):
        yield from _dense(value, f"{prefix}attention.{part}", f"{mine}/{part}")
        yield proto.node("Reshape", [f"{mine}/{part}", "heads_shape"], [f"{mine}/{part}_cut"])
        order = [0, 2, 3, 1] if part == "key" else [0, 2, 1, 3]
        yield proto.node("Transpose", [f"{mine}/{part}_cut"], [f"{mine}/{part}_heads"], perm=order)
    yield proto.node("MatMul", [f"{mine}/query_heads", f"{mine}/key_heads"], [f"{mine}/products"])
    yield proto.node("Div", [f"{mine}/products", "scale_number"], [f"{mine}/scores"])
    yield proto.node("Add", [f"{mine}/scores", "mask"], [f"{mine}/masked"])
    yield proto.node("Softmax", [f"{mine}/masked"], [f"{mine}/shares"], axis=-1)
    yield proto.node("MatMul", [f"{mine}/shares", f"{mine}/value_heads"], [f"{mine}/gathered"])
    yield proto.node("Transpose", [f"{mine}/gathered"], [f"{mine}/laid_out"], perm=[0, 2, 1, 3])
    yield proto.node("Reshape", [f"{mine}/laid_out", "merged_shape"], [f"{mine}/context"])


def _dense(source: str, name: str, out: str) -> Iterator[bytes]:
    yield proto.node("MatMul", [source, f"{name}.weight"], [f"{out}/product"])
    yield proto.node("Add", [f"{out}/product", f"{name}.bias"], [out])


def _norm(config: AlbertConfig, source: str, name: str, out: str) -> bytes:
    inputs = [source, f"{name}.weight", f"{name}.bias"]
    return proto.node("LayerNormalization", inputs, [out], axis=-1, epsilon=float(config.layer_norm_eps))


def _activation(config: AlbertConfig, source: str, out: str) -> Iterator[bytes]:
    """Give the nodes of the activation in the form that the config names."""
    if config.activation == "relu":
        yield proto.node("Relu", [source], [out])
        return
    if config.activation == "erf":
        yield proto.node("Div", [source, "root_of_two_number"], [f"{out}/scaled"])
        yield proto.node("Erf", [f"{out}/scaled"], [f"{out}/curve"])
    else:
        yield proto.node("Pow", [source, "three_number"], [f"{out}/cube"])
        yield proto.node("Mul", [f"{out}/cube", "cubic_number"], [f"{out}/bent"])
        yield proto.node("Add", [source, f"{out}/bent"], [f"{out}/inner"])
        yield proto.node("Mul", [f"{out}/inner", "root_number"], [f"{out}/scaled"])
        yield proto.node("Tanh", [f"{out}/scaled"], [f"{out}/curve"])
    yield proto.node("Add", [f"{out}/curve", "one_number"], [f"{out}/raised"])
    yield proto.node("Mul", [source, f"{out}/raised"], [f"{out}/twice"])
    yield proto.node("Mul", [f"{out}/twice", "half_number"], [out])
