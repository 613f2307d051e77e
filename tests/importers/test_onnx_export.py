"""ONNX exports: weights by what graphs compute, whoever wrote them, and what is refused."""

import gzip
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import tiny_model
from annopipe.albert import proto
from annopipe.albert.config import AlbertConfig
from annopipe.albert.encoder import Encoder
from annopipe.errors import CheckpointError, ModelFileMissing, OtherArchitecture, SourceError
from annopipe.exporters import onnx_graph
from annopipe.importers.found import Choices
from annopipe.importers.onnx_export import read, read_graph
from annopipe.importers.onnx_files.graph import MOST_NODES
from annopipe.importers.onnx_files.sharing import folded
from importers.tensorflow_model import CONFIG, IDS, weights

FILES = Path(__file__).parent / "onnx_files"
EXPORTS = sorted(path.name.removesuffix(".gz") for path in FILES.glob("*.gz") if not path.name.startswith("bert."))


def unpacked(name: str, folder: Path) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(gzip.decompress((FILES / f"{name}.gz").read_bytes()))
    return path


@pytest.mark.parametrize("name", EXPORTS)
def test_weights_of_every_export_bit_for_bit(name, tmp_path):
    tensors, facts, assumed = read_graph(unpacked(name, tmp_path))
    expected = weights()
    assert tensors.keys() == expected.keys()
    for weight, values in expected.items():
        assert tensors[weight].tobytes() == values.tobytes(), weight
    activation = "gelu" if "erf" in name else "gelu_new"
    said = (facts.layers, facts.heads, facts.epsilon, facts.activation)
    assert said == (CONFIG.num_hidden_layers, CONFIG.num_attention_heads, CONFIG.layer_norm_eps, activation)
    assert assumed == ()


@pytest.mark.parametrize("name", [name for name in EXPORTS if "masked_lm" not in name])
def test_vectors_are_those_of_the_export_itself(name, tmp_path):
    path = unpacked(name, tmp_path)
    (tmp_path / "spiece.model").write_bytes(tiny_model.train_vocabulary())
    found = read(tmp_path, Choices())
    known = {key: value for key, value in found.config.items() if key in CONFIG.__dataclass_fields__}
    ours = Encoder(AlbertConfig(**known), dict(found.tensors), threads=1).run(IDS)
    feeds = {"input_ids": IDS, "attention_mask": np.ones_like(IDS), "token_type_ids": np.zeros_like(IDS)}
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    kinds = {"tensor(int32)": np.int32, "tensor(int64)": np.int64}
    taken = {one.name: feeds[one.name].astype(kinds[one.type]) for one in session.get_inputs()}
    np.testing.assert_allclose(ours, session.run(None, taken)[0], atol=1e-5)
    assert found.graph == path


def test_a_bert_is_named(tmp_path):
    with pytest.raises(OtherArchitecture, match="BERT"):
        read_graph(unpacked("bert.onnx", tmp_path))


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("layers", "groups", "inner"), [(1, 1, 1), (4, 1, 1), (4, 2, 1), (4, 4, 1), (4, 1, 2), (5, 2, 1), (6, 3, 2)]
)
def test_groups_and_inner_layers_are_found(layers, groups, inner, tmp_path):
    sizes = {"num_hidden_layers": layers, "num_hidden_groups": groups, "inner_group_num": inner}
    config = AlbertConfig(**{**asdict(CONFIG), **sizes})
    expected = tiny_model.random_weights(config, 1)
    tensors, facts, _ = read_graph(written(tmp_path, b"".join(onnx_graph.model(config, expected))))
    assert facts.layers == layers
    assert tensors.keys() == expected.keys()
    assert all(tensors[name].tobytes() == values.tobytes() for name, values in expected.items())


def test_layers_in_no_order_of_an_albert():
    first, second = {"a": np.ones(2, np.float32)}, {"a": np.zeros(2, np.float32)}
    with pytest.raises(SourceError, match="3 layers have 2 sets of weights"):
        folded([first, second, first])


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "relu"])
def test_activations(activation, tmp_path):
    config = AlbertConfig(**{**asdict(CONFIG), "hidden_act": activation, "layer_norm_eps": 1e-5})
    _, facts, _ = read_graph(written(tmp_path, b"".join(onnx_graph.model(config, weights()))))
    assert (facts.activation, facts.epsilon) == (activation, 1e-5)


