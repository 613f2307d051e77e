"""Sentences with a label on each token, as prepared text with the tokens' places in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from training.corpus import prepared


@dataclass(frozen=True)
class Tagged:
    """A prepared text, its tokens' character spans (end exclusive; empty where preparation leaves nothing), labels."""

    text: str
    spans: list[tuple[int, int]]
    labels: list[str]


def tagged(path: Path, label: str) -> list[Tagged]:
    """Read JSONL sentences with fields text and tokens (form, begin, end and the label's field)."""
    with path.open(encoding="utf-8") as file:
        return [_tagged(json.loads(line), label) for line in file]


def _tagged(record: dict[str, object], label: str) -> Tagged:
    text, spans, labels, last = "", [], [], 0
    tokens = record["tokens"]
    if not isinstance(tokens, list):
        raise TypeError("tokens must be a list")
    for token in tokens:
        form = prepared(token["form"])
        if text and form and token["begin"] > last and not text.endswith(" "):
            text += " "
        spans.append((len(text), len(text) + len(form)))
        labels.append(token[label])
        text += form
        last = token["end"]
    return Tagged(text, spans, labels)
