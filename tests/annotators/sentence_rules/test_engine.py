"""What holds for every text and setting."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings

from .replace_and_split import BLANK
from .soup import anything

DEFAULT = SentenceRules()


def check_slices(text: str, spans: list[tuple[int, int]]) -> None:
    place = 0
    for begin, end in spans:
        assert place <= begin < end <= len(text)
        assert text[begin:end].strip(BLANK) == text[begin:end]
        place = end


@given(anything)
@settings(max_examples=200, deadline=None)
def test_sentences_are_trimmed_slices_in_order_and_lose_nothing(text: str) -> None:
    spans = DEFAULT.split(text)
    check_slices(text, spans)
    between = zip([0, *(end for _, end in spans)], [*(begin for begin, _ in spans), len(text)], strict=True)
    assert not any(text[end:begin].strip(BLANK) for end, begin in between)


@given(anything, st.sampled_from(["none", "prepend", "append"]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_bounds_keep_slices_in_order(text: str, strategy: str, only: bool) -> None:
    bounds = ("'|a*", r"\W", "(?=b)", "")
    rules = SentenceRules(
        SentenceSettings(customBounds=bounds, customBoundsStrategy=strategy, useCustomBoundsOnly=only)
    )
    check_slices(text, rules.split(text))


@given(anything, st.integers(-2, 9))
@settings(max_examples=200, deadline=None)
def test_pieces_are_slices_in_order(text: str, limit: int) -> None:
    place = 0
    for begin, end in SentenceRules(SentenceSettings(splitLength=limit)).split(text):
        assert place <= begin < end <= len(text)
        assert end - begin <= limit or " " not in text[begin:end]
        place = end


def test_spans_are_those_of_split_and_lazy() -> None:
    spans = DEFAULT.spans("One. Two; three!")
    assert next(spans) == (0, 4)
    assert list(spans) == DEFAULT.split("One. Two; three!")[1:]


def test_rules_pickle_as_their_settings() -> None:
    rules = pickle.loads(pickle.dumps(SentenceRules(SentenceSettings(customBounds=("[a]",)))))  # noqa: S301
    assert rules.settings.customBounds == ("[a]",)
    assert rules.split("xay") == [(0, 1), (2, 3)]


@pytest.mark.parametrize("text", ["", " ", "\n\t \x00\x1f", " \r\n"])
def test_blank_texts_have_no_sentences(text: str) -> None:
    assert DEFAULT.split(text) == []
