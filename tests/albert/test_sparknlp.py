"""The ``sparknlp`` dialect: words alone, the cut, and the [SEP] vector at it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert.odd_texts import texts
from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import WordSettings
from annopipe.albert.sparknlp import modified_utf8
from annopipe.albert.vocabulary import Vocabulary
from annopipe.albert.words import WordVectors


def embed(model: AlbertModel, words: list[str], **choices: object) -> WordVectors:
    """Vectors of the words of one text, a space between."""
    ends = np.cumsum([len(word) + 1 for word in words], dtype=np.int64) - 1
    begin = ends - [len(word) for word in words]
    settings = WordSettings(dialect="sparknlp", **choices)
    return model.embed_words([" ".join(words)], begin, ends, np.array([0, len(words)]), settings)


def pieces_alone(vocabulary: Vocabulary, word: str) -> list[int]:
    """Pieces of one word without the bare ``▁``."""
    return [number for number in vocabulary.processor.encode(word) if number != vocabulary.space_id]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", b"abc"),
        ("é漢", "é漢".encode()),
        ("\0", b"\xc0\x80"),
        ("a\0é", b"a\xc0\x80\xc3\xa9"),
        ("𝘸", b"\xed\xa0\xb5\xed\xb8\xb8"),
        ("\ud800x", "\ufffdx".encode()),
    ],
)
def test_modified_utf8(text: str, expected: bytes) -> None:
    assert modified_utf8(text) == expected


def test_each_word_has_its_own_space_mark(tiny_model: AlbertModel) -> None:
    names = tiny_model.vocabulary.table.names
    found = embed(tiny_model, ["the", "(", "house"])
    assert [names[number] for number in found.piece_id] == ["▁the", "(", "▁house"]
    ids = np.array([[2, *found.piece_id, 3]], np.int64)
    np.testing.assert_allclose(found.vectors, tiny_model.encoder.run(ids)[0, 1:-1], atol=1e-6)


def test_accents_and_quotes_stay(tiny_model: AlbertModel) -> None:
    names = tiny_model.vocabulary.table.names
    assert names[embed(tiny_model, ["café"]).piece_id[0]] == "▁café"
    assert names[tiny_model.vocabulary.encode(["café"]).ids[0]] != "▁café"


def test_case(tiny_model: AlbertModel) -> None:
    lower, kept = embed(tiny_model, ["THE"]), embed(tiny_model, ["THE"], case_sensitive=True)
    assert lower.piece_id[0] == tiny_model.vocabulary.processor.piece_to_id("▁the")
    assert kept.piece_id[0] == tiny_model.vocabulary.table.unknown


@pytest.mark.parametrize("word", ["\u200b", "\ufeff", "\x01", "\u3000", "\u2028", "\ufffd", "▁", ""])
def test_a_word_of_nothing_has_no_vector(tiny_model: AlbertModel, word: str) -> None:
    found = embed(tiny_model, ["the", word, "house"])
    assert found.found.tolist() == [True, False, True]
    assert found.piece_id[1] == -1
    assert not found.vectors[1].any()
    assert found.cut.tolist() == [0]


def test_an_astral_word_is_unknown(tiny_model: AlbertModel) -> None:
    assert embed(tiny_model, ["𝘵𝘩𝘦"]).piece_id.tolist() == [tiny_model.vocabulary.table.unknown]
    assert not embed(tiny_model, ["𝘵𝘩𝘦"]).oov.any()


@pytest.mark.parametrize(("limit", "count"), [(-1, 0), (0, 0), (2, 0), (3, 1), (4, 2), (6, 3), (None, 3)])
def test_tokens_behind_the_limit_have_no_vector(tiny_model: AlbertModel, limit: int | None, count: int) -> None:
    found = embed(tiny_model, ["the", "man", "was"], window=limit)
    assert found.found.tolist() == [True] * count + [False] * (3 - count)
    assert found.cut.tolist() == [3 - count]


def test_the_piece_at_the_cut_has_the_state_of_sep(tiny_model: AlbertModel) -> None:
    words = ["xylx", "the", "man"]
    first = pieces_alone(tiny_model.vocabulary, words[0])
    limit = len(first) + 2
    found = embed(tiny_model, words, window=limit)
    states = tiny_model.encoder.run(np.array([[2, *first, 3]], np.int64))[0]
    assert found.found.tolist() == [True, True, False]
    np.testing.assert_allclose(found.vectors[:2], states[[1, -1]], atol=1e-6)
    assert found.cut.tolist() == [1]


def test_the_limit_is_the_model_s_at_most(tiny_model: AlbertModel) -> None:
    longest = tiny_model.config.max_position_embeddings
    found = embed(tiny_model, ["the"] * 100)
    assert int(found.found.sum()) == longest - 2
    assert found.cut.tolist() == [100 - (longest - 2)]


words_of_texts = st.lists(st.lists(texts.map(lambda text: text.replace(" ", "")), max_size=12), max_size=3)


@given(many=words_of_texts, limit=st.integers(0, 20))
def test_the_rules_spelt_out(tiny_model: AlbertModel, many: list[list[str]], limit: int) -> None:
    """Each text against the recorded rules, one token after the other."""
    vocabulary = tiny_model.vocabulary
    spans = [np.cumsum([0, *(len(word) for word in words)]) for words in many]
    found = tiny_model.embed_words(
        ["".join(words) for words in many],
        np.concatenate([np.zeros(0, np.int64), *(ends[:-1] for ends in spans)]),
        np.concatenate([np.zeros(0, np.int64), *(ends[1:] for ends in spans)]),
        np.cumsum([0, *map(len, many)]),
        WordSettings(dialect="sparknlp", window=limit),
    )
    at = 0
    for number, words in enumerate(many):
        pieces: list[int] = []
        starts: list[int | None] = []
        for place, word in enumerate(words):
            ids = vocabulary.processor.encode(modified_utf8(word.lower())) if place < limit - 2 else []
            ids = [number for number in ids if number != vocabulary.space_id]
            starts.append(len(pieces) if ids else None)
            pieces += ids
        room = max(limit - 2, 0)
        states = tiny_model.encoder.run(np.array([[2, *pieces[:room], 3]], np.int64))[0]
        for start in starts:
            reached = start is not None and start <= room
            assert found.found[at] == reached
            assert found.piece_id[at] == (pieces[start] if reached else -1)
            expected = states[start + 1] if reached else np.zeros(tiny_model.dimension)
            np.testing.assert_allclose(found.vectors[at], expected, atol=1e-6)
            at += 1
        behind = [place >= room or (start is not None and start > room) for place, start in enumerate(starts)]
        assert found.cut[number] == sum(behind)
