"""Streaming gives the vectors of one call, bit by bit the same, whatever the size of its parts."""

from pathlib import Path

import numpy as np
import pytest

from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import WordSettings
from annopipe.albert.streaming import stream_words

TEXTS = ["The river bank.", "", "light house " * 60, "naïve 1990, kitchen"]


@pytest.mark.parametrize("pooling", ["first", "last", "mean", "first_last"])
@pytest.mark.parametrize("most", [1, 7, 1000])
def test_parts_are_the_whole(tiny_model_folder: Path, pooling: str, most: int) -> None:
    model = AlbertModel.load(tiny_model_folder, threads=1)
    settings = WordSettings(pooling=pooling, window=16)  # type: ignore[arg-type]
    places = [[(i, i + 4) for i in range(0, max(0, len(text) - 3), 5)] for text in TEXTS]
    flat = [place for some in places for place in some]
    begin, end = np.array(flat, np.int64).T
    offsets = np.cumsum([0, *map(len, places)])
    whole = model.embed_words(TEXTS, begin, end, offsets, settings)
    parts = list(stream_words(model, TEXTS, begin, end, offsets, settings, most=most))
    assert [part.start for part, _ in parts] == list(range(0, len(flat), most))
    for name in ("vectors", "piece_id", "oov", "found"):
        streamed = np.concatenate([getattr(found, name) for _, found in parts])
        if name != "vectors" or pooling in {"first", "last", "first_last"}:
            np.testing.assert_array_equal(streamed, getattr(whole, name))
        else:
            np.testing.assert_allclose(streamed, whole.vectors, atol=1e-6)
