"""Properties of every text and setting, and the package's rules against the algorithm written down step by step."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annopipe.annotators.token_rules import TokenRules, TokenSettings

from .spark_tokenizer import SparkTokenizer

pytestmark = pytest.mark.filterwarnings("ignore::annopipe.errors.AnnopipeWarning")

CHARS = "aabcAéß1٣_  \n\t\x85\u2028\u00a0\u0301.,;:!?*-()\"'#@|$[]^\\/“…😀𝓐\u2187\u2188\ud800"
texts = st.text(st.sampled_from(CHARS), max_size=40) | st.text(max_size=20)
context = st.none() | st.lists(
    st.sampled_from([".", ",", "-", "#", "^", "]", "a", " ", "\u2028", "😀", "ab"]), min_size=1
)
own_settings = st.builds(
    lambda context, **more: TokenSettings(**more, **({} if context is None else {"contextChars": tuple(context)})),
    context=context,
    targetPattern=st.sampled_from([r"\S+"] * 5 + [r"\w+", "a-z", "", r"\p{L}\p{N}", r"\S&&[^-]", "[^\\s]+", "null"]),
    prefixPattern=st.sampled_from([None] * 4 + [r"\A([^\s\w$.]*)", r"\A(\()", r"\A([#@])?", r"\A(.)", r"\A(?i)(a*)"]),
    suffixPattern=st.sampled_from([None] * 4 + [r"([.!?]+)\z", r"([^\s\w]?)([^\s\w]*)\z", r"()\z"]),
    infixPatterns=st.sampled_from(
        [None] * 4
        + [(), (r"(\w+)",), (r"([a-z]+)-([a-z]+)", r"(\w+)"), ("(.*)",), (r"((\w)(\w+))",), (r"(\w+)(')?(\w*)",)]
    ),
    exceptions=st.sampled_from(
        [None] * 4 + [(), ("",), ("a b", "a."), (r"\w+ \w+",), (".",), (r"b\s+c", "^a"), ("A B",)]
    ),
    caseSensitiveExceptions=st.booleans(),
    splitChars=st.sampled_from([None] * 4 + [(), ("-",), ("-", "#"), (r"\*", "."), (".",), ("*",), ("|",), (r"\s",)]),
    splitPattern=st.sampled_from([None] * 4 + ["-", "(?=.)", "", "x*", r"\W", "(?<=-)", "[-#]+"]),
    minLength=st.sampled_from([0, 0, 0, 1, 2]),
    maxLength=st.sampled_from([None, None, None, 2, 5]),
    utf16=st.booleans(),
)


def check_as_written_down(text: str, own: TokenSettings) -> None:
    found = [(begin, end, text[begin:end]) for begin, end in TokenRules(own).tokenize(text)]
    assert found == SparkTokenizer(own, faults=False).tokens(text)


def check_slices(text: str, own: TokenSettings) -> None:
    tokens = TokenRules(own).tokenize(text)
    assert all(0 <= begin < end <= len(text) for begin, end in tokens)
    if own.infixPatterns != (r"((\w)(\w+))",):  # nested groups overlap, as their user wants
        assert all(before[1] <= after[0] for before, after in pairwise(tokens))


def check_default(text: str) -> None:
    check_as_written_down(text, TokenSettings())


def check_batch(texts: list[str], own: TokenSettings) -> None:
    rules = TokenRules(own)
    begin, end, offsets = rules.tokenize_all(texts)
    assert begin.dtype == end.dtype == offsets.dtype == "int64"
    assert len(offsets) == len(texts) + 1
    assert offsets[0] == 0
    assert offsets[-1] == len(begin) == len(end)
    for number, text in enumerate(texts):
        mine = slice(offsets[number], offsets[number + 1])
        assert list(zip(begin[mine].tolist(), end[mine].tolist(), strict=True)) == rules.tokenize(text)


CHECKS: list[tuple[str, Callable[..., None], list[st.SearchStrategy[object]]]] = [
    ("default settings as written down", check_default, [texts]),
    ("any settings as written down", check_as_written_down, [texts, own_settings]),
    ("tokens are slices in order", check_slices, [texts, own_settings]),
    ("many texts as one by one", check_batch, [st.lists(texts, max_size=5), own_settings | st.just(TokenSettings())]),
]
each_check = pytest.mark.parametrize(
    ("check", "inputs"), [(check, inputs) for _, check, inputs in CHECKS], ids=[name for name, _, _ in CHECKS]
)


@each_check
def test_on_random_texts(check: Callable[..., None], inputs: list[st.SearchStrategy[object]]) -> None:
    settings(max_examples=200, deadline=None)(given(*inputs)(check))()


@pytest.mark.long
@each_check
def test_on_many_random_texts(check: Callable[..., None], inputs: list[st.SearchStrategy[object]]) -> None:
    settings(max_examples=10_000, deadline=None)(given(*inputs)(check))()
