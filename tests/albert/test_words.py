"""Word vectors in the ``albert`` dialect: the right row of the right window, whatever else is in the batch."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from albert.odd_texts import texts
from annopipe.albert import words
from annopipe.albert.alignment import align
from annopipe.albert.layers import Layers
from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import WordSettings
from annopipe.albert.words import WordVectors
from annopipe.errors import ParamValueError

Tokens = list[tuple[int, int]]
Tokenised = tuple[str, Tokens]
Column = NDArray[np.int64]


def columns(many: list[Tokenised]) -> tuple[list[str], Column, Column, Column]:
    """Texts and token columns as ``embed_words`` takes them."""
    spans = np.array([span for _, tokens in many for span in tokens], np.int64).reshape(-1, 2)
    offsets = np.cumsum([0, *(len(tokens) for _, tokens in many)])
    return [text for text, _ in many], spans[:, 0], spans[:, 1], offsets


def embed(model: AlbertModel, many: list[Tokenised], choice: WordSettings | None = None) -> WordVectors:
    return model.embed_words(*columns(many), choice)


def tokenised(text: str) -> Tokenised:
    """A text cut at its white space."""
    tokens, at = [], 0
    for word in text.split():
        begin = text.index(word, at)
        at = begin + len(word)
        tokens.append((begin, at))
    return text, tokens


tokenised_texts = st.lists(texts.map(tokenised), max_size=4)
choices = st.builds(
    WordSettings,
    layers=st.sampled_from([Layers(), Layers((1,)), Layers((0, -1)), Layers((2, 1), "concat")]),
    pooling=st.sampled_from(["first", "last", "mean", "first_last"]),
    window=st.none() | st.integers(3, 12),
    case_sensitive=st.none() | st.booleans(),
)


def pooled(model: AlbertModel, many: list[Tokenised], choice: WordSettings) -> NDArray[np.float32]:
    """The same vectors by plain loops: every window through the encoder alone, every token from its window."""
    every, begin, end, offsets = columns(many)
    pieces = model.vocabulary.encode(every, case_sensitive=choice.case_sensitive)
    found = align(pieces, begin, end, offsets)
    room = (choice.window or model.config.max_position_embeddings) - 2
    rows: list[NDArray[np.float32]] = []
    for number in range(len(many)):
        base = pieces.offsets[number]
        ids = pieces.ids[base : pieces.offsets[number + 1]].tolist()
        windows = windows_of(len(ids), room)
        states = [states_of(model, ids, window, choice.layers) for window in windows]
        for token in range(offsets[number], offsets[number + 1]):
            rows.append(token_row(states, windows, (found.first[token] - base, found.last[token] - base), choice))
    width = len(rows[0]) if rows else 0
    return np.array(rows, np.float32).reshape(len(rows), width)


def states_of(model: AlbertModel, ids: list[int], window: range, layers: Layers) -> NDArray[np.float32]:
    row = np.array([model.vocabulary.cls_id, *ids[window.start : window.stop], model.vocabulary.sep_id], np.int64)
    return layers.states(model.encoder, model.config, row, np.array([len(row)]))


def windows_of(size: int, room: int) -> list[range]:
    windows = [range(min(room, size))]
    while windows[-1].stop < size:
        begin = windows[-1].start + max(1, room // 2)
        windows.append(range(begin, min(begin + room, size)))
    return windows


def best(windows: list[range], place: int) -> int:
    depths = [min(place - w.start, w.stop - 1 - place) if place in w else -1 for w in windows]
    return depths.index(max(depths))


def token_row(
    states: list[NDArray[np.float32]], windows: list[range], token: tuple[int, int], choice: WordSettings
) -> NDArray[np.float32]:
    """One token's vector from the states of its text's windows."""
    first, last = token
    width = states[0].shape[1]
    if first < 0:
        return np.zeros(width * (2 if choice.pooling == "first_last" else 1), np.float32)
    whole = [best(windows, first), max(at for at, w in enumerate(windows) if first in w)]
    holding = [at for at in whole if last <= windows[at].stop]

    def row(place: int) -> NDArray[np.float32]:
        at = holding[0] if holding else best(windows, place)
        return states[at][place - windows[at].start + 1]

    if choice.pooling == "first":
        at = best(windows, first)
        return states[at][first - windows[at].start + 1]
    if choice.pooling == "mean":
        return np.mean([row(place) for place in range(first, last)], axis=0)
    return row(last - 1) if choice.pooling == "last" else np.concatenate([row(first), row(last - 1)])


def check_rows(model: AlbertModel, many: list[Tokenised], choice: WordSettings) -> None:
    """As many vectors as tokens, each the encoder's own for its window."""
    found = embed(model, many, choice)
    expected = pooled(model, many, choice)
    assert len(found.vectors) == sum(len(tokens) for _, tokens in many)
    if len(expected):
        np.testing.assert_allclose(found.vectors, expected, atol=1e-5)
    assert found.found.all()
    assert not found.cut.any()
    np.testing.assert_array_equal(found.oov, found.piece_id == -1)
    assert not found.vectors[found.oov].any()
    assert found.vectors[~found.oov].any(axis=1).all()


