"""The evaluation tasks: each takes a reader and gives named figures."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from training import similarity
from training.metrics import Figure, correlation, entities, f1, ratio
from training.probes import predictions
from training.readers import Reader, sentences, words
from training.senses import margins
from training.tagged import Tagged, tagged

Task = Callable[[Reader, Path], dict[str, Figure]]


def stsb(reader: Reader, folder: Path) -> dict[str, Figure]:
    """Spearman's correlation on STS-B dev and test, of cosines of mean-pooled vectors."""
    return {name: _similarity(reader, folder / "sts" / f"{name}.tsv") for name in ("stsb_dev", "stsb_test")}


def sick(reader: Reader, folder: Path) -> dict[str, Figure]:
    """The same on SICK's test pairs."""
    return {"sick_test": _similarity(reader, folder / "sts" / "sick_test.tsv")}


def _similarity(reader: Reader, path: Path) -> Figure:
    first, second, scores = similarity.pairs(path)
    return correlation(similarity.cosines(lambda texts: sentences(reader, texts), first, second), scores)


def pos(reader: Reader, folder: Path) -> dict[str, Figure]:
    """UD-EWT part of speech from single word vectors, probe trained on dev, tested on test."""
    train, test = (tagged(folder / "pos" / f"ewt_{part}.jsonl", "upos") for part in ("dev", "test"))
    found = _tag(reader, train, test)
    gold = _labels(test)
    rights = {way: tags == np.array(gold) for way, tags in found.items()}
    sizes = np.array([len(one.labels) for one in test])
    return {f"pos_{way}": ratio(_sums(right, sizes), sizes) for way, right in rights.items()}


def ner(reader: Reader, folder: Path) -> dict[str, Figure]:
    """WNUT-17 entity F1 (exact span and kind) of BIO tags from single word vectors; train, then test."""
    train, test = (tagged(folder / "ner" / f"wnut17_{part}.jsonl", "tag") for part in ("train", "test"))
    bounds = np.cumsum([0, *(len(one.labels) for one in test)])
    made = {}
    for way, tags in _tag(reader, train, test).items():
        counts = []
        for one, (begin, end) in zip(test, pairwise(bounds), strict=True):
            found, there = entities(tags[begin:end].tolist()), entities(one.labels)
            counts.append((len(found & there), len(found), len(there)))
        made[f"wnut17_{way}"] = f1(np.array(counts))
    return made


def classes(reader: Reader, folder: Path) -> dict[str, Figure]:
    """SST-2 and TREC accuracy from sentence vectors, trained on train, tested on test."""
    made = {}
    for name in ("sst2", "trec"):
        train, labels = _rows(folder / "cls" / f"{name}_train.tsv")
        test, gold = _rows(folder / "cls" / f"{name}_test.tsv")
        right = predictions(sentences(reader, train), labels, sentences(reader, test)) == np.array(gold)
        made[name] = ratio(right, np.ones(len(right)))
    return made


def senses(reader: Reader, folder: Path) -> dict[str, Figure]:  # noqa: ARG001 (all tasks are called alike)
    """Words of two meanings: cosine within meanings less cosine across; each word, the least and the mean."""
    found = margins(reader)
    gaps = {f"sense_{word}": (one + two) / 2 - across for word, (one, two, across) in found.items()}
    values = list(gaps.values())
    gaps |= {"sense_least": min(values), "sense_mean": float(np.mean(values))}
    return {name: Figure(gap, gap, gap) for name, gap in gaps.items()}


TASKS: dict[str, Task] = {"senses": senses, "stsb": stsb, "sick": sick, "pos": pos, "classes": classes, "ner": ner}


def _tag(reader: Reader, train: list[Tagged], test: list[Tagged]) -> dict[str, np.ndarray]:
    """Predicted labels of the test's tokens from first pieces and from means of pieces."""
    given, asked = (words(reader, [s.text for s in part], [s.spans for s in part]) for part in (train, test))
    ways = zip(("first", "mean"), given, asked, strict=True)
    return {way: predictions(seen, _labels(train), unseen) for way, seen, unseen in ways}


def _labels(part: list[Tagged]) -> list[str]:
    return [label for one in part for label in one.labels]


def _sums(right: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Right tokens of each sentence."""
    return np.add.reduceat(right.astype(np.int64), np.concatenate([[0], np.cumsum(sizes)[:-1]]))


def _rows(path: Path) -> tuple[list[str], list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row["text"] for row in rows], [row["label"] for row in rows]
