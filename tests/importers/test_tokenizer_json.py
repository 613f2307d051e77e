"""``tokenizer.json`` as a SentencePiece vocabulary: the same pieces, or a reason."""

import contextlib
import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import annopipe
from albert.odd_texts import texts
from annopipe.albert.config import AlbertConfig
from annopipe.albert.vocabulary import Vocabulary
from annopipe.errors import VocabularyError
from annopipe.importers.tokenizer_json import sentencepiece_of
from annopipe.importers.wire import Message
from importers.conftest import same_bits
from importers.fast_tokenizer import tokenizer_json
from tiny_model import make_tiny_model, train_vocabulary

SPIECE = train_vocabulary()
Change = Callable[[dict[str, Any]], object]


def table_of(spiece: bytes) -> bytes:
    """The table of characters in a SentencePiece model."""
    normalizer = Message(spiece, "spiece.model").message(3)
    assert normalizer is not None
    return bytes(normalizer.data(2) or b"")


TABLE = table_of(SPIECE)
DOCUMENT = tokenizer_json(SPIECE, TABLE, penalty=False)


def vocabulary(folder: Path, spiece: bytes, switches: dict[str, bool]) -> Vocabulary:
    (folder / "spiece.model").write_bytes(spiece)
    (folder / "tokenizer_config.json").write_text(json.dumps(switches))
    return Vocabulary.read(folder, AlbertConfig.read(folder))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Vocabulary, Vocabulary]]:
    """The vocabulary as SentencePiece has it and as ``tokenizer.json`` does, by form and switches."""
    found = []
    for penalty in (False, True):
        for lower, accents in ((True, False), (False, True)):
            folder = make_tiny_model(tmp_path_factory.mktemp("vocabulary") / "m")
            document = json.loads(
                json.dumps(tokenizer_json(SPIECE, TABLE, penalty=penalty, lower=lower, accents=accents))
            )
            equivalent = sentencepiece_of(document)
            assert equivalent.switches == {"do_lower_case": lower, "keep_accents": accents, "remove_space": True}
            theirs = vocabulary(folder, SPIECE, dict(equivalent.switches))
            found.append((theirs, vocabulary(folder, equivalent.data, dict(equivalent.switches))))
    return found


@settings(max_examples=400)
@given(text=texts)
def test_the_pieces_are_the_same(text: str, pairs: list[tuple[Vocabulary, Vocabulary]]) -> None:
    for theirs, ours in pairs:
        first, second = theirs.encode([text]), ours.encode([text])
        assert np.array_equal(first.ids, second.ids)


def test_kinds_and_scores_are_the_same(pairs: list[tuple[Vocabulary, Vocabulary]]) -> None:
    for theirs, ours in pairs:
        for number in range(theirs.processor.get_piece_size()):
            one, other = theirs.processor, ours.processor
            assert one.id_to_piece(number) == other.id_to_piece(number)
            assert one.get_score(number) == other.get_score(number)
            for question in ("is_control", "is_unknown", "is_unused", "is_byte"):
                assert getattr(one, question)(number) == getattr(other, question)(number), question


