"""Weights as int8 rows with scales: what they stand for, and an error for each way not to fit."""

import contextlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from albert.random_models import TINY, header_of, int8_rows, random_weights, write_config, write_safetensors
from annopipe.albert.checkpoint import read_weights
from annopipe.albert.int8_rows import Int8RowsFile
from annopipe.albert.model import AlbertModel
from annopipe.errors import CheckpointError
from tiny_model import random_weights as tiny_weights

FILE = "model.int8.safetensors"
ROWS = {
    "m": np.array([[127, -127, 0], [1, 2, -128]], np.int8),
    "m.scale": np.array([0.5, 2.0], np.float32),
    "bias": np.array([3.0, 4.0], np.float32),
}
Tensors = dict[str, NDArray[Any]]


def test_rows_times_scales(tmp_path: Path) -> None:
    write_safetensors(tmp_path / FILE, ROWS)
    file = Int8RowsFile(tmp_path / FILE)
    assert list(file.entries) == ["m", "bias"]
    assert file.floats("m").tolist() == [[63.5, -63.5, 0.0], [2.0, 4.0, -256.0]]
    assert file.floats("m").dtype == np.float32
    assert file.floats("bias").tolist() == [3.0, 4.0]


def test_matrices_without_rows_or_columns(tmp_path: Path) -> None:
    empty = {name: np.empty(shape, np.int8) for name, shape in (("none", (0, 3)), ("thin", (2, 0)))}
    scales = {"none.scale": np.empty(0, np.float32), "thin.scale": np.ones(2, np.float32)}
    write_safetensors(tmp_path / FILE, {**empty, **scales})
    file = Int8RowsFile(tmp_path / FILE)
    assert file.floats("none").shape == (0, 3)
    assert file.floats("thin").shape == (2, 0)


def test_a_model_of_int8_rows_is_near_its_plain_one(tmp_path: Path) -> None:
    weights = random_weights(TINY)
    write_safetensors(tmp_path / FILE, int8_rows(weights))
    found = read_weights(tmp_path, TINY)
    assert found.keys() == weights.keys()
    for name, values in weights.items():
        half_a_step = np.abs(values).max(axis=-1, keepdims=True) / 127 * 0.501 if values.ndim == 2 else 0
        assert np.all(np.abs(found[name] - values) <= half_a_step)
        assert not found[name].flags.writeable


def test_a_plain_file_goes_before(tmp_path: Path) -> None:
    weights = random_weights(TINY)
    write_safetensors(tmp_path / FILE, int8_rows(random_weights(TINY, seed=1)))
    write_safetensors(tmp_path / "model.safetensors", weights)
    assert all(np.array_equal(values, weights[name]) for name, values in read_weights(tmp_path, TINY).items())