@given(many=tokenised_texts, choice=choices)
def test_each_vector_is_the_encoder_s(tiny_model: AlbertModel, many: list[Tokenised], choice: WordSettings) -> None:
    check_rows(tiny_model, many, choice)


@pytest.mark.long
@settings(max_examples=10_000)
@given(many=tokenised_texts, choice=choices)
def test_each_vector_is_the_encoder_s_long(
    tiny_model: AlbertModel, many: list[Tokenised], choice: WordSettings
) -> None:
    check_rows(tiny_model, many, choice)


def check_company(model: AlbertModel, many: list[Tokenised], choice: WordSettings, order: list[int], most: int) -> None:
    """Alone, in another order, in small batches: the same vectors."""
    together = embed(model, many, choice)
    starts = np.cumsum([0, *(len(tokens) for _, tokens in many)])
    alone = [embed(model, [one], choice).vectors for one in many]
    shuffled = embed(model, [many[place] for place in order], choice)
    small = embed(model, many, replace(choice, max_sentences=most))
    np.testing.assert_allclose(small.vectors, together.vectors, atol=1e-6)
    at = 0
    for place in order:
        own = together.vectors[starts[place] : starts[place + 1]]
        np.testing.assert_allclose(alone[place], own, atol=1e-6)
        np.testing.assert_allclose(shuffled.vectors[at : at + len(own)], own, atol=1e-6)
        at += len(own)


company = st.integers(0, 5).flatmap(
    lambda count: st.tuples(
        st.lists(texts.map(tokenised), min_size=count, max_size=count), st.permutations(range(count))
    )
)


@given(case=company, choice=choices, most=st.integers(1, 3))
def test_company_does_not_matter(
    tiny_model: AlbertModel, case: tuple[list[Tokenised], list[int]], choice: WordSettings, most: int
) -> None:
    check_company(tiny_model, case[0], choice, case[1], most)


@pytest.mark.long
@settings(max_examples=10_000)
@given(case=company, choice=choices, most=st.integers(1, 3))
def test_company_does_not_matter_long(
    tiny_model: AlbertModel, case: tuple[list[Tokenised], list[int]], choice: WordSettings, most: int
) -> None:
    check_company(tiny_model, case[0], choice, case[1], most)


@given(many=st.lists(texts.map(tokenised), min_size=2, max_size=5), size=st.integers(1, 30))
def test_chunks_do_not_show(tiny_model: AlbertModel, many: list[Tokenised], size: int) -> None:
    whole = embed(tiny_model, many)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "CHUNK_CHARACTERS", size)
        parts = embed(tiny_model, many)
    np.testing.assert_allclose(parts.vectors, whole.vectors, atol=1e-6)
    np.testing.assert_array_equal(parts.piece_id, whole.piece_id)


def test_nothing_in_nothing_out(tiny_model: AlbertModel) -> None:
    assert embed(tiny_model, []).vectors.shape == (0, 16)
    assert embed(tiny_model, [("", []), ("the", []), (" ", [])]).vectors.shape == (0, 16)
    assert embed(tiny_model, [("", [(0, 0)])]).oov.tolist() == [True]


def test_a_token_of_unknown_pieces_has_the_vector_of_its_place(tiny_model: AlbertModel) -> None:
    found = embed(tiny_model, [tokenised("the 漢字 house")])
    assert found.piece_id[1] == tiny_model.vocabulary.table.unknown
    assert found.oov.tolist() == [False] * 3


@pytest.mark.parametrize("text", ["x" * 300_000, "\u0301" * 300_000, "the " * 50_000, "👨\u200d👩" * 20_000])
@pytest.mark.parametrize("pooling", ["first", "mean"])
def test_long_texts(tiny_model: AlbertModel, text: str, pooling: str) -> None:
    one = tokenised(text)
    found = embed(tiny_model, [one], WordSettings(pooling=pooling))
    assert len(found.vectors) == len(one[1])
    assert np.isfinite(found.vectors).all()


@pytest.mark.parametrize(
    ("begin", "offsets"), [([0], [0, 2]), ([0, 1], [0, 1]), ([0], [1]), ([0], [1, 1]), ([0, 1], [0, 3, 2])]
)
def test_columns_that_do_not_fit_are_refused(tiny_model: AlbertModel, begin: list[int], offsets: list[int]) -> None:
    column = np.array(begin, np.int64)
    with pytest.raises(ParamValueError, match="offsets"):
        tiny_model.embed_words(["the"], column, column + 1, np.array(offsets))


def test_a_window_longer_than_the_model_is_refused(tiny_model: AlbertModel) -> None:
    with pytest.raises(ParamValueError, match="positions for 64"):
        embed(tiny_model, [tokenised("the")], WordSettings(window=65))


def test_a_layer_that_the_model_lacks_is_refused(tiny_model: AlbertModel) -> None:
    with pytest.raises(ParamValueError, match="layers has 9"):
        embed(tiny_model, [], WordSettings(layers=Layers((9,))))
