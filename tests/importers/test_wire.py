"""Protobuf's wire format: what the official reader reads, and messages that do not end where they say."""

import struct

import pytest

from annopipe.albert import proto
from annopipe.errors import CheckpointError
from annopipe.importers.wire import Message


def message(data: bytes) -> Message:
    return Message(data, "the file")


def test_fields_of_every_kind() -> None:
    data = proto.integer(1, -5) + proto.integer(1, 300) + proto.text(2, "né") + proto.single(3, 0.5)
    data += proto.text(4, proto.integer(1, 7)) + proto.text(4, proto.integer(1, 8)) + b"\x29" + bytes(8)
    found = message(data)
    assert found.integers(1) == [-5, 300]
    assert (found.integer(1), found.text(2), found.integer(9, 4), found.text(9, "none")) == (300, "né", 4, "none")
    assert found.floats(3).tolist() == [0.5]
    assert [inner.integer(1) for inner in found.messages(4)] == [7, 8]
    assert found.data(5) == bytes(8)
    assert found.message(6) is None


def test_packed_numbers() -> None:
    data = proto.text(1, proto.varint(3) + proto.varint(-1) + proto.varint(1 << 62)) + proto.integer(1, 9)
    assert message(data).integers(1) == [3, -1, 1 << 62, 9]
    packed = proto.text(2, struct.pack("<3f", 1, 2, 3))
    assert message(packed).floats(2).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a\x05abc",
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x08",
        b"\x08\x80",
        b"\x08" + b"\x80" * 10 + b"\x01",
        b"\x0b",
        b"\x0c",
        b"\x00\x01",
        b"\x0d\x01\x02",
        b"\x09" + bytes(7),
    ],
)
def test_a_message_that_does_not_end(data: bytes) -> None:
    with pytest.raises(CheckpointError, match="the file is damaged"):
        _ = message(data).fields


def test_a_number_where_bytes_belong() -> None:
    with pytest.raises(CheckpointError, match="field 1 is a number"):
        message(proto.integer(1, 3)).text(1)
    with pytest.raises(CheckpointError, match="no 32-bit numbers"):
        message(proto.text(1, b"abc")).floats(1)
