"""Every recorded output of Spark NLP 5.5.3's SentenceDetector, in both dialects."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings

from .outputs import Annotation, Lengths, mended, recorded, utf16_length
from .replace_and_split import SYMBOLS, Rules

pytestmark = pytest.mark.reference
Record = dict[str, Any]


def records(reference: Path) -> Iterator[Record]:
    """Yield the records with an output for one text."""
    with gzip.open(reference / "golden/text/sentence_detector.jsonl.gz", "rt", encoding="ascii") as lines:
        for line in lines:
            record = json.loads(line)
            if "output" in record and isinstance(record["input"], str):
                yield record


def recorded_params(record: Record) -> Record:
    """Return what the setters were given; the JVM reads a null as 0 and as the default strategy's name."""
    nulls = {"setSplitLength": 0, "setCustomBoundsStrategy": "none"}
    return {name: nulls[name] if value is None else value for name, value in record["params"].items()}


def settings(params: Record, *, utf16: bool) -> SentenceSettings:
    named = {name[3].lower() + name[4:]: value for name, value in params.items() if name != "setExplodeSentences"}
    named["customBounds"] = tuple(named.get("customBounds", ()))
    return SentenceSettings(**named, utf16=utf16)


def rules(params: Record) -> Rules:
    return Rules(
        abbreviations=params.get("setUseAbbreviations", True),
        lists=params.get("setDetectLists", True),
        bounds=tuple(params.get("setCustomBounds", ())),
        strategy=params.get("setCustomBoundsStrategy", "none"),
        only_bounds=params.get("setUseCustomBoundsOnly", False),
    )


def lengths(params: Record) -> Lengths:
    return Lengths(params.get("setSplitLength"), params.get("setMinLength", 0), params.get("setMaxLength"))


def ours(text: str, settings: SentenceSettings, measure: Callable[[str], int]) -> list[Annotation]:
    spans = SentenceRules(settings).split(text)
    return [(measure(text[:begin]), measure(text[:end]) - 1, text[begin:end]) for begin, end in spans]


def test_the_expectation_gives_each_recorded_output_before_it_is_mended(reference: Path) -> None:
    wrong = [
        record
        for record in records(reference)
        if recorded(record["input"], rules(recorded_params(record)), lengths(recorded_params(record)))
        != [(item["begin"], item["end"], item["result"]) for item in record["output"]]
    ]
    assert wrong == []


@pytest.mark.parametrize(("dialect", "measure"), [("sparknlp", utf16_length), ("albert", len)])
def test_each_record_gives_the_recorded_output_mended(
    reference: Path, dialect: str, measure: Callable[[str], int]
) -> None:
    wrong, count = [], 0
    for record in records(reference):
        params, text = recorded_params(record), record["input"]
        want = mended(text, rules(params), lengths(params), measure)
        wrong += [] if ours(text, settings(params, utf16=dialect == "sparknlp"), measure) == want else [record]
        count += 1
    assert count > 1700
    assert wrong == []


def test_mends_touch_only_what_they_name(reference: Path) -> None:
    """Without the detector's symbols in the text the results stand as recorded, and without splitLength the places."""
    for record in records(reference):
        params, text = recorded_params(record), record["input"]
        if SYMBOLS & set(text):
            continue
        want = mended(text, rules(params), lengths(params), utf16_length)
        assert [result for _, _, result in want] == [item["result"] for item in record["output"]]
        if "setSplitLength" not in params:
            assert [begin for begin, _, _ in want] == [item["begin"] for item in record["output"]]
