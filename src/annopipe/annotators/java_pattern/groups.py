"""What a parenthesis opens: groups, look-arounds, inline flags."""

from dataclasses import replace
from typing import TYPE_CHECKING

from annopipe.annotators.java_pattern.fragment import Fragment, around, group

if TYPE_CHECKING:
    from annopipe.annotators.java_pattern.parser import Parser

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
