"""Sentence vectors against the library sentence-transformers on the same folders."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import SentenceSettings
from annopipe.albert.vocabulary import Vocabulary
from sentence_models import HIDDEN, NORMALIZE, dense, make_sentence_model, switched
from tiny_model import make_tiny_model

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]
torch = pytest.importorskip("torch")
library = pytest.importorskip("sentence_transformers")

TOLERANCE = 1e-5
MODES = ("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")
LENGTH = 12
TEXTS = [
    "",
    "the",
    "the house of the river",
    "the morning was good",
    "a teacher and a doctor",
    "the light of the river in the garden " * 6,
]
ACTIVATIONS = (
    "Identity", "Tanh", "ReLU", "GELU", "Sigmoid", "SiLU", "LeakyReLU", "ELU", "SELU", "CELU", "Softplus", "Softsign",
    "Mish", "ReLU6", "Hardtanh", "Hardsigmoid", "Hardswish", "LogSigmoid", "Tanhshrink", "Softmax",
)  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("models") / "plain")


def built(plain: Path, folder: Path, pooling: Any, steps: Any = (), *, safe: bool = True, **settings: Any) -> Path:
    """Let the library save a model, and put the vocabulary, which it leaves out, beside it."""
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    include = settings.pop("include_prompt", True)
    modules = [
        Transformer(str(plain), max_seq_length=LENGTH),
        Pooling(HIDDEN, pooling_mode=pooling, include_prompt=include),
        *steps,
    ]
    model = library.SentenceTransformer(modules=modules, device="cpu", **settings)
    model.save(str(folder), safe_serialization=safe)
    for name in ("spiece.model", "tokenizer_config.json"):
        if not (folder / name).is_file():
            shutil.copyfile(plain / name, folder / name)
    return folder


def theirs(folder: Path, texts: list[str] = TEXTS, **how: Any) -> Any:
    return library.SentenceTransformer(str(folder), device="cpu").encode(texts, batch_size=4, **how)


def check(ours: Path, others: Path, texts: list[str] = TEXTS, **how: Any) -> None:
    expected = theirs(others, texts, **{("prompt_name" if key == "prompt" else key): how[key] for key in how})
    found = AlbertModel.load(ours).embed_sentences(texts, SentenceSettings(**how))
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=TOLERANCE, rtol=TOLERANCE)


def test_the_texts_have_the_same_ids(plain: Path) -> None:
    tokenizer = library.SentenceTransformer(str(plain), device="cpu").tokenizer
    model = AlbertModel.load(plain)
    assert isinstance(model.vocabulary, Vocabulary)
    for text in TEXTS:
        ids = model.vocabulary.encode([text]).ids.tolist()
        assert tokenizer(text)["input_ids"] == [model.vocabulary.cls_id, *ids, model.vocabulary.sep_id]


@pytest.mark.parametrize("mode", [*MODES, ("mean", "cls"), ("cls", "max", "lasttoken")])
@pytest.mark.parametrize("normalized", [False, True])
def test_each_pooling(plain: Path, tmp_path: Path, mode: Any, normalized: bool) -> None:
    from sentence_transformers.base.modules import Normalize

    folder = built(plain, tmp_path / "model", mode, [Normalize()] if normalized else [])
    check(folder, folder)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_activation(plain: Path, tmp_path: Path, activation: str) -> None:
    from sentence_transformers.base.modules import Dense

    arguments = {"dim": -1} if activation == "Softmax" else {}
    torch.manual_seed(0)
    step = Dense(HIDDEN, 7, activation_function=getattr(torch.nn, activation)(**arguments))
    folder = built(plain, tmp_path / "model", "mean", [step])
    check(folder, folder)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("outputs", [HIDDEN, 5])
def test_dense_layers(plain: Path, tmp_path: Path, bias: bool, residual: bool, outputs: int) -> None:
    from sentence_transformers.base.modules import Dense, Normalize
    from sentence_transformers.sentence_transformer.modules import LayerNorm

    torch.manual_seed(1)
    steps = [
        Dense(HIDDEN, outputs, bias=bias, use_residual=residual),
        LayerNorm(outputs),
        Dense(outputs, 3),
        Normalize(),
    ]
    folder = built(plain, tmp_path / "model", "cls", steps)
    check(folder, folder)


@pytest.mark.parametrize("include_prompt", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_prompts(plain: Path, tmp_path: Path, mode: str, include_prompt: bool) -> None:
    prompts = {"query": "a good doctor ", "passage": "the "}
    folder = built(
        plain, tmp_path / "model", mode, prompts=prompts, default_prompt_name="query", include_prompt=include_prompt
    )
    check(folder, folder)
    check(folder, folder, prompt="passage")


def test_truncated_vectors(plain: Path, tmp_path: Path) -> None:
    folder = built(plain, tmp_path / "model", "mean", truncate_dim=5)
    check(folder, folder)


@pytest.mark.parametrize("transformer", ["", "0_Transformer"])
@pytest.mark.parametrize("mode", MODES)
def test_older_folders(tmp_path: Path, mode: str, transformer: str) -> None:
    folder = make_sentence_model(
        tmp_path / "model",
        switched(mode),
        [dense(), NORMALIZE],
        transformer=transformer,
        length=LENGTH,
        settings={"prompts": {}, "similarity_fn_name": "cosine"},
    )
    check(folder, folder)


@pytest.mark.parametrize("safe", [False, True])
def test_what_the_library_saves_is_imported_and_what_is_exported_it_loads(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, safe: bool
) -> None:
    from sentence_transformers.base.modules import Dense, Normalize

    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    torch.manual_seed(2)
    steps = [Dense(HIDDEN * 2, 6), Normalize()]
    folder = built(plain, tmp_path / "model", ("mean", "cls"), steps, safe=safe, prompts={"q": "the "})
    card = annopipe.import_model(folder, "mine")
    assert "mean + cls, Dense 32 to 6 (Tanh), normalized" in str(card)
    check(card.folder, folder)
    exported = annopipe.export_model("mine", output=tmp_path / "exported")
    check(exported, folder)
    check(exported, exported)
