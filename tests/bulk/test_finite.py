"""No NaN and no infinity reaches a dataset: the row is named, or left out where that was asked for."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import annopipe
from annopipe.albert.model import AlbertModel
from annopipe.bulk.budget import Budget
from annopipe.bulk.finite import HALF, SINGLE, until_failure
from annopipe.bulk.result import Part, Result
from annopipe.bulk.shard import kept
from annopipe.errors import ModelError, RowFailed
from tiny_model import CONFIG, make_tiny_model, random_weights, write_safetensors

from .jobs import leftovers, read, shards, write_parquet

TEXTS = ["one", "the river bank", "two", "house light letter", "the river bank", "number"]
NORM = "encoder.albert_layer_groups.0.albert_layers.0.full_layer_layer_norm"


@pytest.fixture(scope="module")
def loud_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with finite vectors, some numbers of which pass 65504 for some of the texts and not for others."""
    folder = make_tiny_model(tmp_path_factory.mktemp("loud") / "model")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    weights = random_weights(replace(CONFIG, vocab_size=config["vocab_size"]), 0)
    name = next(name for name in weights if name.endswith(f"{NORM}.weight"))
    most = sorted(float(np.abs(vector).max()) for vector in AlbertModel.load(folder).embed_sentences(TEXTS))
    weights[name] *= 65504 / ((most[0] + most[-1]) / 2)
    weights[name.replace("weight", "bias")] *= 65504 / ((most[0] + most[-1]) / 2)
    write_safetensors(folder / "model.safetensors", weights)
    return folder


def _loud(model: Path) -> list[bool]:
    return [float(np.abs(vector).max()) >= 65520 for vector in AlbertModel.load(model).embed_sentences(TEXTS)]


def test_the_model_is_as_the_tests_want_it(loud_model: Path) -> None:
    assert {True, False} == set(_loud(loud_model))


@pytest.mark.parametrize("options", [{}, {"deduplicate": False}, {"processes": 2}, {"cache": True}])
def test_numbers_that_float16_does_not_hold(options: dict[str, Any], loud_model: Path, tmp_path: Path) -> None:
    source, loud = write_parquet(tmp_path / "in.parquet", list(TEXTS)), _loud(loud_model)
    if options.get("cache"):
        options = {"cache": tmp_path / "cache.sqlite"}
    settings: Any = {"model": loud_model, "level": "sentence", "float16": True, **options}
    with pytest.raises(RowFailed, match=rf"row {loud.index(True)} \(.*in\.parquet, .*: its vectors .* beyond 65504"):
        annopipe.embed_dataset(source, tmp_path / "out", **settings)
    assert shards(tmp_path / "out") == leftovers(tmp_path / "out") == []
    report = annopipe.embed_dataset(source, tmp_path / "skip", on_error="skip", **settings)
    assert report.failed == sum(loud)
    assert read(tmp_path / "skip")["id"].to_pylist() == [place for place, is_loud in enumerate(loud) if not is_loud]
    plain = annopipe.embed_dataset(source, tmp_path / "plain", model=loud_model, level="sentence")
    assert plain.failed == 0


@pytest.mark.parametrize("level", ["word", "both"])
def test_words_that_float16_does_not_hold(level: Any, loud_model: Path, tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "in.parquet", list(TEXTS))
    report = annopipe.embed_dataset(
        source, tmp_path / "out", model=loud_model, level=level, flat=True, float16=True, on_error="skip"
    )
    words = [np.abs(words.vectors).max() >= 65520 for words in annopipe.load(loud_model).embed_words(TEXTS)]
    loud = [one or (level == "both" and other) for one, other in zip(words, _loud(loud_model), strict=True)]
    assert report.failed == sum(loud) > 0
    table = read(tmp_path / "out" / "words" if level == "both" else tmp_path / "out")
    assert set(table["row"].to_pylist()) == {row for row, is_loud in enumerate(loud) if not is_loud}
    assert np.isfinite(table["vector"].combine_chunks().flatten().to_numpy()).all()
    if level == "both":
        assert read(tmp_path / "out" / "sentences").num_rows == len(TEXTS) - sum(loud)


