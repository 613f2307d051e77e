"""Vocabularies beside tables of more rows, and tokens that were added behind them."""

import json
import shutil
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from albert.random_models import write_safetensors
from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import content_hash
from annopipe.albert.model import AlbertModel
from annopipe.albert.vocabulary import Vocabulary
from annopipe.errors import AnnopipeWarning, VocabularyError
from tiny_model import CONFIG, random_weights, write_json

PIECES = 404
TEXTS = ["The house by the river", "9,5 letters (or 3) <e1>", ""]


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be changed."""
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "m"))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty store."""
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))


def with_rows(folder: Path, rows: int) -> Path:
    config = replace(CONFIG, vocab_size=rows)
    write_json(folder / "config.json", {"model_type": "albert", **asdict(config)})
    write_safetensors(folder / "model.safetensors", random_weights(config, 3))
    return folder


def add(folder: Path, place: str, tokens: dict[str, int]) -> None:
    """Add tokens in one of the files that name them."""
    described = [{"id": number, "content": token, "special": True} for token, number in tokens.items()]
    if place == "added_tokens.json":
        write_json(folder / place, tokens)
    elif place == "tokenizer.json":
        steps = [{"type": step} for step in ("NFKD", "StripAccents", "Lowercase")]
        normaliser = {"type": "Sequence", "normalizers": steps}
        write_json(folder / place, {"normalizer": normaliser, "added_tokens": described})
    else:
        told = json.loads((folder / "tokenizer_config.json").read_text())
        decoder = {str(one["id"]): {"content": one["content"]} for one in described}
        write_json(folder / "tokenizer_config.json", {**told, "added_tokens_decoder": decoder})


def without_special(folder: Path) -> None:
    path = folder / "spiece.model"
    path.write_bytes(path.read_bytes().replace(b"[CLS]", b"[CLX]").replace(b"[SEP]", b"[SEX]"))


def read(folder: Path) -> Vocabulary:
    return Vocabulary.read(folder, AlbertConfig.read(folder))


PLACES = ("added_tokens.json", "tokenizer_config.json", "tokenizer.json")


@pytest.mark.parametrize("rows", [408, 416, 448, 512, 1024])
def test_padded_tables_load_in_silence(rows: int, folder: Path) -> None:
    ids = read(folder).encode(TEXTS).ids.tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = AlbertModel.load(with_rows(folder, rows))
    assert model.vocabulary.encode(TEXTS).ids.tolist() == ids
    assert np.isfinite(model.embed_sentences(TEXTS)).all()


@pytest.mark.parametrize("rows", [405, 406, 417])
def test_rows_that_nothing_explains_are_warned_of(rows: int, folder: Path) -> None:
    with pytest.warns(AnnopipeWarning, match=f"404 pieces .* vocab_size {rows}.*last {rows - PIECES} rows"):
        AlbertModel.load(with_rows(folder, rows))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rows", [406, 448])
def test_added_tokens_are_named_and_read_as_text(place: str, rows: int, folder: Path) -> None:
    ids = read(folder).encode(TEXTS).ids.tolist()
    add(with_rows(folder, rows), place, {"<e1>": PIECES, "<e2>": PIECES + 1})
    with pytest.warns(AnnopipeWarning, match="2 added tokens are read as text.*'<e1>', '<e2>'") as caught:
        vocabulary = read(folder)
    assert len(caught) == 1
    assert vocabulary.encode(TEXTS).ids.tolist() == ids


def test_tokens_without_an_id_are_named_too(folder: Path) -> None:
    write_json(folder / "special_tokens_map.json", {"additional_special_tokens": ["<e1>", {"content": "<e2>"}]})
    with pytest.warns(AnnopipeWarning, match="'<e1>', '<e2>'"):
        read(folder)


def test_many_long_tokens_make_a_short_warning(folder: Path) -> None:
    tokens = {f"<{number}{'x' * 9000}>": PIECES + number for number in range(900)}
    add(with_rows(folder, 1304), "added_tokens.json", tokens)
    with pytest.warns(AnnopipeWarning, match="900 added tokens.*and 880 more") as caught:
        read(folder)
    assert len(str(caught[0].message)) < 3000


