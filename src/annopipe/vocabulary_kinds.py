"""Kinds of vocabularies that are not SentencePiece's: the files that identify them, and what serves instead."""

from collections.abc import Iterable
from fnmatch import fnmatch
from typing import Final

LISTS: Final = ("vocab.txt", "vocab*.txt", "*[-_]vocab.txt", "assets/*vocab*.txt")
"""Names of WordPiece vocabularies, a piece a line."""

MERGES: Final = ("merges.txt", "vocab.json")

WHAT_SERVES: Final = (
    "annopipe reads SentencePiece vocabularies alone. What serves: an ALBERT with a spiece.model, such as "
    "pretrained('albert_base_v2'); for this one transformers itself, AutoTokenizer.from_pretrained(folder) with "
    "AlbertModel.from_pretrained(folder)"
)


def other_vocabulary(names: Iterable[str]) -> str | None:
    """What a folder has in place of a SentencePiece vocabulary, by the names of its files; None if nothing tells."""
    names = sorted(names)
    lists = [name for name in names if any(fnmatch(name, pattern) for pattern in LISTS)]
    if lists:
        return f"{lists[0]}, a WordPiece vocabulary (BertTokenizer's), as ALBERTs for Chinese have it"
    merges = [name for name in MERGES if name in names]
    return f"{' and '.join(merges)}, a byte-pair vocabulary" if merges else None
