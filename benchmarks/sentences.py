"""Sentences of mixed lengths as piece ids: real ones where the reference data is, else of lengths like theirs."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CLS, SEP = 2, 3
LONGEST = 512
TABLES = ("sts/stsb_test.tsv", "cls/trec_train.tsv", "cls/sst2_train.tsv")
JSON_LINES = ("pos/ewt_test.jsonl", "pos/pud_test.jsonl", "ner/wnut17_train.jsonl")
PER_FILE = 1000
WORDS = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "that",
    "was",
    "his",
    "he",
    "it",
    "with",
    "is",
    "for",
    "as",
    "had",
    "you",
    "not",
    "be",
    "her",
    "on",
    "at",
    "by",
    "which",
    "have",
    "or",
    "from",
    "this",
    "him",
    "but",
    "all",
    "she",
    "they",
    "were",
    "my",
    "are",
    "me",
    "one",
    "their",
    "so",
    "an",
    "said",
    "them",
    "we",
    "who",
    "would",
    "been",
    "will",
    "no",
    "when",
    "there",
    "if",
    "more",
    "out",
    "up",
    "into",
    "river",
    "bank",
    "loan",
]


@dataclass(frozen=True)
class Sentences:
    """Sentences in random order, [CLS] and [SEP] among the ids, and where they come from."""

    ids: list[NDArray[np.int64]]
    source: str

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        return np.array([len(ids) for ids in self.ids], np.int64)

    def packed(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids of chosen sentences end to end, and their lengths."""
        return np.concatenate([self.ids[place] for place in places]), self.lengths[places]


def sentences(count: int, vocab_size: int) -> Sentences:
    """``count`` sentences; the real ones (6 000) repeat if more are asked for."""
    source = np.random.default_rng(0)
    folder = os.environ.get("ANNOPIPE_REFERENCE_DATA", "")
    if folder:
        real = list(_encoded(Path(folder)))
        order = np.concatenate([source.permutation(len(real)) for _ in range(-(-count // len(real)))])
        return Sentences(
            [real[place] % vocab_size for place in order[:count]], "evaluation texts of the reference data"
        )
    lengths = np.exp(source.normal(2.75, 0.65, count)).clip(1, LONGEST - 2).astype(np.int64) + 2
    return Sentences([source.integers(4, vocab_size, length) for length in lengths], "random ids, log-normal lengths")


def texts_of_all_kinds(count: int) -> tuple[list[str], str]:
    """``count`` texts in random order and where they come from; common words where the reference data is not."""
    source = np.random.default_rng(0)
    folder = os.environ.get("ANNOPIPE_REFERENCE_DATA", "")
    if folder:
        real = list(_texts(Path(folder) / "corpus" / "eval"))
        return [real[i] for i in source.permutation(len(real))[:count]], "evaluation texts of the reference data"
    lengths = np.exp(source.normal(2.5, 0.65, count)).clip(1, 120).astype(int)
    return [" ".join(source.choice(WORDS, length)) + "." for length in lengths], "common words in random order"


def _encoded(reference: Path) -> Iterator[NDArray[np.int64]]:
    """Ids of the first texts of each file, by the real ALBERT vocabulary; normalised by lower case alone."""
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_file=str(reference / "models" / "albert-vocab" / "spiece.model"))
    for text in _texts(reference / "corpus" / "eval"):
        yield np.array([CLS, *processor.encode(text.lower())[: LONGEST - 2], SEP])


def _texts(folder: Path) -> Iterator[str]:
    for name in TABLES:
        head, *rows = (folder / name).read_text("utf-8").rstrip("\n").split("\n")[: PER_FILE + 1]
        column = head.split("\t").index("s1" if "s1" in head.split("\t") else "text")
        yield from (row.split("\t")[column] for row in rows)
    for name in JSON_LINES:
        lines = (folder / name).read_text("utf-8").rstrip("\n").split("\n")[:PER_FILE]
        yield from (json.loads(line)["text"] for line in lines)
