"""Users' bounds."""

import pytest

from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings
from annopipe.errors import PatternError, PatternTimeout


def sentences(text: str, *bounds: str, strategy: str = "none", only: bool = False) -> list[str]:
    rules = SentenceRules(
        SentenceSettings(customBounds=bounds, customBoundsStrategy=strategy, useCustomBoundsOnly=only)
    )
    return [text[begin:end] for begin, end in rules.split(text)]


@pytest.mark.parametrize(
    ("strategy", "want"),
    [
        ("none", ["a. b", "c. d"]),
        ("prepend", ["a. b", "## c. d"]),
        ("append", ["a. b ##", "c. d"]),
    ],
)
def test_bounds_only(strategy: str, want: list[str]) -> None:
    assert sentences("a. b ## c. d", "##", strategy=strategy, only=True) == want


@pytest.mark.parametrize(
    ("strategy", "want"),
    [
        ("none", ["a.", "b", "c.", "d"]),
        ("prepend", ["a.", "b", "## c.", "d"]),
        ("append", ["a.", "b ##", "c.", "d"]),
    ],
)
def test_bounds_and_rules(strategy: str, want: list[str]) -> None:
    assert sentences("a. b ## c. d", "##", strategy=strategy) == want


def test_without_bounds_the_rules_hold() -> None:
    assert sentences("a. b", only=True) == ["a.", "b"]


def test_an_empty_bound_splits_all_characters() -> None:
    assert sentences("a \U0001f600b", "", only=True) == ["a", "\U0001f600", "b"]


def test_a_bound_that_matches_nothing_splits_before() -> None:
    assert sentences("one two two", "(?=two)", only=True) == ["one", "two", "two"]


def test_bounds_come_one_after_the_other() -> None:
    assert sentences("aXbYc", "X", "Y", only=True) == ["a", "b", "c"]
    assert sentences("aXYb", "X", "Y", strategy="prepend", only=True) == ["a", "X", "Yb"]
    assert sentences("aXYb", "X", "Y", strategy="append", only=True) == ["aX", "Y", "b"]


def test_a_later_bound_sees_the_breaks_of_an_earlier_one() -> None:
    assert sentences("aXbb", "X", r"a.b", only=True) == ["b"]
    assert sentences("aXbb", "X", r"a\wb", only=True) == ["a", "bb"]
    assert sentences("XYcX", "X", "^Y", only=True) == ["Yc"]
    assert sentences("aXbXc", "X", r"\W", strategy="append", only=True) == ["aX", "bX", "c"]


def test_a_bound_may_be_the_symbol_of_a_break() -> None:
    assert sentences("a\uf050b", "\uf050", only=True) == ["a", "b"]
    assert sentences("aX\uf050b", "X", "\uf050", strategy="prepend", only=True) == ["a", "X", "\uf050b"]


def test_with_bounds_abbreviations_come_before_numbers() -> None:
    """In "etc..5" the number quietens the second stop; only then does the abbreviation see none."""
    assert sentences("x etc..5 y") == ["x etc.", ".5 y"]
    assert sentences("x etc..5 y", "#") == ["x etc..5 y"]


def test_a_bound_in_an_enclosure_stops_its_protection() -> None:
    assert sentences('"a. b | c. d" e', r"\|") == ['"a.', "b", "c.", 'd" e']


def test_a_protected_bound_is_void_and_keeps_its_text() -> None:
    """The closing single quote takes in one more character, here the bound's break."""
    assert sentences("see 'a b'| c. | d", r"\|") == ["see 'a b'| c.", "d"]
    assert sentences("see 'a b'| c", r"\|", strategy="append") == ["see 'a b'|", "c"]


def test_a_sentence_is_found_behind_the_bound_that_shows_it() -> None:
    rules = SentenceRules(SentenceSettings(customBounds=(r"\d\w",), useCustomBoundsOnly=True))
    assert rules.split("a 1b b") == [(0, 1), (5, 6)]


def test_bounds_count_code_points() -> None:
    rules = SentenceRules(SentenceSettings(customBounds=(r"\|",)))
    assert rules.split("\U0001f600|\U0001f601. z") == [(0, 1), (2, 4), (5, 6)]


def test_a_text_with_marks_of_ours_keeps_its_bounds() -> None:
    assert sentences("a\ufdd0|b\ufdd4. c\ufdd6|\ufdd6d", r"\|") == ["a\ufdd0", "b\ufdd4.", "c\ufdd6", "\ufdd6d"]


def test_a_broken_bound_is_named() -> None:
    with pytest.raises(PatternError, match=r"\("):
        SentenceRules(SentenceSettings(customBounds=("(",)))


def test_a_hostile_bound_stops() -> None:
    rules = SentenceRules(SentenceSettings(customBounds=("(a|aa)+b",)))
    with pytest.raises(PatternTimeout):
        rules.split("a" * 4000)
