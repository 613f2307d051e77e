"""The wire format: known bytes, and what the ``onnx`` package reads from our models."""

import numpy as np
import onnxruntime
import pytest

from albert.random_models import TINY, random_weights
from annopipe.albert import graph, proto
from annopipe.albert.tensors import tensors


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (150, "9601"), (300, "ac02"), (-1, "ff" * 9 + "01")],
)
def test_varints(number: int, expected: str) -> None:
    """Bytes of protobuf's own documentation of its encoding."""
    assert proto.varint(number).hex() == expected


def test_fields() -> None:
    assert proto.integer(1, 150).hex() == "089601"
    assert proto.text(2, "testing").hex() == "120774657374696e67"
    assert proto.text(3, bytes.fromhex("089601")).hex() == "1a03089601"
    assert proto.single(2, 1.0).hex() == "150000803f"
    assert proto.integer(20, 2).hex() == "a00102"


def one_node(op: str, inputs: list[str], **attributes: proto.Value) -> bytes:
    """A model of one node over ``x`` [n, 2] and the constant ``c``."""
    node = proto.node(op, inputs, ["y"], **attributes)
    values = [proto.value_info(name, ["n", 2]) for name in ("x", "y")]
    constants = [proto.constant("c", np.array([1, -2], np.float32))]
    return proto.model(proto.graph("test", [node], values[:1], values[1:], constants))


def test_onnx_runtime_reads_our_models() -> None:
    session = onnxruntime.InferenceSession(one_node("Add", ["x", "c"]))
    (x,) = session.get_inputs()
    assert (x.name, x.shape, x.type) == ("x", ["n", 2], "tensor(float)")
    (found,) = session.run(None, {"x": np.array([[1, 2], [3, 4], [5, 6]], np.float32)})
    assert found.tolist() == [[2, 0], [4, 2], [6, 4]]


def test_attributes_reach_onnx_runtime() -> None:
    x = np.array([[1, 2], [3, 4]], np.float32)
    (found,) = onnxruntime.InferenceSession(one_node("Gemm", ["x", "x"], transB=1, alpha=0.5)).run(None, {"x": x})
    assert np.array_equal(found, 0.5 * x @ x.T)
    (flat,) = onnxruntime.InferenceSession(one_node("Concat", ["x", "x"], axis=-1)).run(None, {"x": x})
    assert np.array_equal(flat, np.concatenate([x, x], axis=-1))


@pytest.mark.oracle
def test_the_onnx_package_reads_every_field() -> None:
    onnx = pytest.importorskip("onnx")
    weights = random_weights(TINY)
    model = onnx.load_from_string(graph.model(TINY, tensors(TINY, weights)))
    assert model.producer_name == "annopipe"
    assert {entry.domain: entry.version for entry in model.opset_import} == dict(proto.OPSETS)
    loop = next(node for node in model.graph.node if node.op_type == "Loop")
    body = loop.attribute[0].g
    runs = next(node for node in body.node if node.op_type == "Loop").attribute[0].g
    assert [value.type.WhichOneof("value") for value in runs.output] == ["tensor_type", "sequence_type"]
    attention = next(node for node in runs.node if node.op_type == "MultiHeadAttention")
    assert attention.domain == "com.microsoft"
    assert onnx.helper.get_attribute_value(attention.attribute[0]) == TINY.num_attention_heads
    norm = next(node for node in body.node if node.op_type == "LayerNormalization")
    assert onnx.helper.get_attribute_value(norm.attribute[0]) == pytest.approx(TINY.layer_norm_eps)
    promised = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer if tensor.external_data}
    assert promised == {"encoder.albert_layer_groups.0.albert_layers.0.attention.weight": [72, 24]}
    inside = {
        tensor.name: onnx.numpy_helper.to_array(tensor)
        for tensor in model.graph.initializer
        if not tensor.external_data
    }
    assert np.array_equal(inside["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.weight"])
    assert inside["times_0"].tolist() == 3


@pytest.mark.oracle
def test_the_onnx_package_finds_nothing_to_object_to() -> None:
    onnx = pytest.importorskip("onnx")
    onnx.checker.check_model(one_node("Gemm", ["x", "x"], transB=1, alpha=0.5), full_check=True)
