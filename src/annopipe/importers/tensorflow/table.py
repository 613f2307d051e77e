"""LevelDB-style tables, in which TensorFlow keeps the index of a checkpoint: sorted keys with values, in blocks.

A block is prefix-compressed entries and restart points, then a byte for its compression and a masked CRC-32C; the file
ends with a footer of 48 bytes that says where the index of all blocks lies (https://github.com/google/leveldb, file
``doc/table_format.md``).
"""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from annopipe.errors import CheckpointError
from annopipe.importers.tensorflow.checksum import masked_crc32c
from annopipe.importers.wire import Message

MAGIC: Final = 0xDB4775248B80FB57
FOOTER: Final = 48
TRAILER: Final = 5
"""Bytes behind each block: its compression, and its checksum."""

LONGEST_KEY: Final = 4096
LARGEST_BLOCK: Final = 64 << 20
"""Bytes of a block once it is decompressed; TensorFlow writes blocks of some 256 kB."""

PLAIN, SNAPPY = 0, 1


def entries(data: memoryview, where: str) -> Iterator[tuple[bytes, memoryview]]:
    """Give every key with its value, in the order of keys.

    Raises:
        CheckpointError: it is no table, a place in it lies outside of it, or a checksum does not fit.
    """
    table = _Table(data, where)
    last, behind = b"", 0
    for _, handle in table.block(*table.index()):
        place = Message(handle, where)
        offset, at = place.varint(handle, 0)
        size, _ = place.varint(handle, at)
        if offset < behind:
            raise table.damaged("two blocks overlap")
        behind = offset + size
        for key, value in table.block(offset, size):
            if last and key <= last:
                raise table.damaged(f"the keys {last[:80]!r} and {key[:80]!r} are not in order")
            last = key
            yield key, value


class _Table:
    """The file, and how to get at a block of it."""

    def __init__(self, data: memoryview, where: str) -> None:
        self._data, self._where = data, where
        if len(data) < FOOTER or int.from_bytes(data[-8:], "little") != MAGIC:
            raise self.damaged("it does not end as an index of a checkpoint does: truncated, or another kind of file")

    def damaged(self, cause: str) -> CheckpointError:
        return CheckpointError(f"{self._where} is damaged: {cause}; copy or download it anew")

    def index(self) -> tuple[int, int]:
        """Return offset and size of the block of blocks."""
        footer = self._data[-FOOTER:]
        message, at = Message(footer, self._where), 0
        numbers = []
        for _ in range(4):
            number, at = message.varint(footer, at)
            numbers.append(number)
        return numbers[2], numbers[3]

    def block(self, offset: int, size: int) -> Iterator[tuple[bytes, memoryview]]:
        """Give the entries of one block."""
        content = self._content(offset, size)
        if len(content) < 4:
            raise self.damaged(f"the block at {offset} is too short")
        end = len(content) - 4 * (int.from_bytes(content[-4:], "little") + 1)
        if end < 0:
            raise self.damaged(f"the block at {offset} claims more restart points than it has bytes")
        yield from self._entries(content[:end])

    def _content(self, offset: int, size: int) -> memoryview:
        """Return a block's bytes, checked and decompressed."""
        room = len(self._data) - FOOTER
        if offset + size + TRAILER > room:
            raise self.damaged(f"a block claims the bytes {offset} to {offset + size + TRAILER} of {room}")
        stored = self._data[offset : offset + size + TRAILER]
        expected = int.from_bytes(stored[-4:], "little")
        if masked_crc32c(stored[:-4]) != expected:
            raise self.damaged(f"the checksum of the block at {offset} does not fit")
        kind = stored[size]
        if kind == SNAPPY:
            return self._decompressed(stored[:size])
        if kind != PLAIN:
            raise self.damaged(f"the block at {offset} has the unknown compression {kind}")
        return stored[:size]

    def _decompressed(self, stored: memoryview) -> memoryview:
        size, _ = Message(stored, self._where).varint(stored, 0)
        if size > LARGEST_BLOCK:
            raise self.damaged(f"a block claims {size} bytes decompressed, more than {LARGEST_BLOCK}")
        try:
            plain = pa.Codec("snappy").decompress(pa.py_buffer(stored), decompressed_size=size)
        except (pa.ArrowException, OSError) as error:
            raise self.damaged(f"a block cannot be decompressed ({error})") from error
        return memoryview(plain)

    def _entries(self, content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
        message, at, key = Message(content, self._where), 0, b""
        while at < len(content):
            shared, at = message.varint(content, at)
            fresh, at = message.varint(content, at)
            length, at = message.varint(content, at)
            if shared > len(key) or shared + fresh > LONGEST_KEY or at + fresh + length > len(content):
                raise self.damaged("an entry does not end within its block")
            key = key[:shared] + bytes(content[at : at + fresh])
            at += fresh
            yield key, content[at : at + length]
            at += length
