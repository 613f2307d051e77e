"""The linear rules against the literal ones, on random texts."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings

from .outputs import Lengths, mended, utf16_length
from .replace_and_split import BLANK, Rules, sentences
from .soup import texts

bounds = st.sampled_from([(), (), (), (r"\|",), (r"\|", "#"), ("[a-c]",), ("\n",), ("'",), (";", r"\.")])
rules = st.builds(
    Rules,
    abbreviations=st.booleans(),
    lists=st.booleans(),
    bounds=bounds,
    strategy=st.sampled_from(["none", "prepend", "append"]),
    only_bounds=st.booleans(),
)
limits = st.none() | st.integers(-1, 12)
lengths = st.builds(Lengths, split=limits, least=st.integers(-1, 6), most=limits)


def spans(text: str, rules: Rules, lengths: Lengths | None = None, *, utf16: bool = False) -> list[tuple[int, int]]:
    lengths = lengths or Lengths()
    settings = SentenceSettings(
        useAbbreviations=rules.abbreviations,
        detectLists=rules.lists,
        useCustomBoundsOnly=rules.only_bounds,
        customBounds=rules.bounds,
        customBoundsStrategy=rules.strategy,
        splitLength=lengths.split,
        minLength=lengths.least,
        maxLength=lengths.most,
        utf16=utf16,
    )
    return SentenceRules(settings).split(text)


def check_sentences(text: str, rules: Rules) -> None:
    found = [text[begin:end] for begin, end in spans(text, rules)]
    if rules.strategy == "none":  # a bound that protection made void stays in our slice, not in the literal result
        for bound in rules.bounds:
            found = [re.sub(bound, "", sentence).strip(BLANK) for sentence in found]
    assert found == sentences(text, rules)


def check_lengths(text: str, rules: Rules, lengths: Lengths, measure: Callable[[str], int]) -> None:
    found = spans(text, rules, lengths, utf16=measure is utf16_length)
    want = mended(text, rules, lengths, measure)
    assert [(measure(text[:begin]), measure(text[:end]) - 1, text[begin:end]) for begin, end in found] == want


@given(texts, rules)
@settings(max_examples=200, deadline=None)
def test_same_sentences(text: str, rules: Rules) -> None:
    check_sentences(text, rules)


@given(texts, st.builds(Rules), lengths, st.sampled_from([len, utf16_length]))
@settings(max_examples=200, deadline=None)
def test_same_pieces(text: str, rules: Rules, lengths: Lengths, measure: Callable[[str], int]) -> None:
    check_lengths(text, rules, lengths, measure)


@pytest.mark.long
@given(texts, rules)
@settings(max_examples=20_000, deadline=None)
def test_same_sentences_at_length(text: str, rules: Rules) -> None:
    check_sentences(text, rules)


@pytest.mark.long
@given(texts, st.builds(Rules), lengths, st.sampled_from([len, utf16_length]))
@settings(max_examples=10_000, deadline=None)
def test_same_pieces_at_length(text: str, rules: Rules, lengths: Lengths, measure: Callable[[str], int]) -> None:
    check_lengths(text, rules, lengths, measure)
