"""The native API: what it takes as texts, what its results are equal to, how it travels."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import annopipe
from annopipe.errors import AnnopipeError, ColumnTypeError, ModelMismatch, ParamTypeError, ParamValueError, RowTooLarge
from annopipe.pipeline.native import Embedder
from tiny_model import make_tiny_model


@pytest.fixture
def albert(tiny_model_folder: Path) -> Embedder:
    return annopipe.load(tiny_model_folder)


@pytest.mark.parametrize(
    "texts",
    [
        ["one", None, "two"],
        ("one", float("nan"), "two"),
        iter(["one", None, "two"]),
        np.array(["one", None, "two"], object),
        pd.Series(["one", None, "two"]),
        pd.Series(["one", None, "two"], dtype="string"),
        pd.Index(["one", None, "two"]),
        pl.Series(["one", None, "two"]),
        pa.array(["one", None, "two"]),
        pa.chunked_array([["one", None], ["two"]], pa.large_string()),
    ],
    ids=lambda texts: f"{type(texts).__module__.partition('.')[0]} {type(texts).__name__}",
)
def test_any_iterable_of_texts(texts: Any, albert: Embedder) -> None:
    assert [words.text for words in albert.embed_words(texts)] == ["one", "", "two"]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ("one", r"not one str: pass \[text\]"),
        (b"one", r"not one bytes: pass \[text\]"),
        (None, "not NoneType"),
        (1, "not int"),
        ({"text": ["one"]}, "this dict is a frame: pass one column"),
        (pd.DataFrame({"text": ["one"]}), "this DataFrame is a frame: pass one column"),
        (pl.DataFrame({"text": ["one"]}), "this DataFrame is a frame: pass one column"),
        (pl.LazyFrame({"text": ["one"]}), "this LazyFrame is a frame: pass one column"),
        (pa.table({"text": ["one"]}), "this Table is a frame: pass one column"),
        (pa.table({"text": ["one"]}).to_reader(), "this RecordBatchReader is a frame"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_what_is_no_iterable_of_texts(texts: Any, told: str, albert: Embedder) -> None:
    for embed in (albert.embed_words, albert.embed_sentences):
        with pytest.raises(ColumnTypeError, match=told):
            embed(texts)


@pytest.mark.parametrize("odd", [1, b"two", ["two"]])
def test_an_element_that_is_no_text(odd: Any, albert: Embedder) -> None:
    found = albert.embed_words(["one"] * 40 + [odd])
    with pytest.raises(ColumnTypeError, match=rf"^texts\[40\] is {type(odd).__name__}, not str"):
        list(found)


def test_a_text_too_large_is_named(albert: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annopipe.pipeline.native.MAX_ROW_BYTES", 16 * 4 * 5)
    with pytest.raises(RowTooLarge, match=r"^texts\[70\], of 6 tokens, needs 384 bytes") as told:
        list(albert.embed_words(["a b"] * 70 + ["a b c d e f"]))
    assert told.value.row == 70


def test_results_compare_by_value(albert: Embedder) -> None:
    for embed in (albert.embed_words, albert.embed_sentences):
        (one, again, other) = embed(["one two", "one two", "two"])  # type: ignore[operator]
        assert one == again
        assert one != other
        assert other in [one, other]
        assert one != "one two"
        assert len({one, again, other}) == 2


@pytest.mark.parametrize("send", [lambda one: pickle.loads(pickle.dumps(one)), copy.copy, copy.deepcopy])  # noqa: S301
def test_a_copy_gives_the_same_vectors(send: Callable[[Embedder], Embedder], tiny_model_folder: Path) -> None:
    for threads in (None, 1):
        albert = annopipe.load(tiny_model_folder, threads=threads)
        arrived = send(albert)
        assert list(arrived.embed_words(["one two"])) == list(albert.embed_words(["one two"]))
        assert threads is None or arrived.model.encoder.threads == threads
        assert len(pickle.dumps(albert)) < 1000


def test_a_pickle_checks_the_model_that_it_meets(tmp_path: Path) -> None:
    folder = make_tiny_model(tmp_path / "model")
    sent = pickle.dumps(annopipe.load(folder))
    make_tiny_model(folder, seed=9)
    with pytest.raises(ModelMismatch):
        pickle.loads(sent)  # noqa: S301


@pytest.mark.parametrize("threads", ["2", 1.5, True])
def test_threads_of_another_type(threads: Any, tiny_model_folder: Path) -> None:
    with pytest.raises(ParamTypeError, match="threads is"):
        annopipe.load(tiny_model_folder, threads=threads)


@pytest.mark.parametrize("threads", [0, -1, 10**6])
def test_threads_out_of_range(threads: int, tiny_model_folder: Path) -> None:
    with pytest.raises(ParamValueError, match=f"threads is {threads}: give 1 to"):
        annopipe.load(tiny_model_folder, threads=threads)


LOADERS = [annopipe.load, annopipe.AlbertEmbeddings.pretrained, annopipe.PipelineModel.load]


@pytest.mark.parametrize("load", LOADERS, ids=["load", "pretrained", "PipelineModel.load"])
@pytest.mark.parametrize("name", [None, 1, b"albert_mini"])
def test_names_that_are_no_text(load: Any, name: Any) -> None:
    with pytest.raises(ParamTypeError) as told:
        load(name)
    assert isinstance(told.value, AnnopipeError)


def test_similarities_of_nothing(albert: Embedder) -> None:
    assert albert.similarities([]).shape == (0, 0)
    assert albert.similarities([], ["one"]).shape == (0, 1)
