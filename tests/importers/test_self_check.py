"""The look at every imported model before it is kept."""

import shutil
from pathlib import Path

import pytest

import annopipe
from annopipe.errors import SelfCheckFailed
from annopipe.exporters.exporting import export_model
from importers.conftest import change_config, nothing_kept
from tiny_model import make_tiny_model


@pytest.fixture
def with_graph(store: Path, tiny_model_folder: Path, tmp_path: Path) -> Path:
    """Return a repository that holds its own ONNX graph beside its weights."""
    folder = tmp_path / "with_graph"
    shutil.copytree(tiny_model_folder, folder)
    shutil.copytree(export_model(tiny_model_folder, to="onnx", output=tmp_path / "exported"), folder / "onnx")
    assert (folder / "onnx" / "model.onnx").is_file()
    return folder


def test_vectors_are_those_of_the_sources_graph(with_graph: Path) -> None:
    card = annopipe.import_model(with_graph, "mine")
    assert card.more["Self-check"].startswith("The model runs; its vectors are those of its own graph to ")


@pytest.mark.parametrize(
    "wrong", [{"num_attention_heads": 4}, {"hidden_act": "relu"}, {"layer_norm_eps": 0.1}, {"num_hidden_layers": 2}]
)
def test_a_wrong_fact_is_found(wrong: dict[str, object], with_graph: Path, store: Path) -> None:
    change_config(with_graph, **wrong)
    with pytest.raises(SelfCheckFailed, match=r"differ by .* from those of its own graph model\.onnx"):
        annopipe.import_model(with_graph, "mine")
    assert nothing_kept(store)


def test_the_graph_of_another_model(with_graph: Path, tmp_path: Path, store: Path) -> None:
    other = make_tiny_model(tmp_path / "other", seed=1)
    exported = export_model(other, to="onnx", output=tmp_path / "exported_other")
    shutil.copy(exported / "model.onnx", with_graph / "onnx" / "model.onnx")
    with pytest.raises(SelfCheckFailed, match="differ by"):
        annopipe.import_model(with_graph, "mine")
    assert nothing_kept(store)


@pytest.mark.parametrize("content", [b"", b"no graph", b"\x08\x08"])
def test_a_graph_that_does_not_run(content: bytes, with_graph: Path, store: Path) -> None:
    (with_graph / "onnx" / "model.onnx").write_bytes(content)
    with pytest.raises(SelfCheckFailed, match=r"its own graph model\.onnx does not run"):
        annopipe.import_model(with_graph, "mine")
    assert nothing_kept(store)


def test_without_a_graph_the_card_says_what_was_looked_at(store: Path, tiny_model_folder: Path) -> None:
    card = annopipe.import_model(tiny_model_folder, "mine")
    assert card.more["Self-check"] == "The model runs and its vectors are finite."
