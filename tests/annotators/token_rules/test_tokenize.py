"""Which tokens come out: the rules of Spark NLP's Tokenizer on texts that show them."""

import pytest

from annopipe.annotators.token_rules import TokenRules, TokenSettings

from .texts import BUS, CONTEXT, CORNERS, INFIX


def words(text: str, **settings: object) -> list[str]:
    return [text[begin:end] for begin, end in TokenRules(TokenSettings(**settings)).tokenize(text)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "tokens"), CONTEXT)
def test_context_characters_are_peeled_off_both_ends(text: str, tokens: str) -> None:
    assert words(text) == tokens.split(" ")


@pytest.mark.parametrize(("text", "tokens"), CORNERS)
def test_only_ascii_white_space_separates(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens


def test_places_are_those_of_the_slices() -> None:
    assert TokenRules().tokenize("  (a 😀b).\n") == [(2, 3), (3, 4), (5, 7), (7, 9)]


def test_nothing_gives_nothing() -> None:
    assert TokenRules().tokenize("") == []
    assert TokenRules().tokenize(" \n\t\u2187 ") == []


def test_other_context_characters() -> None:
    assert words("#tag. (x)", contextChars=("#", ".")) == ["#", "tag", ".", "(x)"]
    assert words("[a] ^b^ c\\", contextChars=("]", "^", "\\")) == ["[a", "]", "^", "b", "^", "c", "\\"]
    assert words("ab-x-ba", contextChars=("ab",)) == ["ab", "-x-", "ba"]
    assert words("a-b c", contextChars=(" ",)) == ["a-b", "c"]


def test_a_line_end_as_context_character_is_one_that_the_rule_does_not_cross() -> None:
    assert words("\u2028a\u2028", contextChars=("\u2028",)) == ["\u2028", "a", "\u2028"]
    assert words("a\u2028b", contextChars=("\u2028",)) == ["a\u2028b"]


def test_exceptions_keep_their_separators_and_glue_what_touches_them() -> None:
    assert words(BUS, exceptions=("Port Said",)) == ["The", "bus", "to", "(Port Said),", "Egypt", "."]
    assert words("port said", exceptions=("Port Said",)) == ["port", "said"]
    assert words("port said", exceptions=("Port Said",), caseSensitiveExceptions=False) == ["port said"]
    assert words("ÉTÉ BIEN", exceptions=("été bien",), caseSensitiveExceptions=False) == ["ÉTÉ", "BIEN"]


def test_an_exception_without_separators_is_known_in_the_whole_text() -> None:
    assert words("e.g. x e.g., (e.g.)", exceptions=(r"e\.g\.",)) == ["e.g.", "x", "e.g", ".,", "(", "e.g", ".)"]


def test_exceptions_are_patterns_the_first_of_which_wins() -> None:
    assert words("a b c d", exceptions=("a b", "b c")) == ["a b", "c", "d"]
    assert words("a  b", exceptions=(r"a\s+b",)) == ["a  b"]
    assert words("a b.", exceptions=(".",)) == ["a b."]
    assert words("a b. c.", exceptions=("", "a b")) == ["a", "b", ".", "c", "."]
    assert words("pay $5 (and go)", exceptions=(r"\$5 \(and",)) == ["pay", "$5 (and", "go", ")"]


def test_the_tokenizers_own_marks_in_a_text() -> None:
    assert words("a\u2187b \u2188.") == ["a", "b", "\u2188", "."]
    assert words("a\u2187b \u2188.", exceptions=("zz",)) == ["a", "b", "\u2188."]


def test_the_target_is_pasted_into_a_class() -> None:
    assert words("ab 12 (c:d)?", targetPattern="a-z") == ["ab", "(", "c:d", ")?"]
    assert words("ab-12_c", targetPattern=r"\w+") == ["ab", "12_c"]
    assert words("x1 n", targetPattern="") == []
    assert words("a b", targetPattern=r"\S&&[^b]") == ["a"]


def test_a_target_may_leave_its_class() -> None:
    assert words("axbyc", targetPattern="abc)]|[y") == ["a", "b", "c"]


@pytest.mark.parametrize(("text", "infixes", "tokens"), INFIX)
def test_each_group_is_a_token(text: str, infixes: tuple[str, ...], tokens: list[str]) -> None:
    assert words(text, infixPatterns=infixes) == tokens


def test_groups_stand_at_their_own_places() -> None:
    text = "rock-roll, abc"
    assert TokenRules(TokenSettings(infixPatterns=(r"(\w+)-(\w+)",))).tokenize(text) == [
        (0, 4),
        (5, 9),
        (9, 10),
        (11, 14),
    ]
    assert words("abc", infixPatterns=(r"((\w)(\w+))",)) == ["abc", "a", "bc"]


def test_prefix_and_suffix() -> None:
    assert words("##a..", prefixPattern=r"\A(#)", suffixPattern=r"(a\.\.)\z") == ["#", "#", "a.."]
    assert words("(a)", prefixPattern=r"\A(\()") == ["(", "a", ")"]
    assert words("a)", prefixPattern=r"\A(\()") == ["a)"]
    assert words("#a @b c.", prefixPattern=r"\A([#@])?") == ["#", "a", "@", "b", "c", "."]
    assert words("a\u2028b.", prefixPattern=r"\A(?s)(a)") == ["a", "\u2028b", "."]


def test_split_characters() -> None:
    assert words("a-b c--d -e- --", splitChars=("-",)) == ["a", "b", "c", "d", "e", "--"]
    assert words("a*b-c", splitChars=("-", r"\*")) == ["a", "b", "c"]
    assert words("a|b", splitChars=(r"\|",)) == ["a", "b"]
    assert words("asb c", splitChars=(r"\s",)) == ["asb", "c"]
    assert TokenRules(TokenSettings(splitChars=("-",))).tokenize("#-x-") == [(0, 1), (2, 3)]


@pytest.mark.filterwarnings("ignore::annopipe.errors.AnnopipeWarning")
def test_split_characters_are_read_as_a_pattern() -> None:
    assert words("x a.b c", splitChars=(".",)) == ["x", "c"]
    assert words("a|b cd", splitChars=("|",)) == ["a", "|", "b", "cd"]
    assert words("a*b-c", splitChars=("*", "-")) == ["a*b-c"]


def test_split_pattern_comes_before_split_characters() -> None:
    assert words("a-b#c", splitPattern="-|#") == ["a", "b", "c"]
    assert words("a-b#c d#e", splitPattern="-", splitChars=("#",)) == ["a", "b#c", "d", "e"]
    assert words("ab😀", splitPattern="(?=.)") == ["a", "b", "😀"]
    assert words("ab", splitPattern="") == ["a", "b"]
    assert words("a- ...", splitPattern="[-.]") == ["a", "-", "..."]


def test_lengths_bound_every_token() -> None:
    assert words("a bb ccc, New York", minLength=2, maxLength=3) == ["bb", "ccc", "New"]
    assert words("a New York", minLength=2, maxLength=3, exceptions=("New York",)) == []
    assert words("a bb", maxLength=0) == []
    assert words("x" * 200_000) == ["x" * 200_000]


def test_lengths_count_code_points_or_utf16_units() -> None:
    assert words("😀 ab", minLength=2) == ["ab"]
    assert words("😀 ab", minLength=2, utf16=True) == ["😀", "ab"]
    assert words("😀😀 ab", maxLength=3, utf16=True) == ["ab"]
