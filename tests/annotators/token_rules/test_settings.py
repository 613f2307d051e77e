"""What a tokenizer refuses, at construction and by name, and what it warns of."""

import warnings

import pytest

from annopipe.annotators.token_rules import TokenRules, TokenSettings
from annopipe.errors import AnnopipeError, AnnopipeWarning, ParamValueError, PatternError


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"prefixPattern": "x"}, r"prefixPattern must begin with \\A to ensure it is the beginning of the string"),
        ({"suffixPattern": "x"}, r"suffixPattern must end with \\z to ensure it is the end of the string"),
        ({"infixPatterns": ("(a)", "x")}, r"infix patterns must use regex group.*'x' has none"),
        ({"infixPatterns": ("(x",)}, "infix patterns must use regex group"),
        ({"splitChars": ("ab",)}, "splitChars: all elements must have length == 1.*'ab'"),
        ({"splitChars": ("",)}, "splitChars: all elements must have length == 1"),
        ({"contextChars": ()}, "contextChars must hold a character"),
        ({"contextChars": ("",)}, "contextChars must hold a character"),
        ({"minLength": -1}, "minLength must be greater equal than 0, and is -1"),
        ({"maxLength": -1}, "maxLength must be greater equal than minLength"),
        ({"minLength": 5, "maxLength": 2}, "maxLength must be greater equal than minLength: 2 is less than 5"),
    ],
)
def test_bad_values(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ParamValueError, match=message) as caught:
        TokenRules(TokenSettings(**settings))  # type: ignore[arg-type]
    assert isinstance(caught.value, AnnopipeError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"prefixPattern": r"\A("}, "^prefixPattern: Unclosed group near index"),
        ({"suffixPattern": r")\z"}, r"^suffixPattern: Unmatched closing '\)'"),
        ({"infixPatterns": (")x(",)}, r"^infixPatterns: Unmatched closing '\)'"),
        (
            {"targetPattern": "["},
            r"^targetPattern: Unclosed character class near index 8 of the pattern '\[\^\(\?:\[\)",
        ),
        ({"targetPattern": "z-a"}, "^targetPattern: Illegal character range near index 7"),
        ({"exceptions": ("$100", "(and")}, r"^exceptions: Unclosed group near index 9 of the pattern '\$100\|\(and'"),
        ({"exceptions": ("a", "*")}, r"^exceptions: Dangling meta character '\*' near index 2"),
        ({"splitPattern": "("}, "^splitPattern: Unclosed group near index 1"),
        ({"contextChars": ("\\", "E")}, "Illegal/unsupported escape sequence"),
        ({"exceptions": (r"(a)\1",), "caseSensitiveExceptions": False}, "^exceptions: a back reference that ignores"),
    ],
)
def test_bad_patterns(settings: dict[str, object], message: str) -> None:
    with pytest.raises(PatternError, match=message):
        TokenRules(TokenSettings(**settings))  # type: ignore[arg-type]


def test_parts_that_are_a_pattern_only_together_are_fine() -> None:
    rules = TokenRules(TokenSettings(prefixPattern=r"\A(?:(#)", infixPatterns=(r"|(@))(\w+)",)))
    assert rules.tokenize("#a @b") == [(0, 1), (1, 2), (3, 4), (4, 5)]


def test_no_context_characters_are_needed_where_none_are_used() -> None:
    own = TokenSettings(
        contextChars=(), prefixPattern=r"\A(#?)", infixPatterns=(r"(\w+)",), suffixPattern=r"(\.?)\z", splitChars=None
    )
    assert TokenRules(own).tokenize("#a.") == [(0, 1), (1, 2), (2, 3)]
    assert TokenRules(TokenSettings(contextChars=(), infixPatterns=())).tokenize("(a)") == [(0, 3)]


@pytest.mark.parametrize(
    ("chars", "message"),
    [
        (("\\x", "-"), "Illegal hexadecimal escape sequence near index 2.*splitChars cut nothing"),
        (("^",), r"splitChars: '\^' is read as a Java regular expression"),
    ],
)
def test_split_characters_that_do_something_else_are_warned_of_once(
    chars: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annopipe.warnings._said", set())
    with pytest.warns(AnnopipeWarning, match=message):
        TokenRules(TokenSettings(splitChars=chars))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TokenRules(TokenSettings(splitChars=chars))
        TokenRules(TokenSettings(splitChars=(r"\?", "-")))


def test_settings_are_values() -> None:
    assert TokenSettings() == TokenSettings()
    assert len({TokenSettings(), TokenSettings(minLength=1)}) == 2
    assert TokenRules().settings == TokenSettings()
