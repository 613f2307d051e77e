"""Models whose vocabulary is WordPiece or byte pairs: told by name wherever they come in, with what serves."""

import json
from pathlib import Path

import pytest

import annopipe
from annopipe.errors import ModelFileMissing, ModelNotHere, OtherVocabulary, VocabularyError
from annopipe.hub.contents import needed
from importers.conftest import nothing_kept

WORDS = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n的\n一\n"


def write_list(folder: Path) -> None:
    (folder / "vocab.txt").write_text(WORDS, encoding="utf-8")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')


def write_chinese(folder: Path) -> None:
    (folder / "vocab_chinese.txt").write_text(WORDS, encoding="utf-8")


def write_asset(folder: Path) -> None:
    (folder / "assets").mkdir()
    (folder / "assets" / "vocab_chinese.txt").write_text(WORDS, encoding="utf-8")


def write_word_pieces(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"type": "WordPiece", "vocab": {"的": 0}}}))


def write_byte_pairs(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"type": "BPE", "vocab": {}, "merges": []}}))


def write_merges(folder: Path) -> None:
    (folder / "merges.txt").write_text("#version: 0.2\n")
    (folder / "vocab.json").write_text("{}")


FORMS = {
    "WordPiece": (write_list, write_chinese, write_asset, write_word_pieces),
    "BPE|byte-pair": (write_byte_pairs, write_merges),
}


@pytest.mark.parametrize(("kind", "write"), [(kind, write) for kind, all_ in FORMS.items() for write in all_])
@pytest.mark.parametrize("way", ["load", "pretrained", "import"])
def test_they_are_named_with_what_serves(way: str, kind: str, write, tiny_model_folder, repository, store) -> None:
    (repository / "model.safetensors").write_bytes((tiny_model_folder / "model.safetensors").read_bytes())
    (repository / "spiece.model").unlink()
    write(repository)
    calls = {"load": annopipe.load, "pretrained": annopipe.AlbertEmbeddings.pretrained, "import": annopipe.import_model}
    with pytest.raises(OtherVocabulary, match=rf"({kind}).*What serves: an ALBERT with a spiece\.model") as caught:
        calls[way](str(repository))
    assert isinstance(caught.value, VocabularyError)
    assert isinstance(caught.value, ModelFileMissing)
    assert "transformers" in str(caught.value)
    assert nothing_kept(store)


@pytest.mark.parametrize("others", [["vocab.txt"], ["vocab.txt", "tokenizer.json"], ["vocab.json", "merges.txt"]])
def test_a_hubs_model_is_refused_before_its_weights_are_fetched(others: list[str]) -> None:
    with pytest.raises(ModelNotHere, match=r"owner/name has no spiece\.model but .*What serves"):
        needed("owner/name", ["config.json", "model.safetensors", *others])


def test_a_spiece_model_goes_before_all(tiny_model_folder: Path, repository: Path) -> None:
    (repository / "model.safetensors").write_bytes((tiny_model_folder / "model.safetensors").read_bytes())
    write_list(repository)
    assert annopipe.load(repository).dimension == 16


def test_a_catalogs_folder(repository: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "spiece.model").unlink()
    (repository / "model.safetensors").touch()
    write_list(repository)
    (tmp_path / "c.toml").write_text(f'[[model]]\nname = "chinese"\nlanguage = "zh"\nfolder = {str(repository)!r}\n')
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(tmp_path / "c.toml"))
    with pytest.raises(ModelNotHere, match=r"WordPiece.*What serves"):
        annopipe.AlbertEmbeddings.pretrained("chinese", "zh")
    assert nothing_kept(store)
