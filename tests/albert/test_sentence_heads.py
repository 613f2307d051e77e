"""A model's own way to sentence vectors, by formulas over the encoder's states."""

import itertools
import json
import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import SentenceSettings
from annopipe.errors import AnnopipeWarning, CheckpointError, ModelError, ParamValueError, SentenceHeadError
from sentence_models import HIDDEN, NORMALIZE, SWITCHES, TYPES, dense, make_sentence_model, switched, write
from tiny_model import make_tiny_model, write_safetensors

TEXTS = ["", "the", "the house of the river", "a good morning and the light of winter"]
LONG = "the light of the river in the garden " * 4
LENGTH = 12
MODES = tuple(SWITCHES)

Doubles = NDArray[np.float64]


def states_of(model: AlbertModel, text: str, length: int | None = None) -> Doubles:
    """Return the states of a text that is cut at a length, ``[positions, 16]``."""
    ids = model.vocabulary.encode([text]).ids.tolist()
    ids = ids if length is None else ids[: length - 2]
    rows = model.encoder.run(np.array([[model.vocabulary.cls_id, *ids, model.vocabulary.sep_id]], np.int64))[0]
    return rows.astype(np.float64)


def pooled(mode: str, states: Doubles, skip: int = 0) -> Doubles:
    rows, places = states[skip:], np.arange(skip + 1, len(states) + 1)[:, None]
    return {
        "cls": lambda: rows[0],
        "max": lambda: rows.max(axis=0),
        "mean": lambda: rows.sum(axis=0) / len(rows),
        "mean_sqrt_len_tokens": lambda: rows.sum(axis=0) / math.sqrt(len(rows)),
        "weightedmean": lambda: (rows * places).sum(axis=0) / places.sum(),
        "lasttoken": lambda: rows[-1],
    }[mode]()


