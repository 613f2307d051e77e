"""What a user can set of sentence detection."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from annopipe.annotators.sentence_rules.abbreviations import Span
from annopipe.errors import ParamTypeError, ParamValueError
from annopipe.offsets import utf16_length

STRATEGIES: Final = ("none", "prepend", "append")


@dataclass(frozen=True, slots=True)
class SentenceSettings:
    """Settings of `SentenceRules`, named as the parameters of Spark NLP's ``SentenceDetector``.

    Args:
        useAbbreviations: know the dictionary of abbreviations ("Dr. Smith"); those that show by their form ("U.S.A.",
            "J. Smith") are known in any case.
        detectLists: begin a sentence at list items: "(a)", " 1. ", " 2.)".
        useCustomBoundsOnly: end sentences at ``customBounds`` alone; without bounds the usual rules hold.
        customBounds: Java regular expressions; each match ends a sentence. They are applied one after the other.
        customBoundsStrategy: ``"none"`` leaves a bound's matched text out of the sentences, ``"prepend"`` lets it
            begin the next one, ``"append"`` lets it end its own.
        splitLength: cut sentences at spaces into pieces of at most this length; a longer word stays whole, and at 0
            or less each word is a piece. None: never.
        minLength: drop what is shorter.
        maxLength: drop what is longer. None: never.
        utf16: count the three lengths in UTF-16 units, as Spark NLP does; else in code points.

    Raises:
        ParamTypeError: ``customBounds`` is a string.
        ParamValueError: the strategy is unknown (Spark NLP tells so only when bounds are set).
    """

    useAbbreviations: bool = True
    detectLists: bool = True
    useCustomBoundsOnly: bool = False
    customBounds: tuple[str, ...] = ()
    customBoundsStrategy: str = "none"
    splitLength: int | None = None
    minLength: int = 0
    maxLength: int | None = None
    utf16: bool = False

    def __post_init__(self) -> None:
        if self.customBoundsStrategy not in STRATEGIES:
            known = ", ".join(STRATEGIES)
            msg = f"customBoundsStrategy {self.customBoundsStrategy!r} is unknown: choose one of {known}"
            raise ParamValueError(msg)
        if isinstance(self.customBounds, str):
            msg = f"customBounds wants a list of patterns, not the one string {self.customBounds!r}"
            raise ParamTypeError(msg)
        object.__setattr__(self, "customBounds", tuple(self.customBounds))


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
