"""The grammar of Java regular expressions (``java.util.regex.Pattern``, Java 17), translated as it is read."""

from collections.abc import Iterator
from contextlib import contextmanager

from annopipe.annotators.java_pattern import anchors, escapes
from annopipe.annotators.java_pattern.casing import same
from annopipe.annotators.java_pattern.charset import chars, escaped
from annopipe.annotators.java_pattern.classes import ClassParser
from annopipe.annotators.java_pattern.flags import Flags
from annopipe.annotators.java_pattern.fragment import EMPTY, NEVER, Fragment, either, joined, one
from annopipe.annotators.java_pattern.groups import group_name, parenthesised
from annopipe.annotators.java_pattern.quantifiers import quantified
from annopipe.annotators.java_pattern.reader import Reader

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
        places = {".": anchors.dot, "^": anchors.caret, "$": anchors.dollar}
        return places[sign](self.flags) if sign in places else self._literal(ord(sign[-1]))

    def _escape(self, letter: str) -> Fragment:
        if not letter:
            raise self.reader.error("Unexpected internal error: a backslash ends the pattern", back=1)
        if letter in anchors.PLACES:
            self.anchored = self.anchored or letter == "G"
            return anchors.PLACES[letter]
        if letter == "Z":
            return anchors.last_line_end(self.flags)
        if letter in "bB":
            return self._boundary(letter)
        if letter in "RX":
            return anchors.LINE_BREAK if letter == "R" else anchors.GRAPHEME
        if letter == "k" or letter in "123456789":
            return self._reference(self._named_group() if letter == "k" else self._numbered_group(letter))
        found = escapes.charset(self.reader, letter, self.flags)
        return found.fragment() if found is not None else self._literal(escapes.character(self.reader, letter))

    def _boundary(self, letter: str) -> Fragment:
        if letter == "b" and [self.reader.ahead(step) for step in range(3)] == ["{", "g", "}"]:
            raise self.reader.unsupported("\\b{g}")
        return anchors.boundary(letter == "B", self.flags)

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
