"""The instructions of a pickle, one after the other, with their arguments: those that describe tensors, no others."""

import pickletools
import struct
from collections.abc import Callable, Iterator
from typing import Any, Final

from annopipe.errors import PickleRefused


class _Bytes:
    """A pickle's bytes and the place that was read up to."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """Return so many bytes; a claim of more than there are takes no memory."""
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise PickleRefused("its list of tensors is cut off")
        self._at += count
        return taken

    def line(self) -> str:
        """Return the text up to the end of a line."""
        end = self._data.find(b"\n", self._at)
        if end < 0:
            raise PickleRefused("its list of tensors is cut off")
        line = self._data[self._at : end]
        self._at = end + 1
        return line.decode("utf-8", "replace")


def _number(form: str) -> Callable[[_Bytes], Any]:
    size = struct.calcsize(form)
    return lambda data: struct.unpack(form, data.take(size))[0]


def _text(form: str, encoding: str = "utf-8") -> Callable[[_Bytes], str]:
    length = _number(form)
    return lambda data: data.take(_not_negative(length(data))).decode(encoding, "strict")


def _not_negative(length: int) -> int:
    if length < 0:
        raise PickleRefused("its list of tensors is damaged: a text of negative length")
    return length


def _long(data: _Bytes) -> int:
    return int.from_bytes(data.take(data.take(1)[0]), "little", signed=True)


def _two_lines(data: _Bytes) -> tuple[str, str]:
    return data.line(), data.line()


def _nothing(_: _Bytes) -> None:
    return None


_ALL: Final = {known.code: known.name for known in pickletools.opcodes}

_PLAIN: Final = {
    b"(": "MARK",
    b".": "STOP",
    b"N": "NONE",
    b"\x88": "NEWTRUE",
    b"\x89": "NEWFALSE",
    b")": "EMPTY_TUPLE",
    b"]": "EMPTY_LIST",
    b"}": "EMPTY_DICT",
    b"\x93": "STACK_GLOBAL",
    b"\x94": "MEMOIZE",
    b"t": "TUPLE",
    b"\x85": "TUPLE1",
    b"\x86": "TUPLE2",
    b"\x87": "TUPLE3",
    b"Q": "BINPERSID",
    b"R": "REDUCE",
    b"b": "BUILD",
    b"a": "APPEND",
    b"e": "APPENDS",
    b"s": "SETITEM",
    b"u": "SETITEMS",
}
"""Code → name, of instructions without argument."""

READERS: Final[dict[bytes, tuple[str, Callable[[_Bytes], Any]]]] = {
    b"\x80": ("PROTO", _number("<B")),
    b"\x95": ("FRAME", _number("<Q")),
    b"J": ("BININT", _number("<i")),
    b"K": ("BININT1", _number("<B")),
    b"M": ("BININT2", _number("<H")),
    b"\x8a": ("LONG1", _long),
    b"G": ("BINFLOAT", _number(">d")),
    b"X": ("BINUNICODE", _text("<I")),
    b"\x8c": ("SHORT_BINUNICODE", _text("<B")),
    b"\x8d": ("BINUNICODE8", _text("<Q")),
    b"T": ("BINSTRING", _text("<i", "latin-1")),
    b"U": ("SHORT_BINSTRING", _text("<B", "latin-1")),
    b"q": ("BINPUT", _number("<B")),
    b"r": ("LONG_BINPUT", _number("<I")),
    b"h": ("BINGET", _number("<B")),
    b"j": ("LONG_BINGET", _number("<I")),
    b"c": ("GLOBAL", _two_lines),
    **{code: (name, _nothing) for code, name in _PLAIN.items()},
}
"""Code → name and what reads the argument behind it."""


def instructions(data: bytes) -> Iterator[tuple[str, Any]]:
    """Yield name and argument of each instruction up to the end of the pickle.

    Raises:
        PickleRefused: another instruction, or the pickle is damaged or cut off.
    """
    source = _Bytes(data)
    while True:
        code = source.take(1)
        if code not in READERS:
            name = _ALL.get(code.decode("latin-1"), f"0x{code.hex()}, which is none,")
            raise PickleRefused(f"it uses the pickle instruction {name}, which no list of tensors needs")
        name, read_argument = READERS[code]
        try:
            argument = read_argument(source)
        except UnicodeDecodeError as error:
            raise PickleRefused("its list of tensors is damaged: a text is none") from error
        yield name, argument
        if name == "STOP":
            return
