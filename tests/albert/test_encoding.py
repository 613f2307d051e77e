"""Texts to pieces in the ``albert`` dialect."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert.odd_texts import texts
from albert.slow_encoding import encode_slowly, reach
from annopipe.albert import encoding
from annopipe.albert.normalise import FoldingRules
from annopipe.albert.piece_table import SPECIAL_PIECES
from annopipe.albert.vocabulary import Vocabulary


def spelt(vocabulary: Vocabulary, text: str) -> list[tuple[str, str]]:
    """Pieces of a text with the part of the text that each stands for."""
    pieces = vocabulary.encode([text])
    names = [vocabulary.table.names[number] for number in pieces.ids]
    return [(name, text[begin:end]) for name, (begin, end) in zip(names, pieces.spans(0), strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  GARDEN", [("▁the", "The"), ("▁garden", "GARDEN")]),
        ("(house", [("▁", ""), ("(", "("), ("h", "h"), ("o", "o"), ("u", "u"), ("s", "s"), ("e", "e")]),
        ("house.", [("▁house", "house"), (".", ".")]),
        ("the\u0301 man", [("▁the", "the"), ("▁man", "man")]),
        ("the\x01 m\u00e1n", [("▁the", "the"), ("▁man", "m\u00e1n")]),
        ("t\x01he", [("▁the", "t\x01he")]),
        ("``the", [("▁", ""), ('"', "``"), ("t", "t"), ("h", "h"), ("e", "e")]),
        ("漢字", [("▁", ""), ("<unk>", "漢字")]),
        ("in 1990,", [("▁in", "in"), ("▁19", "19"), ("9", "9"), ("0", "0"), (",", ",")]),
        ("", []),
        (" \t\u200b\ufeff", []),
    ],
)
def test_pieces_know_their_text(vocabulary: Vocabulary, text: str, expected: list[tuple[str, str]]) -> None:
    assert [piece[1] for piece in spelt(vocabulary, text)] == [piece[1] for piece in expected]
    assert [piece[0] for piece in spelt(vocabulary, text)] == [piece[0] for piece in expected]


def test_one_character_may_become_several_pieces(vocabulary: Vocabulary) -> None:
    pieces = spelt(vocabulary, "the …")
    assert pieces == [("▁the", "the"), ("▁", ""), (".", "…"), (".", "…"), (".", "…")]


@pytest.mark.parametrize("text", ["[CLS]", "a [SEP] b", "<pad>", "<unk>", "[MASK]", "[sep]"])
def test_text_that_spells_a_special_piece_is_text(vocabulary: Vocabulary, text: str) -> None:
    special = {number for name, number in vocabulary.special.items() if name != "<unk>"}
    assert not special & set(vocabulary.encode([text], case_sensitive=True).ids.tolist())
    assert not special & set(vocabulary.encode([text]).ids.tolist())


def test_case_is_kept_when_asked_for(vocabulary: Vocabulary) -> None:
    folded, kept = vocabulary.encode(["THE"]), vocabulary.encode(["THE"], case_sensitive=True)
    assert folded.ids.tolist() == [vocabulary.table.names.index("▁the")]
    assert kept.ids.tolist() == [vocabulary.table.names.index("▁"), vocabulary.table.unknown]


rules_of_folding = st.builds(FoldingRules, do_lower_case=st.booleans(), keep_accents=st.booleans())


@cache
def with_rules(vocabulary: Vocabulary, rules: FoldingRules) -> Vocabulary:
    """The vocabulary of a model made for other text."""
    return replace(vocabulary, rules=rules)


def check_pieces(vocabulary: Vocabulary, many: list[str], rules: FoldingRules) -> None:
    """Ids, spans and survivors equal those of the slow way."""
    pieces = with_rules(vocabulary, rules).encode(many)
    names = vocabulary.table.names
    ordinary = set(names) - set(SPECIAL_PIECES)
    for number, text in enumerate(many):
        slow, survivors = encode_slowly(vocabulary.processor, text, rules.do_lower_case, rules.keep_accents)
        own = slice(pieces.offsets[number], pieces.offsets[number + 1])
        known = [piece.name if piece.name in ordinary else "<unk>" for piece in slow]
        assert [names[number] for number in pieces.ids[own]] == known
        spans = pieces.spans(number)
        assert [list(range(begin, end)) for begin, end in spans] == [list(reach(piece)) for piece in slow]
        characters = pieces.survives[pieces.starts[number] : pieces.starts[number + 1]]
        assert set(np.flatnonzero(characters).tolist()) == survivors
        check_order(spans, survivors)


def check_order(spans: list[tuple[int, int]], survivors: set[int]) -> None:
    """Spans never go back, and together cover every survivor."""
    assert all(first[1] <= second[1] for first, second in pairwise(spans))
    full = [span for span in spans if span[0] < span[1]]
    assert all(first[0] <= second[0] for first, second in pairwise(full))
    assert survivors <= {place for begin, end in full for place in range(begin, end)}


@given(many=st.lists(texts, max_size=5), rules=rules_of_folding)
def test_pieces_equal_the_slow_way(vocabulary: Vocabulary, many: list[str], rules: FoldingRules) -> None:
    check_pieces(vocabulary, many, rules)


@pytest.mark.long
@settings(max_examples=10_000)
@given(many=st.lists(texts, max_size=5), rules=rules_of_folding)
def test_pieces_equal_the_slow_way_long(vocabulary: Vocabulary, many: list[str], rules: FoldingRules) -> None:
    check_pieces(vocabulary, many, rules)


@given(text=texts)
def test_parts_of_a_long_text_are_as_the_whole(vocabulary: Vocabulary, text: str) -> None:
    whole = vocabulary.encode([text, text])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "SEGMENT_CHARACTERS", 5)
        patch.setattr(encoding, "PASS_CHARACTERS", 12)
        parts = vocabulary.encode([text, text])
    for column in ("ids", "begin", "end", "offsets", "survives", "starts"):
        np.testing.assert_array_equal(getattr(parts, column), getattr(whole, column), column)


@pytest.mark.parametrize("text", ["x" * 1_000_000, "漢" * 300_000, "the house " * 100_000, "\u0301" * 200_000])
def test_long_texts_are_encoded_whole(vocabulary: Vocabulary, text: str) -> None:
    pieces = vocabulary.encode([text])
    survivors = int(pieces.survives.sum())
    assert survivors == sum(not letter.isspace() and letter != "\u0301" for letter in text)
    assert int((pieces.end - pieces.begin).sum()) == survivors
