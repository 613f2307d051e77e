"""Cutting long sentences into pieces, and dropping what is too short or too long."""

from collections.abc import Callable, Iterable, Iterator

from annopipe.annotators.sentence_rules.protection import Span
from annopipe.annotators.sentence_rules.settings import SentenceSettings
from annopipe.offsets import utf16_length

Length = Callable[[str], int]


class LengthRules:
    """The settings ``splitLength``, ``minLength`` and ``maxLength``, in the unit that ``utf16`` chooses."""

    def __init__(self, settings: SentenceSettings) -> None:
        self._split = settings.splitLength
        self._least = settings.minLength
        self._most = settings.maxLength
        self._length: Length = utf16_length if settings.utf16 else len

    @property
    def idle(self) -> bool:
        """Whether nothing is ever cut or dropped."""
        return self._split is None and self._least <= 1 and self._most is None

    def apply(self, text: str, spans: Iterable[Span]) -> Iterator[Span]:
        """Yield the pieces of a text's sentences that are neither too short nor too long."""
        for begin, end in spans:
            for span in self._pieces(text, begin, end):
                if self._fits(text[slice(*span)]):
                    yield span

    def _fits(self, sentence: str) -> bool:
        length = self._length(sentence)
        return length >= self._least and (self._most is None or length <= self._most)

    def _pieces(self, text: str, begin: int, end: int) -> Iterable[Span]:
        if self._split is None:
            return ((begin, end),)
        return _pieces(text[begin:end], begin, self._split, self._length)


def _pieces(sentence: str, begin: int, limit: int, measure: Length) -> Iterator[Span]:
    """Yield runs of words up to the limit; the space between two pieces belongs to neither.

    Further spaces count as empty words, so a piece can begin or end with one, as in Spark NLP.
    """
    first = stop = place = begin
    used = 0
    for word in sentence.split(" "):
        length = measure(word)
        if used + length > limit:
            if stop > first:
                yield first, stop
            first, used = place, 0
        stop = place + len(word)
        place = stop + 1
        used += length + 1
    if stop > first:
        yield first, stop
