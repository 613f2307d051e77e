"""ALBERT's own normalisation of text before SentencePiece, for whole batches and with the source of every character.

The steps are those of google-research's ``preprocess_text`` and of ``AlbertTokenizer`` in Hugging Face transformers 4,
in their order: white space collapsed, LaTeX quotes to ``"``, NFKD with accents dropped, lower case. As transformers
    does, letters
are lower-cased one at a time, so that a final capital sigma becomes ``σ``, not ``ς``.
"""

import functools
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.codepoints import CodePoints, lengths_of, offsets_of, points_of, within

WHITE_SPACE = tuple(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000")) + tuple(
    range(0x2000, 0x200B)
)
"""What Python's ``str.split`` and ``str.strip`` take for white space."""

SPACE, DOUBLE_QUOTE = ord(" "), ord('"')
LATEX_QUOTES = (ord("`"), ord("'"))


@dataclass(frozen=True)
class FoldingRules:
    """The choices of a vocabulary, under the names of ``tokenizer_config.json``, with ALBERT's defaults."""

    do_lower_case: bool = True
    remove_space: bool = True
    keep_accents: bool = False


@dataclass(frozen=True)
class Folded(CodePoints):
    """Normalised texts and where their characters come from.

    Attributes:
        begin, end: ``[characters]`` int64; character ``i`` stands for ``[begin[i], end[i])`` of the run of code points
            that went in. Neither ever decreases. A white-space character stands for the first of its run only.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]


def fold(texts: CodePoints, rules: FoldingRules) -> Folded:
    """Normalise texts as ALBERT's training code did."""
    places = np.arange(len(texts.points) + 1, dtype=np.int64)
    folded = Folded(texts.points, texts.offsets, places[:-1], places[1:])
    if rules.remove_space:
        folded = _collapse_space(folded)
    return _fold_characters(_join_quotes(folded), rules)


def _collapse_space(texts: Folded) -> Folded:
    """``" ".join(text.split())``: one space for each run of white space, none at the ends."""
    space = _white_space_table()[np.minimum(texts.points, max(WHITE_SPACE) + 1)]
    if not space.any():
        return texts
    follows = np.empty_like(space)
    follows[1:] = space[:-1]
    follows[texts.first_of_text()] = True
    keep = ~(space & follows)
    kept = np.flatnonzero(keep)
    bounds = _bounds_after(keep, texts.offsets)
    last = kept[bounds[1:][lengths_of(bounds) > 0] - 1]
    keep[last[space[last]]] = False
    points = np.where(space, np.uint32(SPACE), texts.points)
    return _kept(Folded(points, texts.offsets, texts.begin, texts.end), keep)


@functools.cache
def _white_space_table() -> NDArray[np.bool_]:
    table = np.zeros(max(WHITE_SPACE) + 2, np.bool_)
    table[list(WHITE_SPACE)] = True
    return table


def _join_quotes(texts: Folded) -> Folded:
    """Two back-ticks or two apostrophes become one double quote, from the left."""
    heads = [_pair_heads(texts, quote) for quote in LATEX_QUOTES]
    head = np.concatenate(heads)
    if not len(head):
        return texts
    points, end = texts.points.copy(), texts.end.copy()
    points[head] = DOUBLE_QUOTE
    end[head] = texts.end[head + 1]
    keep = np.ones(len(points), np.bool_)
    keep[head + 1] = False
    return _kept(Folded(points, texts.offsets, texts.begin, end), keep)


def _pair_heads(texts: Folded, quote: int) -> NDArray[np.int64]:
    """Places of the first of each pair of ``quote``, pairs taken from the left of each run."""
    places = np.flatnonzero(texts.points == quote)
    if len(places) < 2:
        return places[:0]
    opens = np.diff(places, prepend=-2) != 1
    opens |= texts.first_of_text()[places]
    lengths = np.diff(np.flatnonzero(opens), append=len(places))
    in_run = within(lengths)
    return places[(in_run % 2 == 0) & (in_run + 1 < np.repeat(lengths, lengths))]


def _fold_characters(texts: Folded, rules: FoldingRules) -> Folded:
    """Each character replaced by what lower case and NFKD make of it: nothing, one character, or several."""
    points = texts.points
    if rules.do_lower_case:
        capital = (points >= ord("A")) & (points <= ord("Z"))
        points = np.where(capital, points + np.uint32(32), points)
    wide = points >= 128
    if not wide.any():
        return Folded(points, texts.offsets, texts.begin, texts.end)
    unique, which = np.unique(points[wide], return_inverse=True)
    forms = [fold_character(chr(point), rules.do_lower_case, rules.keep_accents) for point in unique.tolist()]
    return _expanded(Folded(points, texts.offsets, texts.begin, texts.end), wide, which, forms)


def _expanded(texts: Folded, wide: NDArray[np.bool_], which: NDArray[np.intp], forms: list[str]) -> Folded:
    """Characters under ``wide`` replaced: the ``n``-th of them by ``forms[which[n]]``."""
    sizes = np.fromiter(map(len, forms), np.int64, len(forms))
    counts = np.ones(len(wide), np.int64)
    counts[wide] = sizes[which]
    starts = np.zeros(len(wide), np.int64)
    starts[wide] = offsets_of(sizes)[which]
    source = np.repeat(np.arange(len(wide)), counts)
    points = texts.points[source]
    new = wide[source]
    letters = points_of("".join(forms))
    points[new] = letters[(starts[source] + within(counts))[new]]
    return Folded(points, offsets_of(counts)[texts.offsets], texts.begin[source], texts.end[source])


@functools.lru_cache(maxsize=1 << 16)
def fold_character(character: str, lower_case: bool, keep_accents: bool) -> str:
    """What one character becomes; for a whole text one by one too, since NFKD reorders only accents, which go."""
    text = character.lower() if lower_case else character
    if not keep_accents:
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return text.lower() if lower_case else text


def _kept(texts: Folded, keep: NDArray[np.bool_]) -> Folded:
    """Only the characters under ``keep``."""
    if keep.all():
        return texts
    return Folded(texts.points[keep], _bounds_after(keep, texts.offsets), texts.begin[keep], texts.end[keep])


def _bounds_after(keep: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Offsets of the texts once only the characters under ``keep`` are left."""
    return offsets_of(keep.astype(np.int64))[offsets]
