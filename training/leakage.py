"""Evaluation texts must not be trained on: exact matches and near-duplicates of them are found here."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.corpus import prepared

GRAM = 4
"""Words in a shingle."""

SHARED = 0.5
"""Share of an evaluation sentence's shingles that makes a training segment its near-duplicate."""

_TEXT_FIELDS = ("s1", "s2", "text", "sentence", "premise", "hypothesis")
_WORD = re.compile(r"[a-z0-9]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def words(text: str) -> list[str]:
    """The letters-and-digits words of a text, prepared."""
    return _WORD.findall(prepared(text))


def shingles(tokens: list[str]) -> set[tuple[str, ...]]:
    return {tuple(tokens[i : i + GRAM]) for i in range(len(tokens) - GRAM + 1)}


def evaluation_texts(folder: Path) -> Iterator[str]:
    """Every English text under the evaluation folder: TSV and JSONL text fields, and sentences of plain text files."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".tsv":
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    yield from (row[name] for name in _TEXT_FIELDS if row.get(name))
        elif path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as file:
                yield from (record["text"] for record in map(json.loads, file) if _has_text(record))
        elif path.suffix == ".txt":
            for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
                yield from _SENTENCE_END.split(paragraph)


def _has_text(record: object) -> bool:
    return isinstance(record, dict) and isinstance(record.get("text"), str)


class Leakage:
    """An index of evaluation texts that tells whether a training segment repeats one of them.

    A segment leaks when its words equal an evaluation text's, or when it holds at least half of the four-word
    shingles of an evaluation text that has three or more.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._holders: dict[tuple[str, ...], list[int]] = {}
        self._sizes: list[int] = []
        for text in texts:
            self._add(text)

    def _add(self, text: str) -> None:
        tokens = words(text)
        key = " ".join(tokens)
        if not tokens or key in self._exact:
            return
        self._exact.add(key)
        grams = shingles(tokens)
        if len(grams) < 3:
            return
        for gram in grams:
            self._holders.setdefault(gram, []).append(len(self._sizes))
        self._sizes.append(len(grams))

    def __len__(self) -> int:
        return len(self._exact)

    def leaks(self, segment: str) -> str | None:
        """``"exact"``, ``"near"`` or, for a clean segment, None."""
        tokens = words(segment)
        if len(tokens) >= 4 and " ".join(tokens) in self._exact:
            return "exact"
        shared: Counter[int] = Counter()
        for gram in shingles(tokens):
            if gram in self._holders:
                shared.update(self._holders[gram])
        near = any(count >= SHARED * self._sizes[i] for i, count in shared.items())
        return "near" if near else None