def test_a_folder_of_int8_rows_embeds(tmp_path: Path, tiny_model_folder: Path) -> None:
    folder = shutil.copytree(tiny_model_folder, tmp_path / "m")
    (folder / "model.safetensors").unlink()
    config = AlbertModel.load(tiny_model_folder).config
    parts = int8_rows(tiny_weights(config, seed=0))
    write_safetensors(folder / FILE, parts)
    small, plain = AlbertModel.load(folder, threads=1), AlbertModel.load(tiny_model_folder, threads=1)
    texts = ["the house by the river", "a doctor"]
    off = np.abs(small.embed_sentences(texts) - plain.embed_sentences(texts)).max()
    assert 0 < off < 0.1
    before = small.content_hash
    parts["encoder.embedding_hidden_mapping_in.weight.scale"][0] *= 2
    write_safetensors(folder / FILE, parts)
    assert AlbertModel.load(folder, threads=1).content_hash != before


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"m.scale": None}, r"m is I8, but m\.scale is missing"),
        ({"m": None}, r"m\.scale is there, but m is missing"),
        ({"m": np.ones((2, 3), np.float32)}, r"m\.scale belongs to a tensor of dtype F32 and shape \[2, 3\]"),
        ({"m": np.ones(2, np.int8)}, r"m\.scale belongs to a tensor of dtype I8 and shape \[2\]"),
        ({"m": np.ones((2, 1, 3), np.int8)}, r"m\.scale belongs to a tensor of dtype I8 and shape \[2, 1, 3\]"),
        ({"m.scale": np.ones(3, np.float32)}, r"m\.scale is F32 \[3\] where 2 rows need F32 \[2\]"),
        ({"m.scale": np.ones((2, 1), np.float32)}, r"m\.scale is F32 \[2, 1\] where 2 rows need F32 \[2\]"),
        ({"m.scale": np.ones(2, np.float16)}, r"m\.scale is F16 \[2\] where 2 rows need F32 \[2\]"),
        ({"m.scale": np.ones(2, np.float64)}, r"m\.scale is F64 \[2\] where"),
        ({"m.scale": np.ones(2, np.int8)}, r"m\.scale is I8 \[2\] where"),
    ],
)
def test_rows_and_scales_that_do_not_fit(tmp_path: Path, changed: dict[str, Any], part: str) -> None:
    tensors: Tensors = {name: values for name, values in {**ROWS, **changed}.items() if values is not None}
    write_safetensors(tmp_path / FILE, tensors)
    with pytest.raises(CheckpointError, match=part) as caught:
        Int8RowsFile(tmp_path / FILE)
    assert str(tmp_path / FILE) in str(caught.value)


@pytest.mark.parametrize("scale", [np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0])
def test_scales_that_are_no_scales(tmp_path: Path, scale: float) -> None:
    write_safetensors(tmp_path / FILE, {**ROWS, "m.scale": np.array([1.0, scale], np.float32)})
    with pytest.raises(CheckpointError, match=r"m\.scale\[1\] is .* \(1 such of 2\)"):
        Int8RowsFile(tmp_path / FILE).floats("m")


def test_products_beyond_float32(tmp_path: Path) -> None:
    parts = int8_rows(random_weights(TINY))
    parts["embeddings.word_embeddings.weight.scale"][0] = np.float32(3e38)
    write_safetensors(tmp_path / FILE, parts)
    with pytest.raises(CheckpointError, match=r"embeddings\.word_embeddings\.weight has \d+ infinite"):
        read_weights(tmp_path, TINY)


def test_int8_rows_under_the_plain_name_are_refused(tmp_path: Path) -> None:
    write_config(tmp_path, TINY)
    write_safetensors(tmp_path / "model.safetensors", int8_rows(random_weights(TINY)))
    with pytest.raises(CheckpointError, match=r"left over .*\.scale"):
        read_weights(tmp_path, TINY)


def test_scales_of_heads_are_left_out_with_them(tmp_path: Path) -> None:
    parts = int8_rows(random_weights(TINY))
    parts |= {"pooler.weight": np.ones((2, 2), np.int8), "pooler.weight.scale": np.ones(2, np.float32)}
    write_safetensors(tmp_path / FILE, {f"albert.{name}": values for name, values in parts.items()})
    assert read_weights(tmp_path, TINY).keys() == random_weights(TINY).keys()


@given(st.data())
def test_damaged_files_are_errors_or_harmless(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("m") / FILE
    write_safetensors(path, ROWS)
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with contextlib.suppress(CheckpointError):
        file = Int8RowsFile(path)
        assert sum(file.floats(name).size for name in file.entries) <= sum(map(np.size, ROWS.values()))


def test_headers_tell_before_numbers_are_read(tmp_path: Path) -> None:
    header = header_of(ROWS)
    header["m"]["shape"] = [3, 2]
    write_safetensors(tmp_path / FILE, ROWS, header)
    with pytest.raises(CheckpointError, match=r"m\.scale is F32 \[2\] where 3 rows"):
        Int8RowsFile(tmp_path / FILE)
