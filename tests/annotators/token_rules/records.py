"""The recorded runs of Spark NLP's Tokenizer, and what is expected of annopipe for each."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annopipe.annotators.cleanup import CLEANUPS
from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings
from annopipe.annotators.token_rules import TokenSettings

from .spark_tokenizer import SparkTokenizer, Token, units

Record = dict[str, Any]
NULLS = {"setTargetPattern": "null", "setMinLength": 0}
"""What the JVM makes of a null that it takes."""


def records(reference: Path) -> Iterator[Record]:
    with gzip.open(reference / "golden/text/tokenizer.jsonl.gz", "rt", encoding="ascii") as lines:
        yield from map(json.loads, lines)


def with_tokens(reference: Path) -> Iterator[tuple[Record, list[str], list[list[Token]]]]:
    """Records with one text and its tokens: the record, its sentences, and their recorded tokens."""
    for record in records(reference):
        if not isinstance(record.get("input", 0), str | None) or not {"output", "rows"} & record.keys():
            continue
        text, spans = sentences(record)
        annotations = record["output"] if "output" in record else [one for row in record["rows"] for one in row]
        tokens: list[list[Token]] = [[] for _ in spans]
        for one in annotations:
            number = int(one["metadata"]["sentence"])
            base = spans[number][0]
            tokens[number].append((one["begin"] - base, one["end"] + 1 - base, one["result"]))
        yield record, [text[begin:end] for _, begin, end in spans], tokens


def sentences(record: Record) -> tuple[str, list[tuple[int, int, int]]]:
    """The cleaned text and its sentences: begin in UTF-16 units, begin and end in code points."""
    upstream = record["upstream"]
    text = CLEANUPS[upstream["DocumentAssembler"].get("setCleanupMode", "disabled")](record["input"] or "")
    detector = upstream.get("SentenceDetector")
    if detector is None:
        return text, [(0, 0, len(text))]
    named = {name[3].lower() + name[4:]: value for name, value in detector.items() if name != "setExplodeSentences"}
    spans = SentenceRules(SentenceSettings(**named, utf16=True)).split(text)
    return text, [(units(text[:begin]), begin, end) for begin, end in spans]


def settings(params: Record, *, utf16: bool) -> TokenSettings:
    """The settings that the setters of a record make."""
    named: Record = {}
    for name, given in params.items():
        value = NULLS[name] if given is None else given
        if name == "setExceptionsPath":
            named["exceptions"] = tuple(value["lines"])
        elif name.startswith("set"):
            named[name[3].lower() + name[4:]] = tuple(value) if isinstance(value, list) else value
    for name, more in params.items():
        if name == "addInfixPattern":
            named["infixPatterns"] = (*reversed(more), *named.get("infixPatterns", ()))
        elif name.startswith("add"):
            whole = {"addException": "exceptions"}.get(name, name[3].lower() + name[4:])
            before = named.get(whole) or (TokenSettings().contextChars if whole == "contextChars" else ())
            named[whole] = (*before, *more)
    return TokenSettings(**named, utf16=utf16)


def whole_characters(text: str, tokens: list[Token]) -> list[Token]:
    """A character above U+FFFF that Spark NLP cut into two ``?`` is one token."""
    high = {units(text[:i]): char for i, char in enumerate(text) if char > "\uffff"}
    found: list[Token] = []
    for begin, end, result in tokens:
        if result == "?" and begin in high:
            found.append((begin, end + 1, high[begin]))
        elif not (result == "?" and begin - 1 in high):
            found.append((begin, end, result))
    return found


def slices(text: str, tokens: list[Token]) -> bool:
    """Whether every token is the text between its offsets, in UTF-16 units."""
    raw = text.encode("utf-16-le")
    return all(raw[2 * begin : 2 * end] == result.encode("utf-16-le") for begin, end, result in tokens)


def expected(text: str, tokens: list[Token], own: TokenSettings) -> list[Token]:
    """What annopipe is to give, in code points: the recorded tokens, or, where a fault shows, the mended algorithm's.

    A fault shows where a recorded token does not slice its text. Lengths in code points, too, are another setting's.
    """
    changed = not own.utf16 and (own.minLength > 1 or own.maxLength is not None)
    if slices(text, tokens) and not changed:
        return [
            (len(text) - len(tail(text, begin)), len(text) - len(tail(text, end)), one) for begin, end, one in tokens
        ]
    return SparkTokenizer(own, faults=False).tokens(text)


def tail(text: str, place: int) -> str:
    return text.encode("utf-16-le")[2 * place :].decode("utf-16-le")