@pytest.mark.parametrize("options", [{"level": "sentence"}, {}, {"flat": True}, {"level": "both"}])
def test_a_model_that_gives_nan_for_one_text(
    options: dict[str, Any], tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the model itself checks: what comes to the file is looked at once more."""

    def spoilt(self: Any, texts: Sequence[str], *arguments: Any, **more: Any) -> Any:
        made = sentences(self, texts, *arguments, **more)
        for vector, text in zip(made.vectors, texts, strict=True):
            vector[1] = np.nan if text == TEXTS[3] else vector[1]
        return made

    sentences = AlbertModel.sentence_vectors
    source = write_parquet(tmp_path / "in.parquet", list(TEXTS))
    if options.get("level") in {"sentence", "both"}:
        monkeypatch.setattr(AlbertModel, "sentence_vectors", spoilt)
        with pytest.raises(RowFailed, match=r"row 3 .*numbers that are not finite"):
            annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, **options)
    else:
        annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, **options)


def _part(number: float) -> Result:
    values = pa.array([1.0, number], pa.float32())
    column = pa.FixedSizeListArray.from_arrays(values, type=pa.list_(pa.field("element", pa.float32()), 2))
    table = pa.RecordBatch.from_arrays([column], ["vector"])
    return Result({"words": Part(table, np.array([0, 1]))}, np.array([1]), np.array([0]))


def test_a_long_text_ends_at_its_first_part_that_fails() -> None:
    first, second = until_failure(iter([_part(1), _part(np.inf), _part(2)]))
    assert (first.failures, second.failures) == ({}, {0: SINGLE})
    assert second.parts["words"].table.num_rows == 0
    assert "float16" in HALF


def test_a_long_text_that_the_model_refuses_after_some_parts() -> None:
    def parts() -> Iterator[Result]:
        yield _part(1)
        raise ModelError("too loud").at(0)

    first, second = until_failure(parts())
    assert (first.failures, second.failures) == ({}, {0: "ModelError: too loud"})


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("level", ["word", "both"])
def test_a_long_text_that_fails_late_leaves_nothing(
    level: Any, processes: int, loud_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = {words.text: float(np.abs(words.vectors).max()) for words in annopipe.load(loud_model).embed_words(TEXTS)}
    quiet, loud = min(most, key=most.__getitem__), max(most, key=most.__getitem__)
    assert most[quiet] < 65520 <= most[loud]
    monkeypatch.setattr(Budget, "of", lambda *_, **__: Budget(200, 40_000, 10**6, 1000, 10**9))
    long = f"{quiet}. " * 60
    words = {words.text: words for words in annopipe.load(loud_model).embed_words([f"{long}{loud}", quiet])}
    assert np.abs(words[f"{long}{loud}"].vectors).max() >= 65520
    texts = [quiet, f"{long}{loud}", quiet, f"{long}{loud}", quiet]
    report = annopipe.embed_dataset(
        write_parquet(tmp_path / "in.parquet", list(texts)),
        tmp_path / "out",
        model=loud_model,
        level=level,
        flat=True,
        float16=True,
        on_error="skip",
        processes=processes,
    )
    table = read(tmp_path / "out" / "words" if level == "both" else tmp_path / "out")
    tokens = len(words[quiet].tokens)
    assert table["row"].to_pylist() == [0] * tokens + [2] * tokens + [4] * tokens
    assert (report.failed, report.tokens, report.texts) == (2, 3 * tokens, 3)
    if level == "both":
        assert read(tmp_path / "out" / "sentences")["id"].to_pylist() == [0, 2, 4]
    assert leftovers(tmp_path / "out") == []


def test_what_is_left_of_a_range() -> None:
    gone = [(2, 4), (4, 7), (12, 13)]
    assert list(kept(0, 10, gone)) == [(0, 2), (7, 10)]
    assert list(kept(3, 6, gone)) == []
    assert list(kept(7, 20, gone)) == [(7, 12), (13, 20)]
