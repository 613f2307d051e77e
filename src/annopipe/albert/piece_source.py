"""From SentencePiece's own normalised text back to the characters that came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from annopipe.albert.codepoints import lengths_of, offsets_of, points_of
from annopipe.albert.normalise import SPACE, Folded
from annopipe.albert.piece_table import SPACE_MARK
from annopipe.errors import VocabularyError

SURVIVES, PLAIN = 1, 2


class CharacterClasses:
    """What a vocabulary's normaliser does to single characters, learnt once for each.

    ``SURVIVES``: something other than white space is left of it. ``PLAIN``: alone, it stays itself.
    """

    def __init__(self, processor: SentencePieceProcessor) -> None:
        """Prepare; characters are looked at when they first occur."""
        self._processor = processor
        self._known: dict[int, int] = {}

    def of(self, points: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """``[characters]`` uint8: classes of each code point, ``SURVIVES | PLAIN``."""
        present = np.flatnonzero(np.bincount(np.minimum(points, 128), minlength=129)[:128])
        table = np.zeros(128, np.uint8)
        table[present] = [self._class(point) for point in present.tolist()]
        classes = table[np.minimum(points, 127)]
        wide = points >= 128
        if wide.any():
            unique, which = np.unique(points[wide], return_inverse=True)
            classes[wide] = np.array([self._class(point) for point in unique.tolist()], np.uint8)[which]
        return classes

    def _class(self, point: int) -> int:
        known = self._known.get(point)
        if known is None:
            known = self._known[point] = self._look_at(chr(point))
        return known

    def _look_at(self, character: str) -> int:
        if character == " ":
            return PLAIN
        normal: str = self._processor.Normalize(character)
        survives = SURVIVES if normal.strip(SPACE_MARK) else 0
        return survives | (PLAIN if normal == SPACE_MARK + character else 0)


@dataclass(frozen=True)
class Source:
    """Characters of the text that SentencePiece cut into pieces, and where each comes from.

    Attributes:
        begin, end: ``[normalised characters]`` int64; the character stands for ``[begin, end)`` of what came in.
        counts: ``[normalised characters]`` bool; False for ``▁``.
        survived: positions of the characters, of those that came in, of which something is left.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    counts: NDArray[np.bool_]
    survived: NDArray[np.int64]

    def survivors(self, characters: int) -> NDArray[np.bool_]:
        """``[characters]`` bool, True at ``survived``."""
        survives = np.zeros(characters, np.bool_)
        survives[self.survived] = True
        return survives


def trace(
    processor: SentencePieceProcessor,
    classes: CharacterClasses,
    folded: Folded,
    strings: Sequence[str],
    lengths: NDArray[np.int64],
) -> Source:
    """Where the normalised characters of texts come from.

    Args:
        processor: the model, whose normaliser is asked about the texts that it changes.
        classes: its classes of single characters.
        folded: the texts as SentencePiece was given them.
        strings: the same as strings.
        lengths: ``[texts]`` int64, characters of each text's pieces together.

    Raises:
        VocabularyError: the pieces are not the normalised text, as with models that move white space to the end of
            words.
    """
    flags = classes.of(folded.points)
    normal = _normal_lengths(folded)
    plain = _plain_texts(folded, flags) & (normal == lengths)
    others = np.flatnonzero(~plain).tolist()
    answers: list[tuple[str, list[int]]] = [processor.Normalize(strings[text], with_offsets=True) for text in others]
    normal[others] = [len(answer[0]) for answer in answers]
    if not np.array_equal(normal, lengths):
        odd = strings[int(np.flatnonzero(normal != lengths)[0])]
        raise VocabularyError(
            f"The vocabulary's pieces do not spell the text they were made of ({odd[:80]!r}): it is no ALBERT one."
        )
    return _assembled(folded, flags, plain, normal, answers)


def _normal_lengths(folded: Folded) -> NDArray[np.int64]:
    """Lengths of texts that the normaliser leaves alone but for the ``▁`` in front."""
    lengths = lengths_of(folded.offsets)
    return np.where(lengths > 0, lengths + 1, 0)


def _plain_texts(folded: Folded, flags: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """``[texts]``: only plain characters; what the normaliser then collapses or composes shows in the length."""
    return lengths_of(offsets_of(((flags & PLAIN) == 0).astype(np.int64))[folded.offsets]) == 0


def _assembled(
    folded: Folded,
    flags: NDArray[np.uint8],
    plain: NDArray[np.bool_],
    lengths: NDArray[np.int64],
    answers: list[tuple[str, list[int]]],
) -> Source:
    """One source for plain texts, whose characters stay in place, and for the others, as the normaliser answered."""
    offsets = offsets_of(lengths)
    begin, end, counts = (
        np.zeros(offsets[-1], np.int64),
        np.zeros(offsets[-1], np.int64),
        np.zeros(offsets[-1], np.bool_),
    )
    own = lengths_of(folded.offsets)
    inside = np.flatnonzero(np.repeat(plain, own))
    target = inside + np.repeat((offsets[:-1] + 1 - folded.offsets[:-1])[plain], own[plain])
    begin[target], end[target] = folded.begin[inside], folded.end[inside]
    counts[target] = folded.points[inside] != SPACE
    alive = (flags & SURVIVES) > 0
    if answers:
        text = np.flatnonzero(~plain)
        place = np.flatnonzero(np.repeat(~plain, lengths))
        low, high = _chunks(folded, text, answers, alive)
        begin[place], end[place] = folded.begin[low], folded.end[high]
        counts[place] = points_of("".join(answer[0] for answer in answers)) != ord(SPACE_MARK)
    return Source(begin, end, counts, np.concatenate([folded.begin[alive], folded.end[alive] - 1]))


def _chunks(
    folded: Folded, text: NDArray[np.intp], answers: list[tuple[str, list[int]]], alive: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each normalised character the first and the last character of ``folded`` that it was made of.

    The normaliser says where each chunk begins; a chunk ends before the next one, less what vanished in between.
    """
    sizes = np.fromiter((len(answer[1]) for answer in answers), np.int64, len(answers))
    given = np.fromiter(chain.from_iterable(answer[1] for answer in answers), np.int64, int(sizes.sum()))
    starts = given + np.repeat(folded.offsets[text], sizes)
    following = np.append(starts, len(folded.points))[np.searchsorted(starts, starts, "right")]
    following = np.minimum(following, np.repeat(folded.offsets[text + 1], sizes))
    character = np.ones(len(starts), np.bool_)
    character[offsets_of(sizes)[1:] - 1] = False
    low, following = starts[character], following[character]
    last_alive = np.maximum.accumulate(np.where(alive, np.arange(len(alive)), -1))
    return low, np.maximum(low, last_alive[following - 1])
