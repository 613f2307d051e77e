"""The eight clean-up modes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annopipe.annotators.cleanup import CLEANUPS

SPACE = r"[ \t\n\x0b\f\r]"
TRIM = "".join(map(chr, range(33)))
SOUP = st.text(st.sampled_from([*" \t\n\r\x0b\x1c\x00a\\nrt", "\u00a0", "\u0085"]), max_size=30)
# The patterns as Spark NLP writes them, straight: (pattern, replacement, trimmed first)
STRAIGHT = {
    "disabled": (r"(?!)", "", False),
    "inplace": (SPACE, " ", False),
    "inplace_full": (rf"{SPACE}|(?:\\r)?\\n|\\t", " ", False),
    "shrink": (rf"{SPACE}+", " ", True),
    "shrink_full": (rf"{SPACE}+|(?:\\r)*(?:\\n)+|(?:\\t)+", " ", True),
    "each": (rf"{SPACE}[\n\t]", " ", False),
    "each_full": (rf"{SPACE}(?:\n|\t|(?:\\r)?\\n|\\t)", " ", False),
    "delete_full": (r"(?:\\r)?\\n|\\t", "", True),
}


@pytest.mark.parametrize("mode", CLEANUPS)
@given(text=SOUP)
def test_modes_are_the_straight_patterns(mode: str, text: str) -> None:
    pattern, by, trim = STRAIGHT[mode]
    assert CLEANUPS[mode](text) == re.sub(pattern, by, text.strip(TRIM) if trim else text)


@pytest.mark.parametrize(
    ("mode", "clean"),
    [
        ("disabled", " a\n\tb\\n "),
        ("inplace", " a  b\\n "),
        ("inplace_full", " a  b  "),
        ("shrink", "a b\\n"),
        ("shrink_full", "a b "),
        ("each", " a b\\n "),
        ("each_full", " a b\\n "),
        ("delete_full", "a\n\tb"),
    ],
)
def test_one_text_through_all_modes(mode: str, clean: str) -> None:
    assert CLEANUPS[mode](" a\n\tb\\n ") == clean


def test_long_runs_are_read_once() -> None:
    assert CLEANUPS["shrink_full"]("a" + "\\r" * 2_000_000 + "b").count("\\r") == 2_000_000