def test_a_repository_without_spiece_model(store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fast"
    shutil.copytree(tiny_model_folder, folder)
    (folder / "spiece.model").unlink()
    (folder / "tokenizer_config.json").unlink()
    (folder / "tokenizer.json").write_text(json.dumps(DOCUMENT))
    annopipe.import_model(folder, "fast")
    text = ["The teachers' 9, résumés — “cost” £1990,50!"]
    [ours] = annopipe.load("fast").embed_words(text)
    [theirs] = annopipe.load(tiny_model_folder).embed_words(text)
    assert same_bits(ours.vectors, theirs.vectors)


@pytest.mark.oracle
def test_what_this_transformers_writes(tiny_model_folder: Path, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    transformers.AlbertTokenizer.from_pretrained(tiny_model_folder).save_pretrained(tmp_path)
    equivalent = sentencepiece_of(json.loads((tmp_path / "tokenizer.json").read_bytes()))
    ours = sentencepiece_of(json.loads(json.dumps(DOCUMENT)))
    assert equivalent == ours


def _step(**step: Any) -> Change:
    return lambda document: document["normalizer"]["normalizers"].append(step)


def _model(**values: Any) -> Change:
    return lambda document: document["model"].update(values)


def _piece(number: int, *piece: Any) -> Change:
    return lambda document: document["model"]["vocab"].__setitem__(number, list(piece))


def _drop(step: int) -> Change:
    return lambda document: document["normalizer"]["normalizers"].pop(step)


def _set(key: str, value: Any) -> Change:
    return lambda document: document.__setitem__(key, value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_model(type="WordPiece"), "its model is 'WordPiece'"),
        (_model(type="BPE"), "its model is 'BPE'"),
        (_set("model", None), "its model is None"),
        (_model(byte_fallback=True), "falls back on bytes"),
        (_model(unk_id=None), "no piece for what is unknown"),
        (_model(unk_id=10_000), "no piece for what is unknown"),
        (_model(vocab=[]), "no vocabulary"),
        (_model(vocab={"a": 1}), "no vocabulary"),
        (_piece(9, "a"), "no text with a score"),
        (_piece(9, "", 0.0), "no text with a score"),
        (_piece(9, "[CLS]", 0.0), "twice"),
        (_piece(9, "\ud800", 0.0), "no text"),
        (_piece(30, "piece", -1.1), "more digits than SentencePiece keeps"),
        (_piece(30, "piece", float("nan")), "is no number"),
        (_piece(30, "piece", "x"), "is no number"),
        (_drop(0), "does not begin by replacing ``"),
        (_drop(1), "does not begin by replacing ''"),
        (_drop(2), "'StripAccents' where ALBERT's has none"),
        (_step(type="Strip", left=True, right=True), "a step 'Strip'"),
        (_step(type="Lowercase"), "a step 'Lowercase'"),
        (_step(type="Replace", pattern={"String": "a"}, content="b"), "a step 'Replace'"),
        (_step(type="Precompiled", precompiled_charsmap="AAAA"), "a step 'Precompiled'"),
        (_set("normalizer", None), "does not begin by replacing"),
        (_set("normalizer", {"type": "Sequence"}), "is empty"),
        (_set("pre_tokenizer", None), "its pre-tokenizer is none"),
        (_set("pre_tokenizer", {"type": "ByteLevel"}), "its pre-tokenizer is ByteLevel"),
        (_set("pre_tokenizer", {"type": "Metaspace", "replacement": "_"}), "does not put ▁"),
        (
            _set("pre_tokenizer", {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"}),
            "does not put ▁",
        ),
        (_set("post_processor", None), r"does not put \[CLS\]"),
        (_set("post_processor", {"type": "TemplateProcessing", "single": []}), r"does not put \[CLS\]"),
        (_set("added_tokens", [{"content": "x"}]), "no known form"),
        (_set("added_tokens", [{"id": 3, "content": "x"}]), "another place"),
        (_set("added_tokens", [{"id": 30, "content": None}]), "another place"),
    ],
)
def test_what_has_no_equivalent_is_refused_with_the_reason(change: Change, reason: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    with pytest.raises(VocabularyError, match=reason):
        sentencepiece_of(document)


def test_bert_processing_is_known() -> None:
    document = {**DOCUMENT, "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 2], "sep": ["[SEP]", 3]}}
    assert sentencepiece_of(document) == sentencepiece_of(DOCUMENT)


def test_added_pieces_behind_the_vocabulary() -> None:
    added = {"id": len(DOCUMENT["model"]["vocab"]), "content": "[extra]", "special": True}
    document = {**DOCUMENT, "added_tokens": [*DOCUMENT["added_tokens"], added]}
    assert len(Message(sentencepiece_of(document).data, "x").messages(1)) == added["id"] + 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """All containers of a document with their keys, of a long list its first items alone."""
    found: list[tuple[Any, Any]] = []
    todo = [value]
    while todo:
        one = todo.pop()
        pairs = list(one.items()) if isinstance(one, dict) else list(enumerate(one[:20]))
        found += [(one, key) for key, _ in pairs]
        todo += [inner for _, inner in pairs if isinstance(inner, dict | list)]
    return found


@given(data=st.data(), value=json_values)
def test_a_document_with_any_value_anywhere(data: st.DataObject, value: Any) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    places = _places(document)
    holder, key = places[data.draw(st.integers(0, len(places) - 1))]
    holder[key] = value
    with contextlib.suppress(VocabularyError):
        sentencepiece_of(document)
