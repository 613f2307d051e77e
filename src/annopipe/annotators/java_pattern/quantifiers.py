"""``* + ? {n} {n,} {n,m}``, greedy, lazy and possessive."""

from annopipe.annotators.java_pattern.charset import Flags, Fragment, chars, one
from annopipe.annotators.java_pattern.reader import Reader

_ENDS = r"\n\r\x85\u2028\u2029"
_FINAL = r"\r\n\Z"
_WORD = r"[\p{L}\p{Nd}_]"
_UNICODE_WORD = r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]"
_MARKED = r"(?<=[\p{L}\p{Nd}]\p{Mn}+)"


def _place(text: str) -> Fragment:
    return Fragment(text, unit=True)


_START = _place(r"(?:\A)")
_END = _place(r"(?:\Z)")
_LAST_LINE_END = _place(rf"(?:(?={_FINAL})|(?<!\r)(?=\n\Z)|(?=[\r\x85\u2028\u2029]?\Z))")
_LINE_START = _place(r"(?:(?:\A|(?<=\r(?!\n)|[\n\x85\u2028\u2029]))(?!\Z))")
_LINE_END = _place(r"(?:(?<!\r)(?=\n)|(?=[\r\x85\u2028\u2029]|\Z))")
_UNIX_LINE_START = _place(r"(?:(?:\A|(?<=\n))(?!\Z))")
_UNIX_LINE_END = _place(r"(?=\n|\Z)")
_UNIX_LAST_LINE_END = _place(r"(?=\n?\Z)")

_BEFORE, _AFTER = rf"(?:(?<={_WORD})|{_MARKED})", rf"(?:(?={_WORD})|(?=\p{{Mn}})(?<=[\p{{L}}\p{{Nd}}]\p{{Mn}}*))"


def caret(flags: Flags) -> Fragment:
    """``^``: the start; with flag ``m`` also after a line end, but never at the end of the text."""
    if not flags.multiline:
        return _START
    return _UNIX_LINE_START if flags.unix_lines else _LINE_START


def dollar(flags: Flags) -> Fragment:
    """``$``: the end or before a final line end; with flag ``m`` before every line end."""
    if flags.multiline:
        return _UNIX_LINE_END if flags.unix_lines else _LINE_END
    return last_line_end(flags)


def last_line_end(flags: Flags) -> Fragment:
    r"""``\Z``: the end, or before a line end that ends the text."""
    return _UNIX_LAST_LINE_END if flags.unix_lines else _LAST_LINE_END


def boundary(inside: bool, flags: Flags) -> Fragment:
    r"""``\b``, or ``\B`` if ``inside``: Java 17 takes letters and digits of any script, ``_`` and marks on them."""
    if flags.unicode_classes:
        before, after = f"(?<={_UNICODE_WORD})", f"(?={_UNICODE_WORD})"
        not_before, not_after = f"(?<!{_UNICODE_WORD})", f"(?!{_UNICODE_WORD})"
    else:
        before, after, not_before, not_after = _BEFORE, _AFTER, f"(?!{_BEFORE})", f"(?!{_AFTER})"
    if inside:
        return _place(f"(?:{before}{after}|{not_before}{not_after})")
    return _place(f"(?:{before}{not_after}|{not_before}{after})")


def dot(flags: Flags) -> Fragment:
    """``.``: any character but Java's five line ends; all with flag ``s``, all but ``\\n`` with flag ``d``."""
    if flags.dot_all:
        return one("(?s:.)")
    return (~chars([0x0A])).fragment() if flags.unix_lines else one(f"[^{_ENDS}]")


PLACES = {"A": _START, "z": _END, "G": _place(r"(?:\G)")}
# Java never goes back into a repeated \R, but does into a single one.
REPEATED_LINE_BREAK = Fragment(r"(?>\r\n|[\n\x0b\f\r\x85\u2028\u2029])", shortest=1, unit=True)
LINE_BREAK = Fragment(r"(?:\r\n|[\n\x0b\f\r\x85\u2028\u2029])", shortest=1, unit=True)
GRAPHEME = Fragment(r"\X", shortest=1, unit=True)


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
