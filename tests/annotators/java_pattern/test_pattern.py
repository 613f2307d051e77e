"""Java patterns as objects: limits of time and size, caching, pickling, what has no equivalent."""

import pickle
import subprocess
import sys
import time

import pytest

from annopipe.annotators.java_pattern import Budget, compile_java
from annopipe.errors import PatternError, PatternTimeout


@pytest.mark.parametrize("hostile", ["(a+)+$", "(a|aa)+$", r"(\w+\s?)+$", "(?:a?){200}a{200}b?$"])
def test_a_pattern_that_runs_away_is_stopped(hostile: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(PatternTimeout, match=r"ran longer than 1\.0 s on a text of 5001 characters"):
        list(compile_java(hostile).finditer("a" * 5000 + "!"))
    assert time.perf_counter() - begun < 10


def test_calls_share_a_budget_and_the_callers_own_time_is_free() -> None:
    pattern, budget = compile_java("a"), Budget("", seconds=0.5)
    for _ in pattern.finditer("aaa", budget=budget):
        time.sleep(0.2)
    assert 0.4 < budget.left <= 0.5
    budget.run(lambda seconds: time.sleep(seconds + 0.01))
    with pytest.raises(PatternTimeout):
        pattern.search("a", budget=budget)


def test_the_budget_grows_with_the_text() -> None:
    assert Budget("a" * 1_000_000).seconds == pytest.approx(5.0)


def test_search_match_start_and_fullmatch() -> None:
    pattern = compile_java(r"(?<=b)a|c(d)?")
    found = pattern.search("a ba", 2)
    assert found is not None
    assert found.span() == (3, 4)
    assert found.span(1) == (-1, -1)
    assert pattern.match_start("ba", 1) is not None
    assert pattern.match_start("ba") is None
    assert pattern.fullmatch("cd") is not None
    assert pattern.fullmatch("cde") is None
    assert pattern.groups == 1


def test_places_are_code_points() -> None:
    assert [match.span() for match in compile_java("(?=.)").finditer("😀a")] == [(0, 0), (1, 1)]
    assert compile_java("").split("😀a") == [(0, 1), (1, 2)]


def test_ignoring_case_is_ascii_only() -> None:
    assert [match.span() for match in compile_java("aé", ignore_case=True).finditer("AéaÉ")] == [(0, 2)]


def test_equal_patterns_are_one_object_here_and_after_pickling() -> None:
    pattern = compile_java(r"\p{L}+", ignore_case=True)
    assert compile_java(r"\p{L}+", ignore_case=True) is pattern
    assert pickle.loads(pickle.dumps(pattern)) is pattern  # noqa: S301
    assert compile_java(r"\p{L}+") != pattern
    assert len({pattern, compile_java(r"\p{L}+")}) == 2
    assert repr(pattern) == "compile_java('\\\\p{L}+', ignore_case=True)"


@pytest.mark.parametrize(
    ("pattern", "construct"),
    [
        (r"a\b{g}", r"\\b\{g\}"),
        (r"(?i)(a)\1", "back reference that ignores the case of ASCII letters only"),
        (r"(?<=a++)b", "possessive or atomic part inside a look-behind"),
        (r"(?<=(?>ab))c", "possessive or atomic part inside a look-behind"),
        (r"\Ga*", r"\\G in a pattern that can match nothing"),
        ("a{2147483647}", "a part that must come more than 100000 times"),
        ("(?:(?:a{1000}){1000}){1000}", "a part that must come more than 100000 times"),
    ],
)
def test_what_has_no_equivalent_is_named_with_its_place(pattern: str, construct: str) -> None:
    with pytest.raises(PatternError, match=construct + r".*no equivalent.*near index \d+ of the pattern"):
        compile_java(pattern)


@pytest.mark.parametrize("pattern", ["(" * 5000, "(" * 100 + ")" * 100, "[" * 5000, "[a" * 100 + "]" * 100])
def test_deep_nesting_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="nested more than 60 deep"):
        compile_java(pattern)


def test_nesting_that_anyone_writes_is_fine() -> None:
    assert compile_java("(" * 60 + "a" + ")" * 60).fullmatch("a") is not None
    assert compile_java("[a" * 60 + "]" * 60).fullmatch("a") is not None


def test_long_patterns_take_linear_time() -> None:
    begun = time.perf_counter()
    assert compile_java("|".join(f"word{number}" for number in range(5_000))).search("x word4999") is not None
    assert time.perf_counter() - begun < 10


def test_the_engine_is_loaded_with_the_first_pattern_only() -> None:
    code = (
        "import sys; from annopipe.annotators.java_pattern import compile_java; assert 'regex' not in sys.modules; "
        "compile_java('a'); assert 'regex' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
