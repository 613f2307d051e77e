"""Our own exports, taken in again: by their name they are the model that is there; others are not."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from albert.random_models import write_safetensors
from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.errors import ModelError, ModelFileMissing, NameTaken
from annopipe.hub.store import models_in
from importers.conftest import change_config, same_bits, vectors
from sentence_models import make_sentence_model, switched
from tiny_model import make_tiny_model

FORMS = ("hf", "onnx", "spark-nlp")
TOKENIZER = "tokenizer_config.json"


def exported(form: str, zipped: bool, out: Path, name: Any = "mine") -> list[Path]:
    """Return what is there to be imported of an export."""
    made = annopipe.export_model(name, to=form, output=out, zip=zipped)
    return sorted(made.iterdir()) if form == "spark-nlp" and not zipped else [made]


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cased", [True, False])
@pytest.mark.filterwarnings("ignore:'mine'.*assumed")
def test_an_export_is_the_same_model(
    form: str, zipped: bool, cased: bool, tiny_model_folder: Path, store: Path, tmp_path: Path
) -> None:
    annopipe.import_model(tiny_model_folder, "mine", case_sensitive=cased)
    before = (store / "mine_en" / "source.json").read_bytes()
    for place in exported(form, zipped, tmp_path / "out"):
        assert annopipe.import_model(place, "mine", "en").folder == store / "mine_en"
    assert (store / "mine_en" / "source.json").read_bytes() == before


@pytest.mark.parametrize("form", FORMS)
def test_an_export_of_a_model_in_another_form(
    form: str, repository: Path, weights: Any, store: Path, tmp_path: Path
) -> None:
    """Weights in half precision with a head, as a hub gives them: the export holds other bytes."""
    halves = {f"albert.{name}": values.astype(np.float16) for name, values in weights.items()}
    write_safetensors(repository / "model.safetensors", {**halves, "crf.transitions": np.ones(3, np.float32)})
    shutil.copytree(repository, store / "mine_en")
    [place] = exported(form, True, tmp_path / "out")
    assert annopipe.import_model(place, "mine").folder == store / "mine_en"


@pytest.mark.parametrize("form", FORMS)
def test_the_bundled_models_export_is_the_bundled_model(form: str, store: Path, tmp_path: Path) -> None:
    [place] = exported(form, True, tmp_path, "albert_mini")
    card = annopipe.import_model(place)
    assert (card.name, card.folder) == ("albert_mini", annopipe.card("albert_mini").folder)
    assert not (store / "albert_mini_en").exists()


def other_number(folder: Path, weights: dict[str, Any]) -> None:
    weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"].copy()
    weights["embeddings.word_embeddings.weight"][5, 3] += 1e-3
    write_safetensors(folder / "model.safetensors", weights)


def other_layer(folder: Path, weights: dict[str, Any]) -> None:
    name = next(name for name in weights if name.endswith("ffn_output.bias"))
    write_safetensors(folder / "model.safetensors", {**weights, name: weights[name] + 1e-3})


def other_heads(folder: Path, weights: dict[str, Any]) -> None:
    write_safetensors(folder / "model.safetensors", weights)
    change_config(folder, num_attention_heads=4)


def fewer_layers(folder: Path, weights: dict[str, Any]) -> None:
    write_safetensors(folder / "model.safetensors", weights)
    change_config(folder, num_hidden_layers=2)


def other_case(folder: Path, weights: dict[str, Any]) -> None:
    write_safetensors(folder / "model.safetensors", weights)
    (folder / TOKENIZER).write_text('{"do_lower_case": false}')


def other_pieces(folder: Path, weights: dict[str, Any]) -> None:
    write_safetensors(folder / "model.safetensors", weights)
    vocabulary = (folder / "spiece.model").read_bytes()
    (folder / "spiece.model").write_bytes(vocabulary.replace("▁kitchen".encode(), "▁kitchex".encode()))


@pytest.mark.parametrize("change", [other_number, other_layer, other_heads, fewer_layers, other_case, other_pieces])
@pytest.mark.parametrize("form", ["hf", "spark-nlp"])
def test_truly_other_content_has_its_name_refused(
    change: Any, form: str, repository: Path, weights: Any, tiny_model_folder: Path, store: Path, tmp_path: Path
) -> None:
    annopipe.import_model(tiny_model_folder, "mine")
    change(repository, weights)
    [place] = exported(form, True, tmp_path / "out", repository)
    with pytest.raises(NameTaken, match="with other content"):
        annopipe.import_model(place, "mine", "en")
    assert same_bits(vectors("mine"), vectors(tiny_model_folder))
    assert (store / "mine_en").is_dir()


@pytest.mark.filterwarnings("ignore:.*has sentence vectors of its own")
@pytest.mark.parametrize("transformer", ["", "0_Transformer"])
def test_models_differ_by_their_way_to_sentence_vectors(transformer: str, store: Path, tmp_path: Path) -> None:
    mean = make_sentence_model(tmp_path / "mean", switched("mean"), transformer=transformer)
    first = make_sentence_model(tmp_path / "cls", switched("cls"), transformer=transformer)
    card = annopipe.import_model(mean, "mine")
    assert annopipe.import_model(mean, "mine").folder == card.folder == store / "mine_en"
    for form in FORMS:
        [place] = exported(form, True, tmp_path / form)
        assert annopipe.import_model(place, "mine").folder == store / "mine_en"
    for other in (first, mean / transformer if transformer else make_tiny_model(tmp_path / "plain")):
        with pytest.raises(NameTaken, match="with other content"):
            annopipe.import_model(other, "mine")
    stage = AlbertEmbeddings.loadSavedModel(first)
    assert stage._model().folder == first
    assert stage._model().left_out == ()


@pytest.mark.parametrize("session", [(), (None,), (object(),)])
@pytest.mark.parametrize(
    ("form", "zipped"), [("spark-nlp", False), ("spark-nlp", True), ("onnx", False), ("hf", False)]
)
@pytest.mark.filterwarnings("ignore:.*assumed")
def test_load_saved_model_reads_what_an_import_does(
    session: tuple[Any, ...], form: str, zipped: bool, tiny_model_folder: Path, store: Path, tmp_path: Path
) -> None:
    for place in exported(form, zipped, tmp_path / "out", tiny_model_folder):
        stage = AlbertEmbeddings.loadSavedModel(str(place), *session)
        assert stage.getDimension() == 16
        again = AlbertEmbeddings.loadSavedModel(place, *session)
        assert again._model() is stage._model()
        ours = stage._model().embed_sentences(["the house", "x"])
        theirs = annopipe.load(tiny_model_folder).model.embed_sentences(["the house", "x"])
        assert np.abs(ours - theirs).max() < 1e-6
        stage.save(tmp_path / "saved" / place.name)
        assert AlbertEmbeddings.load(tmp_path / "saved" / place.name).getDimension() == 16
    assert models_in(store) == []


@pytest.mark.parametrize("name", ["albert_tiny_onnx.zip", "albert_tiny_tensorflow.zip"])
@pytest.mark.usefixtures("store")
@pytest.mark.filterwarnings("ignore:.*assumed")
def test_what_spark_nlp_saved(name: str, reference: Path) -> None:
    stage = AlbertEmbeddings.loadSavedModel(reference / "golden" / "saved" / name)
    theirs = annopipe.load(reference / "models" / "albert-tiny-random").model
    assert stage.getDimension() == 64
    assert np.abs(stage._model().embed_sentences(["the house"]) - theirs.embed_sentences(["the house"])).max() < 1e-6


@pytest.mark.usefixtures("store")
def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing):
        AlbertEmbeddings.loadSavedModel(tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="holds no model that can be read"):
        AlbertEmbeddings.loadSavedModel(tmp_path / "empty")
