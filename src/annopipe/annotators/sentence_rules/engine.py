"""Sentence detection: the rules in their order, and the cut."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Final

from annopipe.annotators.sentence_rules import abbreviations
from annopipe.annotators.sentence_rules import abbreviations as initials
from annopipe.annotators.sentence_rules import abbreviations as lists
from annopipe.annotators.sentence_rules import bounds as enclosures
from annopipe.annotators.sentence_rules import bounds as stops
from annopipe.annotators.sentence_rules.abbreviations import (
    BOUND,
    BREAK,
    KEPT,
    OUTSIDE,
    Span,
    without_marks,
    without_protected_breaks,
)
from annopipe.annotators.sentence_rules.bounds import CustomBounds
from annopipe.annotators.sentence_rules.settings import LengthRules, SentenceSettings

BLANK: Final = "".join(map(chr, range(0x21)))
"""What Java's ``trim`` strips: U+0000 to U+0020."""
_BOUND: Final = re.compile(f"[{BOUND}{KEPT}]")
_STRETCH: Final = 1 << 20


def with_bounds(marked: str, bounds: Iterable[str]) -> str:
    """Put back what users' bounds matched: outside of the sentences, or in one where protection made a bound void."""
    matched = iter(bounds)

    def expand(found: re.Match[str]) -> str:
        inside = next(matched)
        if found[0] == KEPT:
            return inside
        return BREAK + OUTSIDE + inside + BREAK if inside else BREAK

    return _BOUND.sub(expand, marked)


def sentences(marked: str) -> Iterator[Span]:
    """Cut at the breaks and trim; what is empty then is no sentence. Without marks the text has the caller's length."""
    place = 0
    for stretch in _stretches(marked):
        for part in stretch.split(BREAK):
            stop = place + len(part)
            if part[:1] == OUTSIDE:
                stop -= 1
            elif part[:1] > " " and part[-1] > " ":
                yield place, stop
            elif body := part.lstrip(BLANK):
                begin = stop - len(body)
                yield begin, begin + len(body.rstrip(BLANK))
            place = stop


def _stretches(marked: str) -> Iterator[str]:
    """Cut at some of the breaks, so that a long text's parts are never all in memory."""
    start = 0
    while (stop := marked.find(BREAK, start + _STRETCH)) >= 0:
        yield marked[start:stop]
        start = stop + 1
    yield marked[start:]


def trimmed(text: str, begin: int, end: int) -> Span:
    """Narrow a span of a text as Java's ``trim`` does."""
    body = text[begin:end].lstrip(BLANK)
    begin = end - len(body)
    return begin, begin + len(body.rstrip(BLANK))


Rule = Callable[[str], str]
_TELLING: Final = re.compile(r"[.;!?)]")


class SentenceRules:
    """Finds sentences as Spark NLP 5.5.3's ``SentenceDetector`` does, in time linear in the text.

    Safe to share between threads; pickles as its settings.

    Args:
        settings: which rules hold; defaults as in Spark NLP.

    Raises:
        ParamValueError: a setting is outside its range.
        PatternError: a bound is no valid Java regular expression.
    """

    def __init__(self, settings: SentenceSettings | None = None) -> None:
        self.settings = settings or SentenceSettings()
        bounds = self.settings.customBounds
        self._bounds = CustomBounds(bounds, self.settings.customBoundsStrategy) if bounds else None
        self._rules = _rules(self.settings)
        self._lengths = LengthRules(self.settings)

    def __reduce__(self) -> tuple[type["SentenceRules"], tuple[SentenceSettings]]:
        return type(self), (self.settings,)

    def split(self, text: str) -> list[Span]:
        """Return the sentences of a text, in order: (begin, end), end exclusive, in code points of the text.

        A sentence is ``text[begin:end]``; it is never empty and, unless ``splitLength`` cut it, neither begins nor ends
        with a character up to U+0020. A text without any has no sentences.

        Raises:
            PatternTimeout: a bound ran too long on the text.
        """
        return list(self.spans(text))

    def spans(self, text: str) -> Iterator[Span]:
        """Yield what `split` returns, one by one: for texts whose list of sentences would not fit into memory."""
        found = self._found(text)
        return iter(found) if self._lengths.idle else self._lengths.apply(text, found)

    def _found(self, text: str) -> Iterable[Span]:
        if self._bounds is None:
            return _whole(text) if _is_plain(text) else sentences(self._marked(text))
        bounded = self._bounds.split(text)
        if self.settings.useCustomBoundsOnly:
            return (span for begin, end in bounded for span in _whole(text, begin, end))
        return sentences(self._marked_between(text, bounded))

    def _marked(self, text: str) -> str:
        return without_protected_breaks(self._written_over(without_marks(text)))

    def _marked_between(self, text: str, bounded: list[Span]) -> str:
        clean = without_marks(text)
        marked = self._written_over(BOUND.join(clean[begin:end] for begin, end in bounded))
        matched = (clean[left[1] : right[0]] for left, right in pairwise(bounded))
        return with_bounds(without_protected_breaks(marked), matched)

    def _written_over(self, text: str) -> str:
        for rule in self._rules:
            text = rule(text)
        return text


def _rules(settings: SentenceSettings) -> tuple[Rule, ...]:
    """Return the rules in Spark NLP's order; with bounds abbreviations come before numbers."""
    known = settings.useAbbreviations
    short = (
        initials.protect_initials,
        abbreviations.still_known_abbreviations if known else abbreviations.still_abbreviations,
    )
    numbers = (stops.still_numbers,)
    return (
        *((lists.mark_lists,) if settings.detectLists else ()),
        *((*short, *numbers) if settings.customBounds else (*numbers, *short)),
        stops.break_after_questions,
        stops.still_inner_stops,
        stops.break_after_ellipses,
        enclosures.protect_enclosures,
        stops.break_at_stops,
    )


def _is_plain(text: str) -> bool:
    """Tell whether nothing can end a sentence before the end of the text."""
    first = _TELLING.search(text)
    return first is None or (first.end() == len(text) and first[0] != ")")


def _whole(text: str, begin: int = 0, end: int | None = None) -> Iterable[Span]:
    """Return the span without blanks around it, if anything is left."""
    begin, end = trimmed(text, begin, len(text) if end is None else end)
    return ((begin, end),) if end > begin else ()
