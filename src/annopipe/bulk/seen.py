"""Texts of which the result is known or on its way: equal texts are computed once, as far as memory goes."""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from annopipe.bulk.result import Result

KEY_BYTES: Final = 16
ENTRY_BYTES: Final = 200
"""Memory of one entry besides its rows, by measure."""


@dataclass(slots=True)
class _Held:
    keys: list[bytes]
    result: Result | None = None
    users: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Ref:
    """Where the result of a text is or will be: the number of a group of texts, and the place in it."""

    group: int
    place: int


@dataclass(slots=True)
class Seen:
    """Results of groups of texts, the oldest dropped when all together pass ``limit`` bytes.

    Attributes:
        limit: bytes; with 0 nothing is remembered beyond its own slice.
        salt: what results depend on besides the text; part of the keys.
    """

    limit: int
    salt: bytes = b""
    _groups: "OrderedDict[int, _Held]" = field(default_factory=OrderedDict)
    _refs: dict[bytes, Ref] = field(default_factory=dict)
    _size: int = 0
    _next: int = 0

    def key(self, text: str) -> bytes:
        """Return the key of a text."""
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES, key=self.salt).digest()

    def find(self, key: bytes) -> Ref | None:
        """Return where a text's result is."""
        return self._refs.get(key)

    def announce(self, keys: list[bytes]) -> list[Ref]:
        """Open a group for texts whose results will come."""
        number, self._next = self._next, self._next + 1
        self._groups[number] = _Held(keys)
        refs = [Ref(number, place) for place in range(len(keys))]
        self._refs.update(zip(keys, refs, strict=True))
        return refs

    def keys(self, number: int) -> list[bytes]:
        """Return the keys of a group."""
        return self._groups[number].keys

    def use(self, groups: set[int]) -> None:
        """Keep groups until `release`."""
        for number in groups:
            self._groups[number].users += 1

    def fill(self, number: int, result: Result) -> None:
        """Take the results of a group."""
        held = self._groups[number]
        held.result = result
        held.size = result.nbytes + ENTRY_BYTES * len(held.keys)
        self._size += held.size

    def result(self, number: int) -> Result:
        """Return the results of a group that is in use."""
        result = self._groups[number].result
        if result is None:
            msg = f"group {number} has no results yet"
            raise LookupError(msg)
        return result

    def release(self, groups: set[int]) -> None:
        """Let go of groups, and drop the oldest that nobody uses while there is too much."""
        for number in groups:
            self._groups[number].users -= 1
        for number, held in list(self._groups.items()):
            if self._size <= self.limit:
                return
            if held.result is not None and not held.users:
                self._drop(number, held)

    def _drop(self, number: int, held: _Held) -> None:
        del self._groups[number]
        self._size -= held.size
        for key in held.keys:
            ref = self._refs.get(key)
            if ref is not None and ref.group == number:
                del self._refs[key]
