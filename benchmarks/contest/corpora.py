"""The texts: three mixes of lengths, many that are equal, one short text, and a set where nobody pads."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from sentences import WORDS, texts_of_all_kinds

Count = Callable[[Sequence[str]], "np.ndarray"]
"""Pieces of each text, [CLS] and [SEP] among them."""

SHORT, MIXED, LONG, EQUAL_TEXTS = "short queries", "mixed sentences", "long documents", "mostly equal texts"
MIXES = (SHORT, MIXED, LONG)
ONE, ROW, PLAIN, SAMPLE = "one short text", "one short row", "plain", "sample"
RANGES = {SHORT: (4, 14), MIXED: (4, 512), LONG: (320, 508)}
"""Fewest and most pieces of a text: no peer cuts a text of any mix."""
REPEATED = 0.8
SAMPLE_TEXTS, PLAIN_TEXTS, PLAIN_WORDS = 48, 24, 9


def corpora(pieces: int, count: Count) -> tuple[dict[str, list[str]], str]:
    """Return texts by name, about ``pieces`` pieces each, and where they come from."""
    every, origin = texts_of_all_kinds(6000)
    every = list(dict.fromkeys(text for text in every if text.strip()))
    documents = _documents(every)
    found = {mix: _chosen(documents if mix == LONG else every, RANGES[mix], pieces, count) for mix in MIXES}
    found[EQUAL_TEXTS] = _repeated(found[MIXED])
    found[ONE] = ["what is the largest river bank in the house"]
    found[ROW] = found[ONE]
    found[PLAIN] = _plain(count)
    found[SAMPLE] = found[MIXED][:SAMPLE_TEXTS]
    return found, origin


def _chosen(texts: list[str], limits: tuple[int, int], pieces: int, count: Count) -> list[str]:
    """Texts in order, of lengths within limits, until there are enough pieces."""
    lengths = count(texts)
    fit = [i for i in range(len(texts)) if limits[0] <= lengths[i] <= limits[1]]
    until = int(np.searchsorted(np.cumsum(lengths[fit]), pieces)) + 1
    return [texts[i] for i in fit[:until]]


def _documents(sentences: list[str]) -> list[str]:
    """Paragraphs of books end to end where the reference data is, else sentences; some 400 pieces each."""
    folder = os.environ.get("ANNOPIPE_REFERENCE_DATA", "")
    parts = sentences
    if folder:
        files = sorted((Path(folder) / "corpus" / "eval" / "longdocs").glob("*.txt"))
        parts = [part for file in files for part in file.read_text("utf-8").split("\n\n")]
    documents, last = [], ""
    for part in parts:
        last = f"{last} {' '.join(part.split())}".strip()
        if len(last.split()) >= 250:
            documents.append(" ".join(last.split()[:340]))
            last = ""
    order = np.random.default_rng(0).permutation(len(documents))
    return [documents[i] for i in order]


def _repeated(texts: list[str]) -> list[str]:
    """As many texts, a fifth of them different, in random order."""
    source = np.random.default_rng(0)
    few = texts[: max(1, round(len(texts) * (1 - REPEATED)))]
    return [few[i] for i in source.permutation(np.arange(len(texts)) % len(few))]


def _plain(count: Count) -> list[str]:
    """Common words, all texts of the same number of pieces: no padding, and the same ids however they are cut."""
    source = np.random.default_rng(0)
    words = [word for word, length in zip(WORDS, count(WORDS), strict=True) if length == 3]
    return [" ".join(source.choice(words, PLAIN_WORDS)) for _ in range(PLAIN_TEXTS)]
