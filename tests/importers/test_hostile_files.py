"""Files of a model that are made to take time, memory or a screen: refused soon, by name, in a short text."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import annopipe
from annopipe.errors import LONGEST_TEXT, AnnopipeError, AnnopipeWarning, ModelError, VocabularyError
from annopipe.importers.hugging_face import read_object
from importers.conftest import change_config

DEEP = b"[" * 50_000_000
JSON_FILES = ("config.json", "tokenizer_config.json", "added_tokens.json", "model.safetensors.index.json")


def write_header(folder: Path, header: bytes) -> None:
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)


def many_tensors(folder: Path) -> None:
    entry = '"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    write_header(folder, ("{" + ",".join(entry % number for number in range(1_000_000)) + "}").encode())


def many_dimensions(folder: Path) -> None:
    shape = "[" + "1," * 5_000_000 + "1]"
    write_header(folder, b'{"a":{"dtype":"F32","shape":%s,"data_offsets":[0,4]}}\0\0\0\0' % shape.encode())


def long_name(folder: Path) -> None:
    write_header(folder, b'{"%s":{"dtype":"X","shape":[],"data_offsets":[0,0]}}' % (b"n" * 20_000_000))


def long_dtype(folder: Path) -> None:
    write_header(folder, b'{"a":{"dtype":"%s","shape":[],"data_offsets":[0,0]}}' % (b"n" * 20_000_000))


def deep_header(folder: Path) -> None:
    write_header(folder, DEEP)


def many_encoders(folder: Path) -> None:
    entry = '"%d.embeddings.word_embeddings.weight":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    write_header(folder, ("{" + ",".join(entry % number for number in range(15_000)) + "}").encode())


def long_activation(folder: Path) -> None:
    change_config(folder, hidden_act="x" * 900_000)


def long_kind(folder: Path) -> None:
    change_config(folder, model_type="x" * 900_000)


def huge_number(folder: Path) -> None:
    text = (folder / "config.json").read_text()
    (folder / "config.json").write_text(text.replace('"hidden_size": 16', f'"hidden_size": {"9" * 4000}'))


def number_of_too_many_digits(folder: Path) -> None:
    text = (folder / "config.json").read_text()
    (folder / "config.json").write_text(text.replace('"hidden_size": 16', f'"hidden_size": {"9" * 90_000}'))


def no_number(folder: Path) -> None:
    change_config(folder, layer_norm_eps=float("nan"))


def long_switch(folder: Path) -> None:
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": "x" * 9_000_000}))


def two_tensors_of_a_name(folder: Path) -> None:
    write_header(folder, b'{"a":{},"a":{}}')


WAYS: tuple[Callable[[Path], None], ...] = (
    many_tensors,
    many_dimensions,
    long_name,
    long_dtype,
    deep_header,
    many_encoders,
    long_activation,
    long_kind,
    huge_number,
    number_of_too_many_digits,
    no_number,
    long_switch,
    two_tensors_of_a_name,
)


@pytest.fixture
def model(repository: Path, tiny_model_folder: Path) -> Path:
    (repository / "model.safetensors").write_bytes((tiny_model_folder / "model.safetensors").read_bytes())
    return repository


@pytest.mark.parametrize("call", [annopipe.load, annopipe.import_model])
@pytest.mark.parametrize("spoil", WAYS)
@pytest.mark.usefixtures("store")
def test_it_is_refused_soon_in_a_short_text(spoil: Callable[[Path], None], call: Callable, model: Path) -> None:
    spoil(model)
    start = time.process_time()
    with pytest.raises(ModelError) as caught:
        call(str(model))
    assert time.process_time() - start < 10
    assert len(str(caught.value)) <= LONGEST_TEXT


@pytest.mark.parametrize("name", JSON_FILES)
@pytest.mark.parametrize("call", [annopipe.load, annopipe.import_model])
@pytest.mark.usefixtures("store")
def test_brackets_without_an_end(name: str, call: Callable, model: Path) -> None:
    (model / name).write_bytes(DEEP)
    if name.endswith("index.json"):
        (model / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=name):
        call(str(model))


def test_a_damaged_copy_of_a_loaded_model_is_refused(model: Path, tiny_model_folder: Path) -> None:
    annopipe.load(tiny_model_folder)
    assert annopipe.load(model).model is annopipe.load(tiny_model_folder).model
    copy = model.with_name("copy")
    shutil.copytree(model, copy)
    (copy / "added_tokens.json").write_text("[")
    with pytest.raises(ModelError, match=r"added_tokens\.json is not valid JSON"):
        annopipe.load(copy)


def test_added_tokens_of_a_copy_are_warned_of(model: Path, tiny_model_folder: Path) -> None:
    rows = annopipe.load(tiny_model_folder).model.config.vocab_size
    (model / "added_tokens.json").write_text(json.dumps({"<more>": rows}))
    with pytest.warns(AnnopipeWarning, match="<more>"):
        annopipe.load(model)


@pytest.mark.parametrize("piece", ["<unk>", "<pad>", "▁the", "▁café", "[MASK]", "ing"])
@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xed\xa0\x80"])
def test_a_vocabulary_that_is_no_text(piece: str, bad: bytes, model: Path) -> None:
    path, name = model / "spiece.model", piece.encode()
    path.write_bytes(path.read_bytes().replace(name, (bad * len(name))[: len(name)], 1))
    with pytest.raises(VocabularyError, match="no text"):
        annopipe.load(str(model)).model.embed_sentences(["the café"])


def test_every_error_and_warning_is_bounded() -> None:
    for kind in (AnnopipeError, *AnnopipeError.__subclasses__(), AnnopipeWarning, annopipe.errors.StoreError):
        text = str(kind("a" * 20_000_000 + "what to do"))
        assert len(text) <= LONGEST_TEXT
        assert text.endswith("what to do")
        assert "19994" in text


def test_deep_json_of_an_import(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(DEEP)
    with pytest.raises(ModelError, match=r"x\.json"):
        read_object(tmp_path / "x.json")
