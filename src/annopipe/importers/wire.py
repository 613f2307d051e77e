"""Protobuf's wire format, read field by field with every length checked: no ``protobuf`` package, no generated code."""

from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import CheckpointError

Value: TypeAlias = int | memoryview

MOST_FIELDS: Final = 5_000_000
"""Fields in one message; more is no model that anyone wrote, and would fill the memory."""

_FIXED: Final = {1: 8, 5: 4}


class Message:
    """One message: its fields by number, in order, none of them copied.

    Attributes:
        where: what it is and in which file, for error texts.
    """

    __slots__ = ("__dict__", "_data", "where")

    def __init__(self, data: bytes | memoryview, where: str) -> None:
        self._data = memoryview(data)
        self.where = where

    def damaged(self, cause: str) -> CheckpointError:
        """Return the error that says what is wrong with this message."""
        return CheckpointError(f"{self.where} is damaged: {cause}; copy or download it anew")

    @cached_property
    def fields(self) -> dict[int, list[Value]]:
        """Values by field number: whole numbers (unsigned, 64 bits), or the bytes of everything else.

        Raises:
            CheckpointError: a field that does not end within the message, or of no known form.
        """
        found: dict[int, list[Value]] = {}
        data, at, end, count = self._data, 0, len(self._data), 0
        while at < end:
            key, at = self.varint(data, at)
            kind, number = key & 7, key >> 3
            if kind == 0:
                value: Value
                value, at = self.varint(data, at)
            else:
                size, at = self._size(data, at, kind)
                if at + size > end:
                    raise self.damaged(f"field {number} claims {size} bytes where {end - at} are left")
                value, at = data[at : at + size], at + size
            if number == 0 or (count := count + 1) > MOST_FIELDS:
                raise self.damaged("it is no message of a model")
            found.setdefault(number, []).append(value)
        return found

    def _size(self, data: memoryview, at: int, kind: int) -> tuple[int, int]:
        """Return how many bytes a field of a wire type has, and where they begin."""
        if kind == 2:
            return self.varint(data, at)
        if kind not in _FIXED:
            raise self.damaged(f"wire type {kind} at byte {at}")
        return _FIXED[kind], at

    def varint(self, data: memoryview, at: int) -> tuple[int, int]:
        """Return the number at a place, and the place behind it."""
        value = shift = 0
        try:
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 127) << shift
                if byte < 128:
                    return value & (1 << 64) - 1, at
                shift += 7
                if shift > 63:
                    raise self.damaged(f"a number of more than ten bytes at byte {at}")
        except IndexError as error:
            raise self.damaged("it ends within a number") from error

    def has(self, number: int) -> bool:
        """Tell whether a field is there."""
        return number in self.fields

    def integer(self, number: int, default: int = 0) -> int:
        """Return a whole number, signed; the last one if there are several."""
        values = self.integers(number)
        return values[-1] if values else default

    def integers(self, number: int) -> list[int]:
        """Return all whole numbers of a field, signed, packed or not."""
        found: list[int] = []
        for value in self.fields.get(number, ()):
            if isinstance(value, int):
                found.append(value)
                continue
            at = 0
            while at < len(value):
                one, at = self.varint(value, at)
                found.append(one)
        return [value - (1 << 64) if value >> 63 else value for value in found]

    def floats(self, number: int) -> NDArray[np.float32]:
        """Return all 32-bit floats of a field, packed or not."""
        parts = [self._bytes(number, value) for value in self.fields.get(number, ())]
        joined = parts[0] if len(parts) == 1 else b"".join(parts)
        if len(joined) % 4:
            raise self.damaged(f"field {number} has {len(joined)} bytes, which are no 32-bit numbers")
        return np.frombuffer(joined, "<f4")

    def data(self, number: int) -> memoryview | None:
        """Return the bytes of a field, the last one if there are several; None if it is not there."""
        values = self.fields.get(number)
        return self._bytes(number, values[-1]) if values else None

    def text(self, number: int, default: str = "") -> str:
        """Return a string; the last one if there are several."""
        data = self.data(number)
        return default if data is None else bytes(data).decode("utf-8", "replace")

    def texts(self, number: int) -> list[str]:
        """Return all strings of a field."""
        return [bytes(self._bytes(number, value)).decode("utf-8", "replace") for value in self.fields.get(number, ())]

    def message(self, number: int) -> "Message | None":
        """Return the message in a field, the last one if there are several; None if it is not there."""
        data = self.data(number)
        return None if data is None else Message(data, self.where)

    def messages(self, number: int) -> "list[Message]":
        """Return all messages of a field."""
        return [Message(self._bytes(number, value), self.where) for value in self.fields.get(number, ())]

    def _bytes(self, number: int, value: Value) -> memoryview:
        if isinstance(value, int):
            raise self.damaged(f"field {number} is a number where bytes belong")
        return value