def external(tmp_path: Path, location: str, offset: int = 0, length: int = 8) -> Path:
    """A model whose one initializer lies in another file."""
    entries = {"location": location, "offset": str(offset), "length": str(length)}
    pairs = b"".join(proto.text(13, proto.text(1, key) + proto.text(2, value)) for key, value in entries.items())
    tensor = proto.integer(1, 2) + proto.integer(2, 1) + proto.text(8, "w") + pairs + proto.integer(14, 1)
    gather = proto.node("Gather", ["w", "input_ids"], ["out"])
    normal = proto.node("LayerNormalization", ["out", "w", "w"], ["last"])
    ends = [proto.value_info("input_ids", ["n"], np.int64)], [proto.value_info("last", ["n"])]
    return written(tmp_path, proto.model(proto.graph("g", [gather, normal], *ends, [tensor])))


@pytest.mark.parametrize("location", ["../secret", "/etc/passwd", "", ".", "a/../../secret", "x\0y"])
def test_external_data_outside_the_folder_is_refused(location, tmp_path):
    (tmp_path.parent / "secret").write_bytes(bytes(8))
    with pytest.raises(CheckpointError, match="outside"):
        read_graph(external(tmp_path, location))


def test_external_data_behind_a_link_is_refused(tmp_path):
    (tmp_path.parent / "target").write_bytes(bytes(8))
    try:
        (tmp_path / "data").symlink_to(tmp_path.parent / "target")
    except OSError:
        pytest.skip("no symbolic links here")
    with pytest.raises(CheckpointError, match="outside"):
        read_graph(external(tmp_path, "data"))


@pytest.mark.parametrize(("offset", "length"), [(8, 8), (-4, 8), (0, -8), (0, 1 << 60)])
def test_external_data_beyond_its_file_is_refused(offset, length, tmp_path):
    (tmp_path / "data").write_bytes(bytes(12))
    with pytest.raises(CheckpointError, match="claims the bytes"):
        read_graph(external(tmp_path, "data", offset, length))


def test_external_data_that_is_missing(tmp_path):
    with pytest.raises(ModelFileMissing, match="data"):
        read_graph(external(tmp_path, "data"))


def test_quantised_graphs_are_named(tmp_path):
    node = proto.node("MatMulInteger", ["input_ids", "input_ids"], ["out"])
    ends = [proto.value_info("input_ids", ["n"], np.int64)], [proto.value_info("out", ["n"])]
    with pytest.raises(SourceError, match="quantised"):
        read_graph(written(tmp_path, proto.model(proto.graph("g", [node], *ends))))


def test_more_nodes_than_any_model_has(tmp_path):
    nodes = [proto.node("Identity", ["a"], ["a"])] * (MOST_NODES + 1)
    with pytest.raises(SourceError, match="100000 nodes"):
        read_graph(written(tmp_path, proto.model(proto.graph("g", nodes, [], []))))


@pytest.mark.parametrize("data", [b"", b"\0", b"PK\x03\x04 no graph at all", b"\x08\x08"])
def test_what_is_no_graph(data, tmp_path):
    with pytest.raises((SourceError, CheckpointError)):
        read_graph(written(tmp_path, data))


def test_several_graphs_are_not_guessed_among(tmp_path):
    for name in ("one.onnx", "two.onnx"):
        (tmp_path / name).write_bytes(b"".join(onnx_graph.model(CONFIG, weights())))
    (tmp_path / "spiece.model").write_bytes(tiny_model.train_vocabulary())
    with pytest.raises(SourceError, match=r"one\.onnx, two\.onnx"):
        read(tmp_path, Choices())
    assert read(tmp_path, Choices(checkpoint="two")).graph == tmp_path / "two.onnx"


def test_a_config_beside_the_graph_is_looked_at(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"".join(onnx_graph.model(CONFIG, weights())))
    (tmp_path / "spiece.model").write_bytes(tiny_model.train_vocabulary())
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(OtherArchitecture, match="bert"):
        read(tmp_path, Choices())
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "albert", "hidden_act": "gelu_pytorch_tanh"}))
    assert read(tmp_path, Choices()).config["hidden_act"] == "gelu_pytorch_tanh"
    assert read(tmp_path, Choices(case_sensitive=True)).settings["tokenizer_config"]["do_lower_case"] is False


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["script_14_sdpa.onnx", "program_23_sdpa.onnx"])
def test_half_precision(name, tmp_path):
    onnx = pytest.importorskip("onnx")
    halves = pytest.importorskip("onnxruntime.transformers.float16")
    path = unpacked(name, tmp_path)
    half = halves.convert_float_to_float16(onnx.load(str(path)), keep_io_types=True, disable_shape_infer=True)
    tensors, facts, _ = read_graph(written(tmp_path, half.SerializeToString()))
    assert facts.heads == CONFIG.num_attention_heads
    for weight, values in weights().items():
        assert tensors[weight].dtype == np.float16
        assert tensors[weight].tobytes() == values.astype(np.float16).tobytes()
