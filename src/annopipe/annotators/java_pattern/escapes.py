"""What follows a backslash: one character, or a set of characters."""

import unicodedata

from annopipe.annotators.java_pattern import properties
from annopipe.annotators.java_pattern.charset import LAST, CharSet
from annopipe.annotators.java_pattern.flags import Flags
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
