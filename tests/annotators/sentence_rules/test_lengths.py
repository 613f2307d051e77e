"""splitLength, minLength and maxLength."""

import pytest

from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings


def pieces(text: str, **settings: int) -> list[tuple[int, str]]:
    return [(begin, text[begin:end]) for begin, end in SentenceRules(SentenceSettings(**settings)).split(text)]


@pytest.mark.parametrize(
    ("limit", "want"),
    [
        (-1, [(0, "aa"), (3, "bb"), (6, "ccccc."), (13, "d")]),
        (0, [(0, "aa"), (3, "bb"), (6, "ccccc."), (13, "d")]),
        (4, [(0, "aa"), (3, "bb"), (6, "ccccc."), (13, "d")]),
        (5, [(0, "aa bb"), (6, "ccccc."), (13, "d")]),
        (11, [(0, "aa bb"), (6, "ccccc."), (13, "d")]),
        (12, [(0, "aa bb ccccc."), (13, "d")]),
    ],
)
def test_words_join_up_to_the_limit(limit: int, want: list[tuple[int, str]]) -> None:
    assert pieces("aa bb ccccc. d", splitLength=limit) == want


def test_a_first_word_longer_than_the_limit_begins_where_it_begins() -> None:
    assert pieces(" aaaa b. cccc", splitLength=3) == [(1, "aaaa"), (6, "b."), (9, "cccc")]


def test_spaces_in_a_row_are_empty_words() -> None:
    assert pieces("a   b", splitLength=2) == [(0, "a "), (3, " b")]
    assert pieces("a   b", splitLength=1) == [(0, "a"), (2, " "), (4, "b")]


def test_only_the_space_parts_words() -> None:
    assert pieces("a\tb\nc d", splitLength=1) == [(0, "a\tb\nc"), (6, "d")]


def test_short_and_long_sentences_are_dropped() -> None:
    text = "a. bb. ccc."
    assert pieces(text, minLength=3) == [(3, "bb."), (7, "ccc.")]
    assert pieces(text, maxLength=3) == [(0, "a."), (3, "bb.")]
    assert pieces(text, minLength=3, maxLength=3) == [(3, "bb.")]
    assert pieces(text, minLength=3, maxLength=2) == []
    assert pieces(text, maxLength=0) == []


def test_pieces_are_measured_after_the_cut() -> None:
    assert pieces("aa bbb cccc", splitLength=4, minLength=3, maxLength=3) == [(3, "bbb")]


def test_lengths_count_code_points_or_utf16_units() -> None:
    text = "\U0001f600\U0001f600. ab."
    assert pieces(text, maxLength=3) == [(0, "\U0001f600\U0001f600."), (4, "ab.")]
    assert pieces(text, maxLength=3, utf16=True) == [(4, "ab.")]
    assert pieces(text, minLength=5, utf16=True) == [(0, "\U0001f600\U0001f600.")]
    assert pieces("\U0001f600 \U0001f600", splitLength=3) == [(0, "\U0001f600 \U0001f600")]
    assert pieces("\U0001f600 \U0001f600", splitLength=3, utf16=True) == [(0, "\U0001f600"), (2, "\U0001f600")]


def test_without_limits_a_long_sentence_comes_out_whole() -> None:
    assert pieces("a" * 100_001) == [(0, "a" * 100_001)]
