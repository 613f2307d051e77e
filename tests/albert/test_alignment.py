"""Tokens to pieces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert.odd_texts import texts
from albert.slow_encoding import encode_slowly, first_and_last
from annopipe.albert.alignment import align
from annopipe.albert.vocabulary import Vocabulary

Tokens = list[tuple[int, int]]


def aligned(vocabulary: Vocabulary, text: str, tokens: Tokens) -> list[tuple[int, int]]:
    """First and last piece of each token of one text."""
    begin, end = np.array(tokens, np.int64).reshape(-1, 2).T
    found = align(vocabulary.encode([text]), begin, end, np.array([0, len(tokens)]))
    return list(zip(found.first.tolist(), found.last.tolist(), strict=True))


def test_a_bare_space_mark_is_no_ones_piece(vocabulary: Vocabulary) -> None:
    assert aligned(vocabulary, "the (house", [(0, 3), (4, 5)]) == [(0, 1), (2, 3)]


def test_a_piece_over_two_tokens_serves_both(vocabulary: Vocabulary) -> None:
    assert vocabulary.encode(["the"]).ids.size == 1
    assert aligned(vocabulary, "the", [(0, 1), (1, 3)]) == [(0, 1), (0, 1)]


@pytest.mark.parametrize("token", [(3, 4), (4, 4), (9, 12)])
def test_a_token_of_nothing_that_survives_has_no_piece(vocabulary: Vocabulary, token: tuple[int, int]) -> None:
    assert aligned(vocabulary, "the\u0301 man", [token]) == [(-1, -1)]


def test_an_ellipsis_has_three_pieces(vocabulary: Vocabulary) -> None:
    assert aligned(vocabulary, "the …", [(0, 3), (4, 5)]) == [(0, 1), (2, 5)]


def test_a_character_that_becomes_several_words_has_all_their_pieces(vocabulary: Vocabulary) -> None:
    assert vocabulary.encode(["the \ufdfa"]).ids.size == 9
    assert aligned(vocabulary, "the \ufdfa", [(0, 3), (4, 5)]) == [(0, 1), (2, 9)]


@st.composite
def texts_with_tokens(draw: st.DrawFn) -> list[tuple[str, Tokens]]:
    """Texts, each with spans in any order that may overlap, be empty, or reach over the end."""
    many = draw(st.lists(texts, max_size=4))
    place = st.integers(0, 12)
    return [(text, draw(st.lists(st.tuples(place, place), max_size=6))) for text in many]


def check_alignment(vocabulary: Vocabulary, many: list[tuple[str, Tokens]]) -> None:
    """All tokens of all texts as the slow way has them."""
    tokens = np.array([token for _, own in many for token in own], np.int64).reshape(-1, 2)
    offsets = np.cumsum([0, *(len(own) for _, own in many)])
    pieces = vocabulary.encode([text for text, _ in many])
    found = align(pieces, tokens[:, 0], tokens[:, 1], offsets)
    at = 0
    for number, (text, own) in enumerate(many):
        slow, survivors = encode_slowly(vocabulary.processor, text)
        for begin, end in own:
            expected = first_and_last(slow, survivors, begin, end)
            if expected is None:
                assert (found.first[at], found.last[at]) == (-1, -1)
            else:
                base = pieces.offsets[number]
                assert (found.first[at] - base, found.last[at] - base) == expected
            at += 1


@given(many=texts_with_tokens())
def test_alignment_equals_the_slow_way(vocabulary: Vocabulary, many: list[tuple[str, Tokens]]) -> None:
    check_alignment(vocabulary, many)


@pytest.mark.long
@settings(max_examples=10_000)
@given(many=texts_with_tokens())
def test_alignment_equals_the_slow_way_long(vocabulary: Vocabulary, many: list[tuple[str, Tokens]]) -> None:
    check_alignment(vocabulary, many)
