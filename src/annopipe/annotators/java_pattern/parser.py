"""The grammar of Java regular expressions (``java.util.regex.Pattern``, Java 17), translated as it is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from annopipe.annotators.java_pattern.charset import (
    EMPTY,
    NEVER,
    Flags,
    Fragment,
    around,
    chars,
    either,
    escaped,
    group,
    joined,
    one,
    same,
)
from annopipe.annotators.java_pattern.classes import ClassParser, character, charset
from annopipe.annotators.java_pattern.quantifiers import (
    GRAPHEME,
    LINE_BREAK,
    PLACES,
    boundary,
    caret,
    dollar,
    dot,
    last_line_end,
    quantified,
)
from annopipe.annotators.java_pattern.reader import Reader

_PLAIN = {":": "(?:", ">": "(?>"}
_AHEAD = {"=": "(?=", "!": "(?!"}
_BEHIND = {"=": "(?<=", "!": "(?<!"}


def parenthesised(parser: "Parser") -> Fragment | None:
    """The group behind a ``(``; None for inline flags, which hold to the end of the group around them."""
    reader = parser.reader
    if not reader.take_if("?"):
        parser.groups += 1
        return group("(", _inside(parser))
    mark = reader.take_raw()
    if mark in _PLAIN and mark:
        found = group(_PLAIN[mark], _inside(parser))
        return replace(found, reversible=found.reversible and mark != ">")
    if mark in _AHEAD and mark:
        return around(_AHEAD[mark], _inside(parser))
    if mark == "<":
        return _behind(parser) if reader.ahead(0) in ("=", "!") else _named(parser)
    reader.at -= 1
    return _flags(parser)


def group_name(parser: "Parser") -> str:
    """The name up to ``>``, cursor behind it."""
    reader = parser.reader
    name = ""
    while (sign := reader.ahead(0)) and sign.isascii() and sign.isalnum() and len(sign) == 1:
        name += reader.take_raw()
    if not name or name[0].isdigit():
        raise reader.error("capturing group name does not start with a Latin letter", back=len(name))
    if reader.take_raw() != ">":
        raise reader.error("named capturing group is missing trailing '>'", back=1)
    return name


def _inside(parser: "Parser") -> Fragment:
    """What stands before the closing parenthesis; flags set inside end there."""
    with parser.nested():
        found = parser.expression()
        if not parser.reader.take_if(")"):
            raise parser.reader.error("Unclosed group")
    return found


def _behind(parser: "Parser") -> Fragment:
    mark = parser.reader.take_raw()
    inside = _inside(parser)
    if not inside.bounded:
        raise parser.reader.error("Look-behind group does not have an obvious maximum length", back=2)
    if not inside.reversible:
        raise parser.reader.unsupported("a possessive or atomic part inside a look-behind")
    return around(_BEHIND[mark], inside)


def _named(parser: "Parser") -> Fragment:
    name = group_name(parser)
    if name in parser.names:
        raise parser.reader.error(f"Named capturing group <{name}> is already defined", back=1)
    parser.groups += 1
    parser.names[name] = parser.groups
    return group("(", _inside(parser))


def _flags(parser: "Parser") -> Fragment | None:
    """``(?i)``, ``(?i-s:...)``."""
    reader = parser.reader
    flags, on = parser.flags, True
    while (letter := reader.take_raw()) not in (")", ":"):
        if letter == "-" and on:
            on = False
            continue
        switched = flags.switched(letter, on)
        if switched is None:
            raise reader.error("Unknown inline modifier", back=1)
        flags = switched
    if letter == ")":
        parser.set_flags(flags)
        return None
    with parser.nested():
        parser.set_flags(flags)
        inside = parser.expression()
        if not reader.take_if(")"):
            raise reader.error("Unclosed group")
    return group("(?:", inside)


MAX_DEPTH = 60


class Parser:
    """One reading of a pattern. ``total``: how many groups it has, once known; see :func:`translate`."""

    def __init__(self, pattern: str, flags: Flags, total: int | None = None) -> None:
        self.reader = Reader(pattern)
        self.flags = flags
        self.groups = 0
        self.names: dict[str, int] = {}
        self.forward = False
        self.anchored = False
        self._total = total
        self._depth = 0

    def whole(self) -> Fragment:
        """The whole pattern."""
        found = self.expression()
        if self.reader.peek() == ")":
            raise self.reader.error("Unmatched closing ')'", back=1)
        if self.anchored and not found.shortest:
            raise self.reader.unsupported("\\G in a pattern that can match nothing")
        return found

    def expression(self) -> Fragment:
        """Branches between ``|``, up to a closing parenthesis or the end."""
        branches = [self._sequence()]
        while self.reader.take_if("|"):
            branches.append(self._sequence())
        return either(branches)

    def set_flags(self, flags: Flags) -> None:
        """Make these flags hold from here on."""
        self.flags = flags
        self.reader.comments = flags.comments

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper; flags that change inside are put back."""
        flags = self.flags
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.reader.error(f"Groups nested more than {MAX_DEPTH} deep", back=1)
        yield
        self._depth -= 1
        self.set_flags(flags)

    def _sequence(self) -> Fragment:
        parts: list[Fragment] = []
        while self.reader.peek() not in ("", "|", ")"):
            atom = self._atom()
            if atom is not None:
                parts.append(quantified(self.reader, atom))
        return joined(parts) if parts else EMPTY

    def _atom(self) -> Fragment | None:
        """One operand; None where inline flags stood."""
        sign = self.reader.take()
        if sign == "(":
            return parenthesised(self)
        if sign == "[":
            return ClassParser(self.reader, self.flags).bracketed().fragment()
        if sign == "\\":
            return self._escape(self.reader.take_raw()[-1:])
        if sign == "{":
            self.reader.at -= 1
            return EMPTY
        if sign in ("*", "+", "?"):
            raise self.reader.error(f"Dangling meta character '{sign}'", back=1)
        places = {".": dot, "^": caret, "$": dollar}
        return places[sign](self.flags) if sign in places else self._literal(ord(sign[-1]))

    def _escape(self, letter: str) -> Fragment:
        if not letter:
            raise self.reader.error("Unexpected internal error: a backslash ends the pattern", back=1)
        if letter in PLACES:
            self.anchored = self.anchored or letter == "G"
            return PLACES[letter]
        if letter == "Z":
            return last_line_end(self.flags)
        if letter in "bB":
            return self._boundary(letter)
        if letter in "RX":
            return LINE_BREAK if letter == "R" else GRAPHEME
        if letter == "k" or letter in "123456789":
            return self._reference(self._named_group() if letter == "k" else self._numbered_group(letter))
        found = charset(self.reader, letter, self.flags)
        return found.fragment() if found is not None else self._literal(character(self.reader, letter))

    def _boundary(self, letter: str) -> Fragment:
        if letter == "b" and [self.reader.ahead(step) for step in range(3)] == ["{", "g", "}"]:
            raise self.reader.unsupported("\\b{g}")
        return boundary(letter == "B", self.flags)

    def _literal(self, code: int) -> Fragment:
        codes = same(code, self.flags.unicode_case) if self.flags.ignore_case else [code]
        return one(escaped(code)) if len(codes) == 1 else chars(codes).fragment()

    def _named_group(self) -> int:
        if self.reader.take_raw() != "<":
            raise self.reader.error("\\k is not followed by '<' for named capturing group", back=1)
        name = group_name(self)
        if name not in self.names:
            raise self.reader.error(f"named capturing group <{name}> does not exist", back=1)
        return self.names[name]

    def _numbered_group(self, digit: str) -> int:
        """More digits belong to the number while so many groups were opened before."""
        number = int(digit)
        while (sign := self.reader.ahead(0)) and sign in "0123456789":
            if number * 10 + int(sign) > self.groups:
                break
            number = number * 10 + int(self.reader.take_raw())
        return number

    def _reference(self, number: int) -> Fragment:
        self.forward = self.forward or number > self.groups
        if self._total is not None and number > self._total:
            return NEVER
        text = f"\\g<{number}>"
        if self.flags.ignore_case:
            if not self.flags.unicode_case:
                raise self.reader.unsupported("a back reference that ignores the case of ASCII letters only")
            text = f"(?i-f:{text})"
        return Fragment(text, bounded=False, unit=True)


def translate(pattern: str, ignore_case: bool) -> tuple[Fragment, int]:
    """The pattern in ``regex`` syntax and its number of groups; read twice where a reference points forward."""
    flags = Flags(ignore_case=ignore_case)
    parser = Parser(pattern, flags)
    found = parser.whole()
    if parser.forward:
        found = Parser(pattern, flags, total=parser.groups).whole()
    return found, parser.groups
