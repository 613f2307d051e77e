"""Tokens find their sentences, by number and by place."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annopipe.annotators.membership import by_number, owners
from annopipe.columns import AnnotationColumn, rows_of

Span = tuple[int, int, str]


def _column(rows: list[list[Span]]) -> AnnotationColumn:
    flat = [span for row in rows for span in row]
    return AnnotationColumn(
        "document",
        rows_of([len(row) for row in rows]),
        np.array([b for b, _, _ in flat], np.int64),
        np.array([e for _, e, _ in flat], np.int64),
        [""] * len(flat),
        {"sentence": [number for _, _, number in flat]},
    )


def test_number_and_place_agree() -> None:
    sentences = _column([[(0, 4, "0"), (6, 9, "1")], [(0, 3, "0")]])
    tokens = _column([[(0, 1, "0"), (6, 7, "1"), (8, 9, "1")], [(2, 3, "0")]])
    assert owners(tokens, sentences, by_number_only=True).tolist() == [0, 1, 1, 2]


def test_sentences_over_whole_documents() -> None:
    documents = _column([[(0, 9, "0")]])
    tokens = _column([[(0, 1, "0"), (6, 7, "1")]])
    assert owners(tokens, documents, by_number_only=True).tolist() == [0, -1]
    assert owners(tokens, documents, by_number_only=False).tolist() == [0, 0]


def test_tokens_of_documents_beside_sentences() -> None:
    sentences = _column([[(0, 4, "0"), (6, 9, "1")]])
    tokens = _column([[(0, 1, "0"), (5, 5, "0"), (6, 7, "0")]])
    assert owners(tokens, sentences, by_number_only=False).tolist() == [0, -1, 1]


def test_documents_that_restart_are_told_apart_by_number() -> None:
    documents = _column([[(0, 4, "0"), (0, 6, "1")]])
    tokens = _column([[(0, 1, "0"), (0, 1, "1"), (3, 6, "1")]])
    assert owners(tokens, documents, by_number_only=False).tolist() == [0, 1, 1]


def test_by_number_looks_at_no_place() -> None:
    assert by_number(_column([[(50, 60, "1")]]), _column([[(0, 1, "0"), (2, 3, "1")]])).tolist() == [1]


@given(st.lists(st.lists(st.integers(1, 5), max_size=5), max_size=4), st.data())
def test_the_slow_way_finds_the_same(lengths: list[list[int]], data: st.DataObject) -> None:
    rows: list[list[Span]] = []
    for row in lengths:
        ends = np.cumsum(row)
        rows.append([(int(e - n), int(e) - 1, str(i)) for i, (n, e) in enumerate(zip(row, ends, strict=True))])
    tokens = [[(b, e, data.draw(st.sampled_from("012"))) for b, e, _ in row] for row in rows]
    expected, first = [], 0
    for row in rows:
        expected += [first + i for i in range(len(row))]
        first += len(row)
    assert owners(_column(tokens), _column(rows), by_number_only=False).tolist() == expected
