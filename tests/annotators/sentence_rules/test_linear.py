"""Time grows with the text, not with its square, and memory stays within a few times the text."""

import tracemalloc
from collections import deque
from time import process_time

import pytest

from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings

UNITS = {
    "short sentences": "Hi. ",
    "questions": "Oh? No! ",
    "dots": ".",
    "dots and spaces": ". ",
    "ellipses": "... ",
    "ellipses and white space": "...   \n",
    "semicolons": ";",
    "cries": "!",
    "cries in a word": "!x",
    "unclosed double quotes": '"a. ',
    "unclosed single quotes": " 'a. b",
    "opening single quotes": " '",
    "single quotes": "'",
    "double quotes": '"',
    "alternating quotes": " 'a' \"b\"",
    "quotes in each other": " 'a \"b",
    "unclosed brackets": "(a. ",
    "brackets": "(",
    "closing brackets": ")",
    "items in brackets": "(a)",
    "square brackets": "[a",
    "numbered items": "1. ",
    "digits": "7",
    "numbers": "5.5 ",
    "negative numbers": "-12",
    "spaces": " ",
    "newlines": "\n",
    "one word": "a",
    "initials": "a.",
    "initials after letters": "\u00e9.a.b",
    "marks on a letter": "a.b\u0301\u0301\u0301",
    "hours": "p.m. ",
    "abbreviations": " dr.",
    "abbreviations and white space": "p.     ",
    "possessives": ".'s ",
    "degrees": "a\u00b0.  ",
    "astral": "\U0001f600. ",
    "marks of ours": "\ufdd0\ufdd1.\ufdd2 ",
}


def seconds(rules: SentenceRules, text: str, runs: int = 3) -> float:
    """Return the processor time of the quickest run."""
    times = []
    for _ in range(runs):
        start = process_time()
        deque(rules.spans(text), maxlen=0)
        times.append(process_time() - start)
    return min(times)


def check_linear(rules: SentenceRules, unit: str) -> None:
    """Four times the text takes less than eight times the time; sixteen times as long would be its square.

    What is over in a twentieth of a second is too short to tell, and quick enough.
    """
    text = unit * (40_000 // len(unit))
    assert seconds(rules, text * 4) < 8 * max(seconds(rules, text), 0.05 / 8)


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_time_is_linear(unit: str) -> None:
    check_linear(SentenceRules(), unit)


@pytest.mark.parametrize("unit", ["a. ", "|", "'a'|", ". (a|b) "])
@pytest.mark.parametrize("strategy", ["none", "append"])
def test_time_with_bounds_is_linear(unit: str, strategy: str) -> None:
    check_linear(SentenceRules(SentenceSettings(customBounds=(r"\|", "b"), customBoundsStrategy=strategy)), unit)


@pytest.mark.parametrize("unit", ["a ", " ", "aa. "])
def test_time_of_cutting_is_linear(unit: str) -> None:
    check_linear(SentenceRules(SentenceSettings(splitLength=30, minLength=3, maxLength=30, utf16=True)), f"x{unit}")


@pytest.mark.long
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_ten_million_characters_take_bounded_time(unit: str) -> None:
    assert seconds(SentenceRules(), unit * (10_000_000 // len(unit)), runs=1) < 60


@pytest.mark.long
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_memory_stays_within_forty_times_the_text(unit: str) -> None:
    text = unit * (3_000_000 // len(unit))
    tracemalloc.start()
    deque(SentenceRules().spans(text), maxlen=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * len(text)
