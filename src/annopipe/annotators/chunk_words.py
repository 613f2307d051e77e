"""Which word vectors belong to a chunk."""

import numpy as np

from annopipe.annotators.membership import numbers_of
from annopipe.columns import AnnotationColumn, Ints

_NONE = np.empty(0, np.int64)


def words_of_chunks(chunks: AnnotationColumn, words: AnnotationColumn, *, by_position: bool) -> list[Ints]:
    """Return the places in ``words`` of each chunk's words, in their order.

    A word is a chunk's if it lies inside it and in its sentence. ``by_position``: as Spark NLP does, a chunk's number
    counts those sentences of its row that have vectors. Else the number is the sentence's own; where that sentence has
    none of the chunk's words, all words of the row inside the chunk are taken, else those that it cuts.
    """
    choose = _BySentencePosition(words) if by_position else _ByPlace(words)
    rows, begin, end = chunks.row_numbers().tolist(), chunks.begin.tolist(), chunks.end.tolist()
    return [choose(*key) for key in zip(rows, begin, end, numbers_of(chunks), strict=True)]


class _Groups:
    """Words by row and sentence number, those without a vector left out."""

    def __init__(self, words: AnnotationColumn) -> None:
        self._begin, self._end = words.begin, words.end
        found: dict[int, dict[str, list[int]]] = {}
        usable = np.ones(len(words), np.bool_) if words.bare is None else ~words.bare
        for i, (row, number) in enumerate(zip(words.row_numbers().tolist(), numbers_of(words), strict=True)):
            if usable[i]:
                found.setdefault(row, {}).setdefault(number, []).append(i)
        self._groups = {
            row: {number: np.array(places, np.int64) for number, places in by_number.items()}
            for row, by_number in found.items()
        }

    def _inside(self, places: Ints, begin: int, end: int) -> Ints:
        return places[(self._begin[places] >= begin) & (self._end[places] <= end)]

    def _cut(self, places: Ints, begin: int, end: int) -> Ints:
        return places[(self._begin[places] <= end) & (self._end[places] >= begin)]


class _BySentencePosition(_Groups):
    """The sentence at the chunk's number among those that have vectors."""

    def __init__(self, words: AnnotationColumn) -> None:
        super().__init__(words)
        self._ordered = {
            row: [group for _, group in sorted(groups.items(), key=lambda item: _as_number(item[0]))]
            for row, groups in self._groups.items()
        }

    def __call__(self, row: int, begin: int, end: int, number: str) -> Ints:
        groups = self._ordered.get(row, [])
        position = _as_number(number)
        return self._inside(groups[position], begin, end) if 0 <= position < len(groups) else _NONE


class _ByPlace(_Groups):
    """The chunk's own sentence, else the whole row."""

    def __call__(self, row: int, begin: int, end: int, number: str) -> Ints:
        groups = self._groups.get(row)
        if groups is None:
            return _NONE
        if number in groups and len(found := self._inside(groups[number], begin, end)):
            return found
        whole = np.sort(np.concatenate(list(groups.values())))
        found = self._inside(whole, begin, end)
        return found if len(found) else self._cut(whole, begin, end)


def _as_number(text: str) -> int:
    return int(text) if text.isdecimal() else -1
