"""Every recorded output and error of Spark NLP 5.5.3's Tokenizer, in both dialects."""

from pathlib import Path

import pytest

from annopipe.annotators.token_rules import TokenRules, TokenSettings, read_exceptions
from annopipe.errors import AnnopipeError, ParamValueError

from .records import Record, expected, records, settings, slices, whole_characters, with_tokens
from .spark_tokenizer import SparkTokenizer

pytestmark = [pytest.mark.reference, pytest.mark.filterwarnings("ignore::annopipe.errors.AnnopipeWarning")]

ACCEPTED_HERE = (
    {"setExceptions": ["\\$100", "\\(and you"]},
    {"setPrefixPattern": "\\A([#@])?"},
    {"setSuffixPattern": "([)])?([.])?\\z"},
    {"addSplitChars": ["\U0001f600"]},
    {"setMaxLength": 3_000_000_000},
)
"""Settings that abort Spark NLP's job and mean something here; docs/mends-tokenizer.md says what."""


def refused(own: TokenSettings) -> bool:
    """Whether the lengths are such as Spark NLP's Scala setters refuse and its Python setters let pass."""
    return own.minLength < 0 or (own.maxLength is not None and own.maxLength < own.minLength)


def test_the_written_down_algorithm_gives_each_recorded_output_faults_included(reference: Path) -> None:
    for record, texts, tokens in with_tokens(reference):
        own = settings(record["params"], utf16=True)
        if "setSplitLength" in record["upstream"].get("SentenceDetector", {}):
            continue  # the sentence's own begin is wrong there
        for text, recorded in zip(texts, tokens, strict=True):
            whole = whole_characters(text, recorded)
            if not refused(own) and (whole == recorded or record["params"].keys() != {"setSplitPattern"}):
                assert SparkTokenizer(own, faults=True).tokens(text) == recorded, record


@pytest.mark.parametrize("utf16", [True, False], ids=["sparknlp", "albert"])
def test_each_recorded_output_is_ours_up_to_the_mends(reference: Path, utf16: bool) -> None:
    seen, mended, refusals = 0, 0, 0
    for record, texts, tokens in with_tokens(reference):
        own = settings(record["params"], utf16=utf16)
        seen += 1
        if refused(own):
            refusals += 1
            with pytest.raises(ParamValueError, match="must be greater equal than"):
                TokenRules(own)
            continue
        rules = TokenRules(own)
        for text, recorded in zip(texts, tokens, strict=True):
            whole = whole_characters(text, recorded)
            got = [(begin, end, text[begin:end]) for begin, end in rules.tokenize(text)]
            assert got == expected(text, whole, own), record
            mended += whole != recorded or not slices(text, whole)
    assert seen > 2_400
    assert mended + refusals < seen / 50


def params_of_errors(reference: Path) -> list[Record]:
    """The settings of records that end in an error about a value; wrong types are the parameters' own affair."""
    return [
        {
            name: [value] if name.startswith("add") and isinstance(value, str) else value
            for name, value in params.items()
        }
        for record in records(reference)
        if "error" in record and record["error"]["python_class"] != "TypeError"
        for params in [record["params"]]
        if None not in params.values()
    ]


def test_each_recorded_error_is_a_named_error_or_a_documented_result(reference: Path, tmp_path: Path) -> None:
    for params in params_of_errors(reference):
        if params in ACCEPTED_HERE or accepted_from_python(params):
            TokenRules(settings(params, utf16=False)).tokenize("pay $100 (and you) \U0001f600 #x")
        elif "setExceptionsPath" in params:
            with pytest.raises(AnnopipeError, match="not found"):
                read_exceptions(tmp_path / params["setExceptionsPath"])
        else:
            with pytest.raises(AnnopipeError):
                TokenRules(settings(params, utf16=False))


def accepted_from_python(params: Record) -> bool:
    """Whether only Spark NLP's Scala setter refuses it, and from Python it worked, as it does here."""
    name, value = next(iter(params.items()))
    return name in {"setContextChars", "addContextChars"} and any(value)
