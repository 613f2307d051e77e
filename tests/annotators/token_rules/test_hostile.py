"""Texts and patterns that hang or crash Spark NLP."""

import subprocess
import sys
import time

import pytest

from annopipe.annotators.token_rules import TokenRules, TokenSettings
from annopipe.errors import PatternTimeout


def hostile(length: int) -> dict[str, str]:
    """Texts of this length."""
    return {
        "one word": "a" * length,
        "punctuation": ".,-" * (length // 3),
        "punctuation in a word": "a" + "." * length + "b",
        "white space": " " * length,
        "line separators": "a\u2028" * (length // 2),
        "emoji": "😀" * length,
        "own marks": "\u2187\u2188" * (length // 2),
        "short words": "a. " * (length // 3),
    }


SETTINGS = {
    "exceptions": TokenSettings(exceptions=("New York", r"\p{L}\.\p{L}")),
    "split": TokenSettings(splitChars=("-", "#")),
    "suffix that does not fit": TokenSettings(suffixPattern=r"([%]+)\z"),
    "prefix": TokenSettings(prefixPattern=r"\A([^\s\w$.]*)"),
    "target": TokenSettings(targetPattern=r"\w+"),
}


@pytest.mark.parametrize("kind", hostile(0))
def test_a_million_characters_take_seconds(kind: str) -> None:
    text = hostile(1_000_000)[kind]
    begun = time.thread_time()
    tokens = TokenRules().tokenize(text)
    assert time.thread_time() - begun < 5
    assert all(begin < end for begin, end in tokens)


@pytest.mark.parametrize("own", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("kind", hostile(0))
def test_time_is_linear_with_any_settings(kind: str, own: TokenSettings) -> None:
    text = hostile(60_000)[kind]
    begun = time.thread_time()
    tokens = TokenRules(own).tokenize(text)
    assert time.thread_time() - begun < 3
    assert all(begin < end for begin, end in tokens)


def test_ten_megabytes_take_seconds() -> None:
    text = "The quick (brown) fox, isn't it? " * 300_000
    begun = time.thread_time()
    begin, _, _ = TokenRules().tokenize_all([text])
    assert time.thread_time() - begun < 20
    assert len(begin) == 10 * 300_000


@pytest.mark.parametrize(
    "own",
    [
        TokenSettings(exceptions=("(a+)+$",)),
        TokenSettings(splitPattern="(a+)+$"),
        TokenSettings(infixPatterns=("((?:a+)+)",)),
        TokenSettings(targetPattern=r"\s\S)]|(?:(?:a+)+$|x)|(?:y"),
    ],
    ids=["exceptions", "splitPattern", "infixPatterns", "targetPattern"],
)
def test_a_pattern_that_runs_away_is_stopped(own: TokenSettings) -> None:
    begun = time.thread_time()
    with pytest.raises(PatternTimeout, match="ran longer than 1"):
        TokenRules(own).tokenize(("a" * 40_000 + "c! ") * 2 + "#")
    assert time.thread_time() - begun < 5


def test_default_settings_need_no_pattern_engine() -> None:
    code = (
        "import sys; from annopipe.annotators.token_rules import TokenRules, TokenSettings; "
        "TokenRules().tokenize('a b.'); TokenRules(TokenSettings(contextChars=('#',), maxLength=3)).tokenize('#a'); "
        "assert 'regex' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
