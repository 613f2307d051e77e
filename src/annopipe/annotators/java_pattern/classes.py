"""Bracketed character classes with Java's unions, intersections and nesting."""

import unicodedata

from annopipe.annotators.java_pattern import properties
from annopipe.annotators.java_pattern.charset import LAST, CharSet, Flags, chars, folded_span, same, span
from annopipe.annotators.java_pattern.reader import Reader

_CONTROLS = {"t": 0x09, "n": 0x0A, "r": 0x0D, "f": 0x0C, "a": 0x07, "e": 0x1B}
_OCTAL = "01234567"
_HEX = "0123456789abcdefABCDEF"


def character(reader: Reader, letter: str) -> int:
    """The code of the character that ``letter`` after a backslash stands for; the cursor is behind the letter."""
    if letter in _CONTROLS:
        return _CONTROLS[letter]
    readers = {"0": _octal, "x": _hexadecimal, "u": _unicode, "c": _control, "N": _name}
    if letter in readers:
        return readers[letter](reader)
    if letter.isascii() and letter.isalnum():
        raise reader.error("Illegal/unsupported escape sequence", back=1)
    return ord(letter)


def charset(reader: Reader, letter: str, flags: Flags) -> CharSet | None:
    r"""The set that ``letter`` after a backslash stands for (``\d \w \s \h \v \p`` and capitals), else None."""
    if letter in "dDwWsShHvV":
        return properties.shorthand(letter, flags)
    if letter not in "pP":
        return None
    name = _property_name(reader)
    found = properties.find(name, flags)
    if found is None:
        kind, equals, value = name.partition("=")
        if equals:
            raise reader.error(f"Unknown Unicode property {{name=<{kind.lower()}>, value=<{value}>}}", back=1)
        raise reader.error(f"Unknown character property name {{{name}}}", back=1)
    return ~found if letter == "P" else found


def _property_name(reader: Reader) -> str:
    if not reader.take_if("{"):
        return reader.take_raw()[-1:]
    name = _braced(reader)
    if name is None:
        raise reader.error("Unclosed character family")
    if not name:
        raise reader.error("Empty character family", back=1)
    return name


def _braced(reader: Reader) -> str | None:
    """The text up to ``}``, cursor behind it; None if there is none."""
    text = ""
    while (sign := reader.ahead(0)) != "}":
        if not sign:
            return None
        text += reader.take_raw()[-1]
    reader.take_raw()
    return text


def _octal(reader: Reader) -> int:
    digits = ""
    while len(digits) < 3 and reader.ahead(0) and reader.ahead(0) in _OCTAL:
        if len(digits) == 2 and digits[0] > "3":
            break
        digits += reader.take_raw()
    if not digits:
        raise reader.error("Illegal octal escape sequence")
    return int(digits, 8)


def _digits(reader: Reader, count: int) -> int | None:
    signs = [reader.ahead(distance) for distance in range(count)]
    if not all(sign and sign in _HEX for sign in signs):
        return None
    reader.at += count
    return int("".join(signs), 16)


def _hexadecimal(reader: Reader) -> int:
    if reader.ahead(0) != "{":
        code = _digits(reader, 2)
        if code is None:
            raise reader.error("Illegal hexadecimal escape sequence")
        return code
    start = reader.at
    reader.take_raw()
    digits = _braced(reader) or ""
    if not digits or any(digit not in _HEX for digit in digits):
        raise reader.error("Illegal hexadecimal escape sequence", back=reader.at - start)
    if int(digits, 16) > LAST:
        raise reader.error("Hexadecimal codepoint is too big", back=2)
    return int(digits, 16)


def _unicode(reader: Reader) -> int:
    r"""Four digits; a second ``\uXXXX`` that completes a surrogate pair is taken along."""
    code = _digits(reader, 4)
    if code is None:
        raise reader.error("Illegal Unicode escape sequence")
    start = reader.at
    if 0xD800 <= code < 0xDC00 and reader.ahead(0) == "\\" and reader.ahead(1) == "u":
        reader.at += 2
        low = _digits(reader, 4)
        if low is not None and 0xDC00 <= low < 0xE000:
            return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        reader.at = start
    return code


def _control(reader: Reader) -> int:
    sign = reader.take_raw()
    if not sign:
        raise reader.error("Illegal control escape sequence", back=2)
    return ord(sign[-1]) ^ 64


def _name(reader: Reader) -> int:
    if reader.ahead(0) != "{":
        raise reader.error("Illegal character name escape sequence")
    reader.take_raw()
    name = _braced(reader)
    if name is None:
        raise reader.error("Unclosed character name escape sequence", back=1)
    try:
        return ord(unicodedata.lookup(name.strip()))
    except (KeyError, TypeError):
        raise reader.error(f"Unknown character name [{name}]", back=1) from None


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
            found = charset(self._reader, letter, self._flags)
            if found is not None:
                return found
            return self._from(character(self._reader, letter))
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
        return character(self._reader, letter)

    def _folded_span(self, first: int, last: int) -> CharSet:
        if last < first:
            raise self._reader.error("Illegal character range", back=1)
        if not self._flags.ignore_case:
            return span(first, last)
        return folded_span(first, last, self._flags.unicode_case)
