"""Sentence vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from albert.odd_texts import texts
from albert.test_words import best, states_of, windows_of
from annopipe.albert.layers import Layers
from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import SentenceSettings
from annopipe.errors import ParamValueError

choices = st.builds(
    SentenceSettings,
    layers=st.sampled_from([Layers(), Layers((1,)), Layers((2, 1), "concat")]),
    pooling=st.sampled_from(["mean", "cls", "max"]),
    window=st.none() | st.integers(3, 12),
    max_sentences=st.none() | st.integers(1, 3),
)


def pooled(model: AlbertModel, text: str, choice: SentenceSettings) -> NDArray[np.float32]:
    """One text by plain loops: [CLS] of the first window, each piece from its best, [SEP] of the last."""
    ids = model.vocabulary.encode([text]).ids.tolist()
    windows = windows_of(len(ids), (choice.window or model.config.max_position_embeddings) - 2)
    states = [states_of(model, ids, window, choice.layers) for window in windows]
    rows = [states[0][0]]
    for place in range(len(ids)):
        at = best(windows, place)
        rows.append(states[at][place - windows[at].start + 1])
    rows.append(states[-1][-1])
    if choice.pooling == "cls":
        return rows[0]
    return np.mean(rows, axis=0) if choice.pooling == "mean" else np.max(rows, axis=0)


@given(many=st.lists(texts, max_size=5), choice=choices)
def test_vectors_equal_the_slow_way(tiny_model: AlbertModel, many: list[str], choice: SentenceSettings) -> None:
    found = tiny_model.embed_sentences(many, choice)
    assert found.shape == (len(many), choice.layers.width(tiny_model.config))
    for text, vector in zip(many, found, strict=True):
        np.testing.assert_allclose(vector, pooled(tiny_model, text, choice), atol=1e-5)


def test_the_mean_is_over_all_positions(tiny_model: AlbertModel) -> None:
    ids = [2, *tiny_model.vocabulary.encode(["the house"]).ids.tolist(), 3]
    states = tiny_model.encoder.run(np.array([ids], np.int64))[0]
    np.testing.assert_allclose(tiny_model.embed_sentences(["the house"])[0], states.mean(axis=0), atol=1e-6)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u0301"])
@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_an_empty_text_has_a_vector(tiny_model: AlbertModel, text: str, pooling: str) -> None:
    vector = tiny_model.embed_sentences([text], SentenceSettings(pooling=pooling))[0]
    assert np.isfinite(vector).all()
    assert vector.any()


def test_no_texts(tiny_model: AlbertModel) -> None:
    assert tiny_model.embed_sentences([]).shape == (0, 16)


def test_a_window_longer_than_the_model_is_refused(tiny_model: AlbertModel) -> None:
    with pytest.raises(ParamValueError, match="positions for 64"):
        tiny_model.embed_sentences(["the"], SentenceSettings(window=65))


def test_a_long_text(tiny_model: AlbertModel) -> None:
    assert np.isfinite(tiny_model.embed_sentences(["the house " * 20_000])).all()
