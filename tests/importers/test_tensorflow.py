"""Checkpoints and SavedModels: those that TensorFlow wrote bit for bit, broken ones by their faults."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import tiny_model
from annopipe.albert.encoder import Encoder
from annopipe.albert.proto import integer, text
from annopipe.errors import AnnopipeError, CheckpointError, ModelFileMissing, OtherArchitecture, SourceError
from annopipe.importers import google_research, tf_hub
from annopipe.importers.found import Choices, Found
from annopipe.importers.tensorflow.bundle import OBJECT_GRAPH, Bundle
from annopipe.importers.tensorflow.checksum import FEWEST, ROWS, STRETCH, crc32c
from annopipe.importers.tensorflow.saved_model import SavedModel
from importers.bundle_writer import write_bundle
from importers.tensorflow_model import CONFIG, IDS, google_names, weights

FILES = Path(__file__).parent / "tensorflow_files"
READERS = {
    "google_research": google_research.read,
    "hub_module": tf_hub.read,
    "frozen": tf_hub.read,
    "garden": tf_hub.read,
}


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocabulary") / "spiece.model"
    path.write_bytes(tiny_model.train_vocabulary())
    return path


def model_of(found: Found) -> Encoder:
    known = {name: value for name, value in found.config.items() if name in CONFIG.__dataclass_fields__}
    return Encoder(type(CONFIG)(**known), dict(found.tensors), threads=1)


@pytest.mark.parametrize("name", READERS)
def test_what_tensorflow_wrote_comes_bit_for_bit(name, vocabulary):
    found = READERS[name](FILES / name, Choices(vocabulary=vocabulary, heads=CONFIG.num_attention_heads))
    expected = weights()
    assert found.tensors.keys() == expected.keys()
    for weight, values in expected.items():
        assert found.tensors[weight].tobytes() == values.tobytes(), weight
    for key in CONFIG.__dataclass_fields__:
        assert found.config[key] == getattr(CONFIG, key), key
    np.testing.assert_allclose(model_of(found).run(IDS), np.load(FILES / "hidden.npy"), atol=1e-5)


@pytest.mark.parametrize("name", ["hub_module", "frozen", "garden"])
def test_a_graph_tells_heads_layers_epsilon_and_activation(name, vocabulary):
    found = tf_hub.read(FILES / name, Choices(vocabulary=vocabulary, case_sensitive=False))
    assert found.assumed == ()
    assert found.config["num_attention_heads"] == CONFIG.num_attention_heads
    assert found.config["num_hidden_layers"] == CONFIG.num_hidden_layers


@pytest.mark.parametrize(("name", "told"), [("hub_module", True), ("garden", False)])
def test_a_module_tells_whether_it_lowers_case(name, told, vocabulary):
    found = tf_hub.read(FILES / name, Choices(vocabulary=vocabulary))
    assert found.settings["case_sensitive"] is False
    assert any("lower-cased" in sentence for sentence in found.assumed) is not told
    assert tf_hub.read(FILES / name, Choices(vocabulary=vocabulary, case_sensitive=True)).settings["case_sensitive"]


def test_google_research_left_out_and_assumed(vocabulary):
    found = google_research.read(FILES / "google_research", Choices(vocabulary=vocabulary))
    assert set(found.left_out) == {"bert/pooler/dense/kernel", "global_step"}
    assert any("1e-12" in sentence for sentence in found.assumed)
    assert any("lower-cased" in sentence for sentence in found.assumed)


def test_a_users_facts_come_first(vocabulary):
    chosen = Choices(vocabulary=vocabulary, heads=4, epsilon=1e-6, activation="relu", case_sensitive=True)
    found = tf_hub.read(FILES / "hub_module", chosen)
    said = [found.config[key] for key in ("num_attention_heads", "layer_norm_eps", "hidden_act")]
    assert said == [4, 1e-6, "relu"]
    assert found.settings["case_sensitive"] is True


@pytest.mark.parametrize(("data", "expected"), [(b"", 0), (b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA)])
def test_known_checksums(data, expected):
    assert crc32c(data) == expected


FEW = FEWEST * STRETCH


@pytest.mark.parametrize("size", [1, STRETCH, FEW - 1, FEW, FEW + 1, FEW + STRETCH + 7, ROWS * STRETCH + FEW + 3])
def test_a_checksum_by_stretches_is_that_byte_by_byte(size):
    data = np.random.default_rng(size).integers(0, 256, size, np.uint8).tobytes()
    crc = 0xFFFFFFFF
    if size < 2 * FEW:
        for byte in data:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ 0x82F63B78 * (crc & 1)
        assert crc32c(data) == crc ^ 0xFFFFFFFF
    else:
        half = size // 3
        assert crc32c(data) != crc32c(data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :])


ARRAYS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(4, np.float16)}


def bundle_of(tmp_path, arrays=None, **given):
    write_bundle(tmp_path / "model.ckpt-1", arrays or ARRAYS, **given)
    return tmp_path / "model.ckpt-1"


def test_half_precisions(tmp_path):
    brain = np.array([1.0, -2.5, 3e38], np.float32).view(np.uint32) >> 16
    bundle = Bundle(bundle_of(tmp_path, {**ARRAYS, "c": brain.astype(np.uint16)}))
    assert bundle.floats("b").dtype == np.float16
    assert bundle.floats("c").tolist() == (brain << 16).view(np.float32).tolist()
    assert bundle.floats("a").tolist() == ARRAYS["a"].tolist()


def test_a_compressed_index(tmp_path):
    codec = pa.Codec("snappy")
    prefix = bundle_of(tmp_path, compress=lambda content: codec.compress(content, asbytes=True))
    assert Bundle(prefix).floats("a").tolist() == ARRAYS["a"].tolist()


FAULTS = {
    "past the end": ({"a": {"offset": 1 << 40}}, "claims the bytes"),
    "beyond by one": ({"b": {"offset": 25}}, "claims the bytes"),
    "negative offset": ({"a": {"offset": -8}}, "24 bytes from byte -8 on, which cannot be"),
    "negative size": ({"a": {"size": -24}}, "-24 bytes from byte 0 on, which cannot be"),
    "negative shape": ({"a": {"shape": (-2, -3)}}, "impossible shape"),
    "huge shape": ({"a": {"shape": (1 << 40, 1 << 40)}}, "impossible shape"),
    "other shape": ({"a": {"shape": (2, 4)}}, "does not fill"),
    "another shard": ({"a": {"shard": 3}}, "data file 3 of 1"),
    "overlapping": ({"b": {"offset": 20}}, "overlaps"),
    "checksum": ({"a": {"crc": 1}}, "checksum of a"),
    "doubles": ({"a": {"dtype": 2}}, "float64"),
    "whole numbers": ({"a": {"dtype": 9}}, "int64"),
    "unknown dtype": ({"a": {"dtype": 77}}, "number 77"),
    "in parts": ({"a": {"more": b"\x3a\x00"}}, "in parts"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_index_is_refused(name, tmp_path):
    changed, said = FAULTS[name]
    prefix = bundle_of(tmp_path, changed=changed)
    with pytest.raises(CheckpointError, match=said):
        Bundle(prefix).floats("a")


@pytest.mark.parametrize(
    ("header", "said"), [(integer(1, 1) + integer(2, 1), "big-endian"), (integer(1, -1), "claims -1 data files")]
)
def test_a_wrong_header_is_refused(header, said, tmp_path):
    with pytest.raises(CheckpointError, match=said):
        Bundle(bundle_of(tmp_path, header=header))


def test_missing_files_are_named(tmp_path):
    prefix = bundle_of(tmp_path)
    (tmp_path / "model.ckpt-1.data-00000-of-00001").unlink()
    with pytest.raises(ModelFileMissing, match=r"data-00000-of-00001"):
        Bundle(prefix)
    with pytest.raises(ModelFileMissing, match=r"other\.index"):
        Bundle(tmp_path / "other")


def test_a_checkpoint_cut_anywhere_is_refused(tmp_path):
    prefix = bundle_of(tmp_path)
    index, data = tmp_path / "model.ckpt-1.index", tmp_path / "model.ckpt-1.data-00000-of-00001"
    whole = {path: path.read_bytes() for path in (index, data)}
    for path, content in whole.items():
        for end in range(len(content)):
            path.write_bytes(content[:end])
            with pytest.raises(CheckpointError):
                [Bundle(prefix).floats(name) for name in ARRAYS]
        path.write_bytes(content)
    assert Bundle(prefix).floats("a").tolist() == ARRAYS["a"].tolist()


def checkpoint(folder: Path, arrays, vocabulary: Path) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copyfile(vocabulary, folder / "30k-clean.model")
    shutil.copyfile(FILES / "google_research" / "albert_config.json", folder / "albert_config.json")
    write_bundle(folder / "model.ckpt-best", arrays)
    return folder


def test_a_bert_is_named(tmp_path, vocabulary):
    arrays = {"bert/encoder/layer_0/attention/self/query/kernel": np.ones((4, 4), np.float32)}
    with pytest.raises(OtherArchitecture, match="BERT"):
        google_research.read(checkpoint(tmp_path / "bert", arrays, vocabulary), Choices())


def test_a_missing_or_odd_variable_is_named(tmp_path, vocabulary):
    arrays = dict(google_names(weights()).values())
    word = arrays.pop("bert/embeddings/word_embeddings")
    with pytest.raises(SourceError, match="word_embeddings"):
        google_research.read(checkpoint(tmp_path / "missing", arrays, vocabulary), Choices())
    arrays |= {"bert/embeddings/word_embeddings": word, "bert/encoder/odd/kernel": np.ones((2, 2), np.float32)}
    with pytest.raises(CheckpointError, match="bert/encoder/odd/kernel"):
        google_research.read(checkpoint(tmp_path / "odd", arrays, vocabulary), Choices())


def test_what_optimisers_keep_is_left_out(tmp_path, vocabulary):
    arrays = dict(google_names(weights()).values())
    more = {f"{name}/adam_m": values for name, values in arrays.items()}
    more |= {"global_step": np.array(3, np.int64), "cls/predictions/output_bias": np.ones(4, np.float32)}
    found = google_research.read(checkpoint(tmp_path / "trained", {**arrays, **more}, vocabulary), Choices())
    assert set(found.left_out) == more.keys()


def test_several_checkpoints_are_not_guessed_among(tmp_path, vocabulary):
    folder = checkpoint(tmp_path / "two", dict(google_names(weights()).values()), vocabulary)
    for path in list(folder.glob("model.ckpt-best*")):
        shutil.copyfile(path, folder / path.name.replace("best", "100"))
    with pytest.raises(SourceError, match=r"model\.ckpt-100, model\.ckpt-best"):
        google_research.read(folder, Choices())
    assert google_research.read(folder, Choices(checkpoint="model.ckpt-100")).kind == "google-research"
    (folder / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-best"\n')
    assert google_research.read(folder, Choices()).kind == "google-research"
    with pytest.raises(SourceError, match=r"no checkpoint model\.ckpt-7"):
        google_research.read(folder, Choices(checkpoint="model.ckpt-7"))


def test_nothing_tells_the_heads(tmp_path, vocabulary):
    folder = checkpoint(tmp_path / "bare", dict(google_names(weights()).values()), vocabulary)
    (folder / "albert_config.json").write_text('{"num_hidden_layers": 2}')
    with pytest.raises(SourceError, match="how many heads"):
        google_research.read(folder, Choices())
    assert google_research.read(folder, Choices(heads=2)).config["num_attention_heads"] == 2


@pytest.mark.parametrize("name", ["hub_module", "frozen", "garden"])
def test_a_graph_cut_anywhere_is_an_error_of_ours(name, tmp_path, vocabulary):
    folder = tmp_path / "cut"
    shutil.copytree(FILES / name, folder)
    content = (folder / "saved_model.pb").read_bytes()
    for end in range(0, len(content), len(content) // 60):
        (folder / "saved_model.pb").write_bytes(content[:end])
        try:
            found = tf_hub.read(folder, Choices(vocabulary=vocabulary, heads=2))
        except AnnopipeError:
            continue
        assert (
            found.tensors["embeddings.word_embeddings.weight"].tobytes()
            == weights()["embeddings.word_embeddings.weight"].tobytes()
        )


def test_functions_that_call_each_other_without_end(tmp_path):
    """Deeper than Python's stack, and in a circle."""
    called = [
        text(1, text(1, f"f{at}")) + text(3, text(1, "next") + text(2, f"f{(at + 1) % 5000}")) for at in range(5000)
    ]
    library = b"".join(text(1, function) for function in called)
    (tmp_path / "saved_model.pb").write_bytes(text(1, text(1, "first") + text(2, "f0")) + text(2, library))
    model = SavedModel(tmp_path / "saved_model.pb", tmp_path / "variables")
    assert model.facts({}).layers is None


def test_variables_are_named_by_the_call_that_restores_them(tmp_path, vocabulary):
    """Where the checkpoint itself does not tell its objects."""
    folder = tmp_path / "model"
    shutil.copytree(FILES / "garden", folder)
    bundle = Bundle(FILES / "garden" / "variables" / "variables")
    arrays = {name: bundle.floats(name) for name in bundle.places if name != OBJECT_GRAPH}
    renamed = {f"variables/{name.split('/')[1]}/.ATTRIBUTES/VARIABLE_VALUE": arrays[name] for name in arrays}
    write_bundle(folder / "variables" / "variables", renamed)
    found = tf_hub.read(folder, Choices(vocabulary=vocabulary))
    expected = weights()
    assert all(found.tensors[name].tobytes() == values.tobytes() for name, values in expected.items())
