"""Files with faults: bytes changed, cut, doubled or moved, numbers put to their extremes; in JSON other values, too."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 62, (1 << 64) - 1)


VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3, 1 << 31, 1 << 64, 10**400, 0.5, -0.0, 1e308, float("inf"), float("nan")),
    *("", "x", "../x", "\0", "\ud800", "7", "é" * 300, "[", "(?<n", "albert", "a,b"),
    *([], {}, [[]], [None], [1, 2], ["x"], {"x": 1}, [["a", "b"], 1]),
)
"""Values that do not belong anywhere."""


def mutated(data: bytes, seed: int) -> bytes:
    """Return a file with one to four faults; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if changed:
            chance.choice(FAULTS)(changed, chance)
    return bytes(changed)


def changed_values(document: bytes, seed: int) -> bytes:
    """Return a JSON document with one to three values of another kind or gone; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    values = json.loads(document)
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = list(_places(values))
        if not places:
            break
        holder, key = chance.choice(places)
        if chance.random() < 0.2:
            del holder[key]
        else:
            other, name = chance.choice(places)
            holder[key] = deepcopy(chance.choice((*VALUES, other[name])))
    return json.dumps(values).encode()


def _places(values: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place of a value in a document: its list or object, and its number or key there."""
    todo = [values]
    while todo:
        one = todo.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        for key in keys:
            yield one, key
            todo.append(one[key])


def all_mutated(data: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    for number in range(count):
        yield mutated(data, seed + number)


def _flip(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _replace(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def _extreme(data: bytearray, chance: random.Random) -> None:
    width = chance.choice((1, 2, 4, 8))
    at = chance.randrange(len(data))
    value = chance.choice(EXTREMES) % (1 << 8 * width)
    data[at : at + width] = value.to_bytes(width, chance.choice(("little", "big")))


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _drop(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, 32)]


def _double(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.randint(1, 64)]


def _move(data: bytearray, chance: random.Random) -> None:
    at, to, size = chance.randrange(len(data)), chance.randrange(len(data)), chance.randint(1, 64)
    part = bytes(data[at : at + size])
    data[to : to + len(part)] = part


def _noise(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at : at + chance.randint(1, 16)] = chance.randbytes(chance.randint(0, 16))


FAULTS = (_flip, _replace, _extreme, _cut, _drop, _double, _move, _noise)