def check(model: AlbertModel, expected: Any, texts: list[str] = TEXTS, **how: Any) -> None:
    found = model.embed_sentences(texts, SentenceSettings(**how))
    np.testing.assert_allclose(found, np.array([expected(text) for text in texts]), atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("newer", [False, True])
@pytest.mark.parametrize("transformer", ["", "0_Transformer"])
def test_each_pooling_in_both_forms_and_layouts(tmp_path: Path, mode: str, newer: bool, transformer: str) -> None:
    config = {"pooling_mode": mode, "embedding_dimension": HIDDEN} if newer else switched(mode)
    model = AlbertModel.load(make_sentence_model(tmp_path, config, transformer=transformer))
    check(model, lambda text: pooled(mode, states_of(model, text)))


def test_modes_are_put_end_to_end_in_their_order(tmp_path: Path) -> None:
    for modes, config in (
        (("cls", "max", "mean"), switched("mean", "cls", "max")),
        (("mean", "cls"), {"pooling_mode": ["mean", "cls"]}),
    ):
        model = AlbertModel.load(make_sentence_model(tmp_path / modes[0], config))
        assert model.sentence_dimension == HIDDEN * len(modes)
        joined = [[*modes]]
        check(model, lambda text, m=model, j=joined: np.concatenate([pooled(one, states_of(m, text)) for one in j[0]]))


def test_no_switch_at_all_is_the_mean_as_in_the_library(tmp_path: Path) -> None:
    model = AlbertModel.load(make_sentence_model(tmp_path, switched()))
    assert model.sentence_head is not None
    assert model.sentence_head.poolings == ("mean",)


def test_dense_and_normalize(tmp_path: Path) -> None:
    step = dense()
    model = AlbertModel.load(make_sentence_model(tmp_path, switched("cls"), [step, NORMALIZE]))
    weight, bias = step[2]["linear.weight"], step[2]["linear.bias"]

    def expected(text: str) -> Doubles:
        made = np.tanh(weight.astype(np.float64) @ states_of(model, text)[0] + bias)
        return made / np.sqrt((made**2).sum())

    check(model, expected)
    assert model.sentence_dimension == 6
    assert model.dimension == HIDDEN


@pytest.mark.parametrize(
    ("name", "formula"),
    {
        "Identity": lambda x: x,
        "ReLU": lambda x: x * (x > 0),
        "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "GELU": lambda x: x * 0.5 * np.array([[1 + math.erf(float(y) / math.sqrt(2)) for y in row] for row in x]),
        "SiLU": lambda x: x / (1 + np.exp(-x)),
        "Softplus": lambda x: np.log1p(np.exp(x)),
    }.items(),
)
@pytest.mark.parametrize("bias", [False, True])
def test_activations(tmp_path: Path, name: str, formula: Any, bias: bool) -> None:
    step = dense(activation=f"torch.nn.modules.activation.{name}", bias=bias)
    model = AlbertModel.load(make_sentence_model(tmp_path, switched("mean"), [step]))
    states = np.array([pooled("mean", states_of(model, text)) for text in TEXTS])
    raw = states @ step[2]["linear.weight"].T + step[2].get("linear.bias", np.float32(0))
    np.testing.assert_allclose(model.embed_sentences(TEXTS), formula(raw), atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_texts_are_cut_at_the_models_own_length_with_a_warning_and_a_count(tmp_path: Path, mode: str) -> None:
    model = AlbertModel.load(make_sentence_model(tmp_path / mode, switched(mode), length=LENGTH))
    with pytest.warns(AnnopipeWarning, match="takes 12 pieces .* window=12"):
        found = model.sentence_vectors([*TEXTS, LONG])
    pieces = len(model.vocabulary.encode([LONG]).ids)
    assert found.cut.tolist() == [0] * len(TEXTS) + [pieces - LENGTH + 2]
    np.testing.assert_allclose(found.vectors[-1], pooled(mode, states_of(model, LONG, LENGTH)), atol=1e-5)


def test_a_window_takes_the_whole_text_with_the_models_pooling(tmp_path: Path) -> None:
    model = AlbertModel.load(make_sentence_model(tmp_path, switched("mean"), [NORMALIZE], length=LENGTH))
    plain = AlbertModel.load(make_tiny_model(tmp_path / "plain"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = model.sentence_vectors([LONG], SentenceSettings(window=LENGTH))
    expected = plain.embed_sentences([LONG], SentenceSettings(window=LENGTH))[0]
    np.testing.assert_allclose(found.vectors[0], expected / np.linalg.norm(expected), atol=1e-6)
    assert found.cut.tolist() == [0]


def test_the_tokenizers_length_counts_where_the_file_has_none(tmp_path: Path) -> None:
    folder = make_sentence_model(tmp_path, switched("mean"))
    for told, length in ((20, 20), (1e30, 64), (512, 64)):
        write(folder / "tokenizer_config.json", {"do_lower_case": True, "model_max_length": told})
        head = AlbertModel.load(folder).sentence_head
        assert head is not None
        assert head.length == length


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("include", [False, True])
def test_prompts(tmp_path: Path, mode: str, include: bool) -> None:
    settings = {"prompts": {"query": "a good doctor ", "none": ""}, "default_prompt_name": "query"}
    config = {**switched(mode), "include_prompt": include}
    model = AlbertModel.load(make_sentence_model(tmp_path, config, settings=settings))
    skip = 0 if include else 1 + len(model.vocabulary.encode(["a good doctor "]).ids)
    check(model, lambda text: pooled(mode, states_of(model, "a good doctor " + text), skip))
    check(model, lambda text: pooled(mode, states_of(model, text)), prompt="none")
    with pytest.raises(ParamValueError, match="'passage'; this model has query, none"):
        model.embed_sentences(TEXTS, SentenceSettings(prompt="passage"))


def test_lower_case_and_truncate_dim(tmp_path: Path) -> None:
    folder = make_sentence_model(tmp_path, switched("cls"), lower_case=True, settings={"truncate_dim": 5})
    write(folder / "tokenizer_config.json", {"do_lower_case": False})
    model = AlbertModel.load(folder)
    np.testing.assert_array_equal(*model.embed_sentences(["The HOUSE", "the house"]))
    np.testing.assert_allclose(model.embed_sentences(["the house"])[0], states_of(model, "the house")[0][:5], atol=1e-6)
    assert model.sentence_dimension == 5


@pytest.mark.parametrize("mode", ["mean", "cls", "max"])
def test_a_named_pooling_is_that_of_the_encoder_alone(tmp_path: Path, mode: str) -> None:
    folder = make_sentence_model(tmp_path / "own", switched("max"), [dense(), NORMALIZE], length=LENGTH)
    plain = AlbertModel.load(make_tiny_model(tmp_path / "plain"))
    settings = SentenceSettings(pooling=mode)  # type: ignore[arg-type]
    found = AlbertModel.load(folder).embed_sentences([*TEXTS, LONG], settings)
    np.testing.assert_array_equal(found, plain.embed_sentences([*TEXTS, LONG], settings))


def test_vectors_do_not_move_with_their_batch(tmp_path: Path) -> None:
    model = AlbertModel.load(make_sentence_model(tmp_path, switched("weightedmean"), [dense(), NORMALIZE]))
    together = model.embed_sentences(TEXTS)
    alone = np.concatenate([model.embed_sentences([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


REFUSED: dict[str, tuple[str, Any]] = {
    "LSTM": ("modules", "sentence_transformers.models.LSTM"),
    "CNN": ("modules", "sentence_transformers.models.CNN"),
    "BoW": ("modules", "sentence_transformers.models.BoW"),
    "WordEmbeddings": ("modules", "sentence_transformers.models.WordEmbeddings"),
    "WeightedLayerPooling": ("modules", "sentence_transformers.models.WeightedLayerPooling"),
    "CLIPModel": ("modules", "sentence_transformers.models.CLIPModel"),
    "Router": ("modules", "sentence_transformers.base.modules.router.Router"),
    "Asym": ("modules", "sentence_transformers.models.Asym"),
    "mine.Pooling": ("modules", "mine.Pooling"),
    "SpladePooling": ("modules", "sentence_transformers.sparse_encoder.modules.splade_pooling.SpladePooling"),
    "pooling_mode_attention": ("pooling", {"pooling_mode_attention": True}),
    "'attention'": ("pooling", {"pooling_mode": "attention"}),
    "'attention2'": ("pooling", {"pooling_mode": ["mean", "attention2"]}),
    "mine.Swish": ("dense", {"activation_function": "mine.Swish"}),
    "torch.nn.functional.relu": ("dense", {"activation_function": "torch.nn.functional.relu"}),
    "token_embeddings": ("dense", {"module_input_name": "token_embeddings"}),
    "SparseEncoder": ("settings", {"model_type": "SparseEncoder"}),
    "fill-mask": ("transformer", {"transformer_task": "fill-mask"}),
    "pooler_output": (
        "transformer",
        {"modality_config": {"text": {"method": "forward", "method_output_name": "pooler_output"}}},
    ),
    "processing_kwargs": ("transformer", {"processing_kwargs": {"text": {"max_length": 3}}}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_known_is_refused_by_name_with_a_way_out(tmp_path: Path, name: str) -> None:
    folder = make_sentence_model(tmp_path, switched("mean"), [dense()], settings={})
    where, value = REFUSED[name]
    if where == "modules":
        listed = json.loads((folder / "modules.json").read_text())
        write(folder / "modules.json", [*listed, {"idx": 3, "name": "3", "path": "3_X", "type": value}])
    else:
        file = {
            "pooling": "1_Pooling/config.json",
            "dense": "2_Dense/config.json",
            "settings": "config_sentence_transformers.json",
            "transformer": "sentence_bert_config.json",
        }[where]
        write(folder / file, {**json.loads((folder / file).read_text()), **value})
    with pytest.raises(SentenceHeadError, match=re.escape(name)) as refused:
        AlbertModel.load(folder)
    assert "--no-sentence-head" in str(refused.value)


def test_orders_that_are_not_computed_are_refused(tmp_path: Path) -> None:
    folder = make_sentence_model(tmp_path, switched("mean"))
    kinds = ["Transformer", "Pooling", "Dense", "Normalize"]
    fine = 0
    for some in itertools.permutations(kinds, 3):
        write(folder / "modules.json", [{"type": TYPES + kind, "path": ""} for kind in some])
        if some[:2] == ("Transformer", "Pooling"):
            fine += 1
            continue
        with pytest.raises(SentenceHeadError, match=r"modules|begins with"):
            AlbertModel.load(folder)
    assert fine == 2


@pytest.mark.parametrize("path", ["../1_Pooling", "/etc", "a/../b", "C:\\x", 5, "1_Pooling/.."])
def test_paths_that_leave_the_folder_are_refused(tmp_path: Path, path: Any) -> None:
    folder = make_sentence_model(tmp_path, switched("mean"))
    write(
        folder / "modules.json",
        [{"type": f"{TYPES}Transformer", "path": ""}, {"type": f"{TYPES}Pooling", "path": path}],
    )
    with pytest.raises(SentenceHeadError, match="no folder inside"):
        AlbertModel.load(folder)


@pytest.mark.parametrize("file", ["modules.json", "1_Pooling/config.json", "2_Dense/config.json"])
@pytest.mark.parametrize("content", [b"", b"[", b"5", b'"x"', b"[" * 100_000, b"{}", b"[{}]", None])
def test_damaged_files_are_errors_of_ours(tmp_path: Path, file: str, content: bytes | None) -> None:
    folder = make_sentence_model(tmp_path, switched("mean"), [dense()])
    if (file == "modules.json" and content is None) or (file == "1_Pooling/config.json" and content == b"{}"):
        return
    (folder / file).unlink() if content is None else (folder / file).write_bytes(content)
    with pytest.raises(ModelError, match=file.rpartition("/")[0] or "modules"):
        AlbertModel.load(folder)


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    folder = make_sentence_model(tmp_path, switched("mean"), [dense()])
    path = folder / "2_Dense" / "model.safetensors"
    zeros = np.zeros((6, HIDDEN), np.float32)
    write_safetensors(path, {"linear.weight": zeros})
    with pytest.raises(CheckpointError, match=r"2_Dense/model\.safetensors"):
        AlbertModel.load(folder)
    write_safetensors(path, {"linear.weight": zeros * np.float32("nan"), "linear.bias": np.zeros(6, np.float32)})
    with pytest.raises(CheckpointError, match="NaN"):
        AlbertModel.load(folder)
    path.rename(path.with_name("pytorch_model.bin"))
    with pytest.raises(SentenceHeadError, match="annopipe import"):
        AlbertModel.load(folder)


def test_the_head_is_part_of_a_models_identity_and_its_files_form_is_not(tmp_path: Path) -> None:
    plain = AlbertModel.load(make_tiny_model(tmp_path / "plain")).content_hash
    cls = AlbertModel.load(make_sentence_model(tmp_path / "cls", switched("cls"))).content_hash
    newer = make_sentence_model(tmp_path / "newer", {"pooling_mode": "cls"}, transformer="0_Transformer")
    mean = make_sentence_model(tmp_path / "mean", switched("mean"))
    assert cls == AlbertModel.load(newer).content_hash
    assert len({plain, cls, AlbertModel.load(mean).content_hash}) == 3
    one = make_sentence_model(tmp_path / "one", switched("cls"), [dense()])
    first = AlbertModel.load(one).content_hash
    weights = {name: values + 1 for name, values in dense()[2].items()}
    write_safetensors(one / "2_Dense" / "model.safetensors", weights)
    assert AlbertModel.load(one).content_hash != first


def test_the_bundled_models_hash_is_what_it_was() -> None:
    from annopipe.hub import locate

    expected = "c97ec6d82dd9ee02127ed21c5f6a250018815c940cd334655adb5de4de7d8b20"
    assert AlbertModel.shared(locate("albert_mini")).content_hash == expected


def test_a_head_that_changes_is_another_model(tmp_path: Path) -> None:
    folder = make_sentence_model(tmp_path, switched("cls"))
    first = AlbertModel.shared(folder)
    assert AlbertModel.shared(folder) is first
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": HIDDEN, "pooling_mode": "max"})
    second = AlbertModel.shared(folder)
    assert second is not first
    assert second.sentence_head is not None
    assert second.sentence_head.poolings == ("max",)
