"""The translated patterns against the recorded answers of Java 17 itself (``tests/golden/make_java_answers.py``)."""

import json
from pathlib import Path
from typing import Any

import pytest

from annopipe.annotators.java_pattern import JavaPattern, compile_java
from annopipe.errors import PatternError

ANSWERS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "golden/java_answers.jsonl").read_text(encoding="ascii").splitlines()
]
MATCHING = [answer for answer in ANSWERS if "error" not in answer]
FAILING = [answer for answer in ANSWERS if "error" in answer]


def places(pattern: JavaPattern, text: str) -> list[list[list[int]]]:
    return [
        [list(match.span(group)) for group in range(pattern.groups + 1)]  # (-1, -1): took no part
        for match in pattern.finditer(text)
    ]


def test_there_are_answers_of_both_kinds() -> None:
    assert len(MATCHING) > 700
    assert len(FAILING) > 60


@pytest.mark.parametrize("answer", MATCHING, ids=lambda answer: answer["pattern"].encode("unicode_escape").decode())
def test_finds_and_splits_as_java(answer: dict[str, Any]) -> None:
    pattern, text = compile_java(answer["pattern"]), answer["text"]
    assert places(pattern, text) == answer["matches"]
    assert [text[begin:end] for begin, end in pattern.split(text)] == answer["split"]


@pytest.mark.parametrize("answer", FAILING, ids=lambda answer: answer["pattern"].encode("unicode_escape").decode())
def test_refuses_in_javas_words(answer: dict[str, Any]) -> None:
    with pytest.raises(PatternError) as caught:
        compile_java(answer["pattern"])
    assert answer["error"] in str(caught.value)
    assert "near index" in str(caught.value)
