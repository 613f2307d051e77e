"""Safetensors files: what a sound one gives, and an error for each way to be unsound."""

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert.random_models import header_of, write_safetensors
from annopipe.albert.safetensors import SafetensorsFile
from annopipe.errors import CheckpointError

TENSORS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.arange(4, dtype=np.float32)}


def test_float32_is_a_view_of_the_file(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "m.safetensors", {**TENSORS, "none": np.empty((0, 3), np.float32)})
    file = SafetensorsFile(tmp_path / "m.safetensors")
    assert list(file.entries) == ["a", "b", "none"]
    for name, values in TENSORS.items():
        assert np.array_equal(file.floats(name), values)
        assert file.floats(name).dtype == np.float32
    assert file.floats("none").shape == (0, 3)
    assert np.shares_memory(file.floats("a"), file.floats("a"))
    assert not file.floats("a").flags.writeable


def test_half_precisions_are_expanded(tmp_path: Path) -> None:
    numbers = np.array([0, -0.0, 1, -2.5, 65504, 6e-8, np.inf, np.nan], np.float32)
    bfloats = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    write_safetensors(tmp_path / "m", {"half": numbers.astype(np.float16), "brain": bfloats})
    file = SafetensorsFile(tmp_path / "m")
    assert np.array_equal(file.floats("half"), numbers.astype(np.float16).astype(np.float32), equal_nan=True)
    expected = (bfloats.astype(np.uint32) << 16).view(np.float32)
    assert np.array_equal(file.floats("brain"), expected, equal_nan=True)
    assert file.floats("brain")[3] == -2.5


def test_unaligned_tensors_are_read(tmp_path: Path) -> None:
    header = json.dumps(header_of(TENSORS)).encode()
    for spaces in range(8):
        write_safetensors(tmp_path / "m", TENSORS, header + b" " * spaces)
        assert np.array_equal(SafetensorsFile(tmp_path / "m").floats("b"), TENSORS["b"])


def test_metadata_is_no_tensor(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "m", TENSORS, {"__metadata__": {"format": "pt"}, **header_of(TENSORS)})
    assert list(SafetensorsFile(tmp_path / "m").entries) == ["a", "b"]


@pytest.mark.oracle
def test_files_of_the_safetensors_package(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors.numpy")
    tensors = {"x": np.random.RandomState(0).rand(3, 5).astype(np.float32), "half": np.ones((2,), np.float16)}
    theirs.save_file(tensors, tmp_path / "m", metadata={"format": "np"})
    file = SafetensorsFile(tmp_path / "m")
    for name, values in tensors.items():
        assert np.array_equal(file.floats(name), values)


def test_other_dtypes_are_seen_but_no_weights(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "m", {"ids": np.arange(3), "double": np.array([0.1, 1e300])})
    file = SafetensorsFile(tmp_path / "m")
    with pytest.raises(CheckpointError, match="ids has dtype I64; weights must be F32, F16, BF16, F64"):
        file.floats("ids")
    assert np.array_equal(file.floats("double"), np.array([0.1, np.inf], np.float32))


def changed(name: str, **values: object) -> dict[str, Any]:
    header = header_of(TENSORS)
    header[name] |= values
    return header


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (b"not json", "header is not JSON"),
        (b"\xff\xff", "header is not JSON"),
        (b"[" * 100_000, "header is not JSON"),
        ([1], "header is not a JSON object"),
        ({"a": 3}, "the entry of 'a' is not an object"),
        (json.dumps(header_of(TENSORS)).replace('"b"', '"a"').encode(), "names 'a' twice"),
        (changed("a", dtype="F33"), "'a' has the unknown dtype 'F33'"),
        (changed("a", dtype=["F32"]), "'a' has the unknown dtype"),
        (changed("a", shape=[-2, -3]), "'a' has the impossible shape"),
        (changed("a", shape=[2.0, 3]), "'a' has the impossible shape"),
        (changed("a", shape=None), "'a' has the impossible shape"),
        (changed("a", shape=[1] * 1000 + [6]), "'a' has the impossible shape"),
        (changed("a", shape=[2, 4]), "'a' of shape .* does not fill its 24 bytes"),
        (changed("a", shape=[2**40, 2**40]), "'a' of shape .* does not fill"),
        (changed("a", data_offsets=[24, 0]), "'a' has the impossible data_offsets"),
        (changed("a", data_offsets=[-24, 0]), "'a' has the impossible data_offsets"),
        (changed("a", data_offsets=[0]), "'a' has the impossible data_offsets"),
        (changed("a", data_offsets=[True, 24]), "'a' has the impossible data_offsets"),
        (changed("b", data_offsets=[30, 46]), "'b' ends at byte .* truncated"),
        (changed("b", data_offsets=[8, 24]), "'b' overlaps 'a'"),
        ({"b": header_of(TENSORS)["b"]}, "24 bytes between 'the header' and 'b' belong to no tensor"),
        ({"a": header_of(TENSORS)["a"]}, "16 bytes after the last tensor"),
    ],
)
def test_unsound_headers(tmp_path: Path, header: object, part: str) -> None:
    write_safetensors(tmp_path / "m", TENSORS, header)
    with pytest.raises(CheckpointError, match=part) as caught:
        SafetensorsFile(tmp_path / "m")
    assert str(tmp_path / "m") in str(caught.value)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "shorter than the 8 bytes"),
        (b"\x01\x00", "shorter than the 8 bytes"),
        ((100).to_bytes(8, "little") + b"{}", "claims 100 bytes, but the file ends after 10: it is truncated"),
        ((2**63).to_bytes(8, "little") + b"{}", "above the format's limit"),
        ((200_000_000).to_bytes(8, "little") + b"{}", "above the format's limit"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS, without the weights"),
        ((0).to_bytes(8, "little"), "header is not JSON"),
    ],
)
def test_files_that_break_off(tmp_path: Path, content: bytes, part: str) -> None:
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(CheckpointError, match=part):
        SafetensorsFile(tmp_path / "m")


@given(st.data())
def test_damaged_headers_are_errors_or_harmless(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("m") / "m"
    write_safetensors(path, TENSORS)
    content = bytearray(path.read_bytes())
    header = 8 + int.from_bytes(content[:8], "little")
    content[data.draw(st.integers(0, header - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(header, len(content)))])
    with contextlib.suppress(CheckpointError):
        file = SafetensorsFile(path)
        arrays = [file.floats(name) for name in file.entries]
        assert sum(array.size for array in arrays) <= 10
