"""``* + ? {n} {n,} {n,m}``, greedy, lazy and possessive."""

from annopipe.annotators.java_pattern.anchors import LINE_BREAK, REPEATED_LINE_BREAK
from annopipe.annotators.java_pattern.fragment import Fragment
from annopipe.annotators.java_pattern.reader import Reader

_MOST = 2**31 - 1
MOST_COPIES = 100_000
_DIGITS = "0123456789"
_SIMPLE: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


def quantified(reader: Reader, atom: Fragment) -> Fragment:
    """The atom with the quantifier that follows, or alone."""
    sign = reader.peek()
    if sign in _SIMPLE and sign:
        reader.take()
        least, most = _SIMPLE[sign]
        text = sign
    elif sign == "{":
        least, most = _counts(reader)
        text = f"{{{least},{'' if most is None else most}}}"
    else:
        return atom
    if atom is LINE_BREAK:
        atom = REPEATED_LINE_BREAK
    mode = reader.take() if reader.peek() in ("?", "+") else ""
    cost = atom.cost * max(least, 1)
    if cost > MOST_COPIES:
        raise reader.unsupported(f"a part that must come more than {MOST_COPIES} times")
    bounded = atom.bounded and (most is not None or atom.single)
    reversible = atom.reversible and mode != "+"
    return Fragment(f"{atom.closed}{text}{mode}", atom.shortest * least, bounded, cost=cost, reversible=reversible)


def _counts(reader: Reader) -> tuple[int, int | None]:
    reader.take()
    if not _digit(reader):
        raise reader.error("Illegal repetition")
    least = _number(reader)
    most: int | None = least
    if reader.ahead(0) == ",":
        reader.take_raw()
        most = _number(reader) if _digit(reader) else None
    if reader.ahead(0) != "}":
        raise reader.error("Unclosed counted closure")
    if most is not None and most < least:
        raise reader.error("Illegal repetition range")
    reader.take_raw()
    return least, most


def _digit(reader: Reader) -> bool:
    return bool(reader.ahead(0)) and reader.ahead(0) in _DIGITS


def _number(reader: Reader) -> int:
    number = 0
    while _digit(reader):
        number = number * 10 + int(reader.take_raw())
        if number > _MOST:
            raise reader.error("Illegal repetition range", back=1)
    return number
