"""From a marked text to the places of its sentences."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from annopipe.annotators.sentence_rules.marks import BOUND, BREAK, KEPT, OUTSIDE
from annopipe.annotators.sentence_rules.protection import Span

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
