"""Segments of all texts, checked for leakage and shuffled once, in one file that training reads by position."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from pathlib import Path

from training.corpus import SHARES, lines, segments, source_name, sources
from training.leakage import Leakage, evaluation_texts

SEED = 20
SEGMENTS, REPORT = "segments.txt", "segments.json"


def prepare(corpus: Path, evaluation: Path | None, work: Path) -> Path:
    """Write ``segments.txt`` into the work folder, one segment a line in training order; returns its path.

    The order is a weighted shuffle (Efraimidis and Spirakis 2006) by the sources' shares, so any beginning of the file
    is a fair sample. Segments that repeat an evaluation text are dropped and counted in ``segments.json``.
    Nothing is done where the file is there already.
    """
    target = work / SEGMENTS
    if target.exists():
        return target
    leakage = Leakage(evaluation_texts(evaluation)) if evaluation else Leakage([])
    drawn, report = _drawn(corpus, leakage)
    drawn.sort()
    partial = target.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.writelines(segment + "\n" for _, segment in drawn)
    summary = {"seed": SEED, "segments": len(drawn), "evaluation_texts": len(leakage), **report}
    (work / REPORT).write_text(json.dumps(summary, indent=1))
    partial.replace(target)
    return target


def _drawn(corpus: Path, leakage: Leakage) -> tuple[list[tuple[float, str]], dict[str, dict[str, int]]]:
    """Clean segments with their sort keys, and per-source counts of kept and dropped ones."""
    chance = random.Random(SEED)  # noqa: S311 (a shuffle, not a secret)
    drawn: list[tuple[float, str]] = []
    report: dict[str, dict[str, int]] = {}
    seen: set[int] = set()
    for path in sources(corpus):
        name, counts = source_name(path), Counter[str]()
        for number, line in enumerate(lines(path)):
            for segment in segments(line, number):
                fate = leakage.leaks(segment) or ("repeated" if hash(segment) in seen else "kept")
                counts[fate] += 1
                if fate == "kept":
                    seen.add(hash(segment))
                    drawn.append((-math.log(1 - chance.random()) / SHARES.get(name, 1.0), segment))
        report[name] = dict(counts)
    return drawn, report
