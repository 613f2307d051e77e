"""Bracketed character classes with Java's unions, intersections and nesting."""

from annopipe.annotators.java_pattern import escapes
from annopipe.annotators.java_pattern.casing import folded_span, same
from annopipe.annotators.java_pattern.charset import CharSet, chars, span
from annopipe.annotators.java_pattern.flags import Flags
from annopipe.annotators.java_pattern.reader import Reader

MAX_DEPTH = 60


class ClassParser:
    """Reads one class; the cursor stands behind its ``[``.

    Java's rules (17): ``^`` negates only directly after ``[`` and then the whole class; a ``]`` that would close an
    empty class is a character; ``&&`` binds weaker than everything before it and takes all that follows up to the
    next ``&&``; an operand left out changes nothing.
    """

    def __init__(self, reader: Reader, flags: Flags) -> None:
        self._reader = reader
        self._flags = flags
        self._depth = 0

    def bracketed(self) -> CharSet:
        """The class up to and with its ``]``."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._reader.error(f"Character classes nested more than {MAX_DEPTH} deep", back=1)
        negated = self._reader.ahead(0) == "^"
        if negated:
            self._reader.take_raw()
        found = self._operands()
        self._reader.take()
        self._depth -= 1
        return ~found if negated else found

    def _operands(self) -> CharSet:
        """Everything up to the ``]`` that closes, which stays unread."""
        found: CharSet | None = None
        while True:
            sign = self._reader.peek()
            if sign == "]" and found is not None:
                return found
            if sign == "&" and self._reader.ahead(1) == "&":
                found = self._intersected(found)
                continue
            item = self._item()
            found = item if found is None else found | item

    def _intersected(self, left: CharSet | None) -> CharSet | None:
        self._reader.at += 2
        right: CharSet | None = None
        while (sign := self._reader.peek()) not in ("]", "&"):
            if sign == "[":
                item = self._item()
                right = item if right is None else right | item
            else:
                right = self._operands() if right is None else right | self._operands()
        if left is None and right is None:
            raise self._reader.error("Bad class syntax")
        if left is None or right is None:
            return left or right
        return left & right

    def _item(self) -> CharSet:
        """A nested class, a set, a range or a character."""
        sign = self._reader.take()
        if not sign:
            self._reader.at -= 1
            raise self._reader.error("Unclosed character class", back=1)
        if sign == "[":
            return self.bracketed()
        if sign == "\\":
            letter = self._reader.take_raw()[-1:]
            if not letter:
                raise self._reader.error("Unclosed character class", back=2)
            found = escapes.charset(self._reader, letter, self._flags)
            if found is not None:
                return found
            return self._from(escapes.character(self._reader, letter))
        return self._from(ord(sign[-1]))

    def _from(self, first: int) -> CharSet:
        """The range that starts with ``first``, or that character alone."""
        if self._reader.peek() == "-" and self._reader.ahead(1) not in ("[", "]", ""):
            self._reader.take()
            return self._folded_span(first, self._range_end())
        if not self._flags.ignore_case:
            return chars([first])
        return chars(same(first, self._flags.unicode_case))

    def _range_end(self) -> int:
        sign = self._reader.take()
        if sign != "\\":
            return ord(sign[-1]) if sign else -1
        letter = self._reader.take_raw()[-1:]
        if letter == "v":
            return 0x0B
        if not letter or letter in "dDwWsShHVpP":
            return -1
        return escapes.character(self._reader, letter)

    def _folded_span(self, first: int, last: int) -> CharSet:
        if last < first:
            raise self._reader.error("Illegal character range", back=1)
        if not self._flags.ignore_case:
            return span(first, last)
        return folded_span(first, last, self._flags.unicode_case)
