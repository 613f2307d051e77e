"""Stretches of text that stay whole: marking them, and taking out the breaks they make void.

Long texts are written piece by piece into one buffer; lists of their pieces would weigh many times the text.
"""

from collections.abc import Iterable
from io import StringIO

from annopipe.annotators.sentence_rules.marks import BOUND, BREAK, CLOSE, KEPT, OPEN

Span = tuple[int, int]


def protected(text: str, spans: Iterable[Span], opening: str = OPEN) -> str:
    """Return the text with ``opening`` and `CLOSE` around spans, which are in order and apart."""
    out = StringIO(newline="")
    write = out.write
    done = 0
    for start, stop in spans:
        write(text[done:start])
        write(f"{opening}{text[start:stop]}{CLOSE}")
        done = stop
    if not done:
        return text
    write(text[done:])
    return out.getvalue()


def without_protected_breaks(marked: str) -> str:
    """Take out protection, and with it the breaks after which `CLOSE` comes before `OPEN`."""
    closing = marked.find(CLOSE)
    if closing < 0:
        return marked
    out = StringIO(newline="")
    write = out.write
    done = 0
    while closing >= 0:
        opening = marked.rfind(OPEN, done, closing)
        if opening > done:
            write(marked[done:opening])
        write(marked[max(opening, done) : closing].replace(BREAK, "").replace(BOUND, KEPT))
        done = closing + 1
        closing = marked.find(CLOSE, done)
    write(marked[done:])
    return out.getvalue().replace(OPEN, "")
