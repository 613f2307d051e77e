"""The vocabulary of a model folder, whole and damaged."""

import json
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from annopipe.albert.config import AlbertConfig
from annopipe.albert.vocabulary import Vocabulary
from annopipe.errors import AnnopipeWarning, ModelFileMissing, VocabularyError
from tiny_model import write_json


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model's vocabulary that may be damaged."""
    for name in ("config.json", "spiece.model", "tokenizer_config.json"):
        shutil.copy(tiny_model_folder / name, tmp_path / name)
    return tmp_path


def read(folder: Path) -> Vocabulary:
    return Vocabulary.read(folder, AlbertConfig.read(folder))


def test_special_pieces_are_found_by_name(folder: Path) -> None:
    vocabulary = read(folder)
    assert vocabulary.special == {"<pad>": 0, "<unk>": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}
    assert (vocabulary.cls_id, vocabulary.sep_id) == (2, 3)
    assert vocabulary.table.names[vocabulary.space_id] == "▁"


def test_no_vocabulary(folder: Path) -> None:
    (folder / "spiece.model").unlink()
    with pytest.raises(ModelFileMissing, match=r"no spiece\.model: copy the model's SentencePiece vocabulary there\.$"):
        read(folder)
    (folder / "tokenizer.json").write_text("{}", "utf-8")
    with pytest.raises(
        ModelFileMissing, match=r"or make a model folder of what is in tokenizer\.json: annopipe import"
    ):
        read(folder)


def test_a_pointer_in_place_of_the_vocabulary(folder: Path) -> None:
    (folder / "spiece.model").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "utf-8")
    with pytest.raises(VocabularyError, match="a pointer of Git LFS, without the vocabulary"):
        read(folder)


@pytest.mark.parametrize("content", [b"", b"no protobuf at all", b"\0" * 100])
def test_damaged_vocabulary(folder: Path, content: bytes) -> None:
    (folder / "spiece.model").write_bytes(content)
    with pytest.raises(VocabularyError, match=r"spiece\.model is not a SentencePiece model"):
        read(folder)


def test_truncated_vocabulary(folder: Path) -> None:
    path = folder / "spiece.model"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(VocabularyError, match="spiece"):
        read(folder)


def test_a_piece_that_is_no_text(folder: Path) -> None:
    path = folder / "spiece.model"
    path.write_bytes(path.read_bytes().replace("▁café".encode(), b"\xeb\x96\x81caf\xff\xff", 1))
    with pytest.raises(VocabularyError, match="no text"):
        read(folder).encode(["a"])


def test_vocabulary_of_another_model(folder: Path) -> None:
    config = AlbertConfig.read(folder)
    for rows in (config.vocab_size - 1, config.vocab_size + 1025, 30000):
        with pytest.raises(VocabularyError, match="vocabulary of another model"):
            Vocabulary.read(folder, replace(config, vocab_size=rows))


def test_vocabulary_without_cls(folder: Path) -> None:
    path = folder / "spiece.model"
    path.write_bytes(path.read_bytes().replace(b"[CLS]", b"[CLX]"))
    with pytest.raises(VocabularyError, match=r"no piece \[CLS\]"):
        read(folder)


def test_defaults_without_tokenizer_config(folder: Path) -> None:
    (folder / "tokenizer_config.json").unlink()
    rules = read(folder).rules
    assert (rules.do_lower_case, rules.remove_space, rules.keep_accents) == (True, True, False)


def test_tokenizer_config_is_followed(folder: Path) -> None:
    write_json(folder / "tokenizer_config.json", {"do_lower_case": False, "keep_accents": True, "remove_space": False})
    rules = read(folder).rules
    assert (rules.do_lower_case, rules.remove_space, rules.keep_accents) == (False, False, True)


@pytest.mark.parametrize("content", ["{", "[]", '{"do_lower_case": "yes"}', '{"keep_accents": null}'])
def test_damaged_tokenizer_config(folder: Path, content: str) -> None:
    (folder / "tokenizer_config.json").write_text(content)
    with pytest.raises(VocabularyError, match=r"tokenizer_config\.json"):
        read(folder)


def fast_tokenizer(folder: Path, *steps: str, pieces: int) -> None:
    """A ``tokenizer.json`` with some normalising steps and a vocabulary of some size."""
    normaliser = {"type": "Sequence", "normalizers": [{"type": step} for step in steps]}
    write_json(folder / "tokenizer.json", {"normalizer": normaliser, "model": {"vocab": [["x", 0.0]] * pieces}})


def test_a_tokenizer_json_that_agrees_is_silent(folder: Path) -> None:
    fast_tokenizer(folder, "NFKD", "StripAccents", "Lowercase", pieces=read(folder).processor.get_piece_size())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(folder)


@pytest.mark.parametrize(
    ("steps", "pieces", "said"),
    [
        (("StripAccents",), None, "keeps case"),
        (("Lowercase",), None, "keeps accents"),
        (("Lowercase", "StripAccents"), 7, "7 pieces"),
    ],
)
def test_a_tokenizer_json_that_disagrees_is_named(
    folder: Path, steps: tuple[str, ...], pieces: int | None, said: str
) -> None:
    ids = read(folder).encode(["The House"]).ids.tolist()
    fast_tokenizer(folder, *steps, pieces=pieces or read(folder).processor.get_piece_size())
    with pytest.warns(AnnopipeWarning, match=said):
        vocabulary = read(folder)
    assert vocabulary.encode(["The House"]).ids.tolist() == ids


def test_a_damaged_tokenizer_json_is_no_error(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps([1]))
    with pytest.warns(AnnopipeWarning, match="no JSON object"):
        read(folder)


def test_ids_of_the_bundled_vocabulary_equal_transformers_4() -> None:
    """Against ids frozen by ``tests/golden/make_tokenizer_golden.py``."""
    tests = Path(__file__).parents[1]
    vocabulary = read(tests.parent / "src" / "annopipe" / "models" / "albert_mini_en")
    records = json.loads((tests / "golden" / "tokenizer_v4.json").read_text("utf-8"))["records"]
    for record in records:
        assert vocabulary.encode([record["text"]]).ids.tolist() == record["ids"], record["text"]