@pytest.mark.parametrize("place", PLACES)
def test_special_pieces_that_are_only_added(place: str, folder: Path) -> None:
    without_special(with_rows(folder, 408))
    add(folder, place, {"[CLS]": 405, "[SEP]": 404, "[PAD]": 406, "[MASK]": 407})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vocabulary = read(folder)
    assert (vocabulary.cls_id, vocabulary.sep_id) == (405, 404)
    before = content_hash(folder)
    add(folder, place, {"[CLS]": 404, "[SEP]": 405, "[PAD]": 406, "[MASK]": 407})
    assert content_hash(folder) != before


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("place", PLACES)
def test_an_import_keeps_what_was_added(place: str, folder: Path, tmp_path: Path) -> None:
    without_special(with_rows(folder, 407))
    add(folder, place, {"[CLS]": 405, "[SEP]": 404, "<e1>": 406})
    with pytest.warns(AnnopipeWarning, match="'<e1>'"):
        annopipe.import_model(folder, "added")
    with pytest.warns(AnnopipeWarning, match="'<e1>'"):
        ours, theirs = annopipe.load("added"), annopipe.load(folder)
    assert ours.model.vocabulary.special == theirs.model.vocabulary.special
    assert np.array_equal(ours.model.embed_sentences(TEXTS), theirs.model.embed_sentences(TEXTS))
    with pytest.warns(AnnopipeWarning, match="'<e1>'"):
        exported = annopipe.export_model(folder, to="hf", output=tmp_path / "out")
    with pytest.warns(AnnopipeWarning, match="'<e1>'"):
        again = read(exported)
    assert again.special == ours.model.vocabulary.special


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        ({"[CLS]": 900, "[SEP]": 404}, r"\[CLS\] has the id 900 where config.json says vocab_size 408"),
        ({"[CLS]": 404}, r"no piece \[SEP\]"),
        ({"[CLS]": 404, "[SEP]": 404}, "have the same id 404"),
        ({"[CLS]": "x", "[SEP]": 404}, "no whole number"),
        ({"[CLS]": -1, "[SEP]": 404}, "no whole number"),
        ({"[CLS]": True, "[SEP]": 404}, "no whole number"),
    ],
)
def test_wrong_special_pieces_are_refused(tokens: dict[str, Any], said: str, folder: Path) -> None:
    without_special(with_rows(folder, 408))
    add(folder, "added_tokens.json", tokens)
    with pytest.raises(VocabularyError, match=said):
        read(folder)


def test_files_that_disagree_are_refused(folder: Path) -> None:
    add(with_rows(folder, 408), "added_tokens.json", {"[CLS]": 405})
    with pytest.raises(VocabularyError, match=r"\[CLS\] as piece 2, but the folder's added tokens as 405"):
        read(folder)


@pytest.mark.parametrize("content", ["[", "[]", "[" * 100_000, "{" + '"a":{' * 100_000, '{"a": ' + "9" * 5000 + "}"])
@pytest.mark.parametrize("name", ["added_tokens.json", "tokenizer_config.json"])
def test_damaged_files(name: str, content: str, folder: Path) -> None:
    (folder / name).write_text(content)
    with pytest.raises(VocabularyError, match=name) as caught:
        read(folder)
    assert len(str(caught.value)) < 1000


@pytest.mark.oracle
@pytest.mark.parametrize("rows", [406, 416])
def test_ids_and_vectors_equal_transformers(rows: int, folder: Path) -> None:
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    add(with_rows(folder, rows), "added_tokens.json", {"<e1>": 404, "<e2>": 405})
    tokenizer = transformers.AlbertTokenizer.from_pretrained(folder)
    with pytest.warns(AnnopipeWarning, match="'<e1>'"):
        model = AlbertModel.load(folder)
    text = "the house by the river"
    ids = tokenizer(text)["input_ids"]
    ours = model.vocabulary.encode([text]).ids.tolist()
    assert [model.vocabulary.cls_id, *ours, model.vocabulary.sep_id] == ids
    with torch.no_grad():
        theirs = transformers.AlbertModel.from_pretrained(folder).eval()(torch.tensor([ids]))[0][0].mean(0)
    assert np.abs(model.embed_sentences([text])[0] - theirs.numpy()).max() < 1e-5
