"""What holds for every kind of frame."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from fake_stages import Stage, adding, annotated, dropping, exploding, rebatched, replacing, words_of
from frame_kinds import KINDS, Kind, Texts, plain
from hypothesis import given, settings
from hypothesis import strategies as st

from annopipe.annotation import COLUMN_TYPE
from annopipe.errors import AnnopipeError
from annopipe.frames.carrying import MOST_ROWS
from annopipe.frames.detection import adapt

ODD: dict[str, Texts] = {
    "none": [],
    "one": ["a word"],
    "null alone": [None],
    "nulls": [None, "a b", None, None, "c"],
    "empty texts": ["", " ", "\n\t"],
    "control and zero width": ["a\x00b c", "\u200b \u200d", "\x85\u2028 x"],
    "far planes": ["😀 👩‍👩‍👧 𝒳", "e\u0301 ﬁ ㎏"],
    "right to left": ["שלום עולם", "مرحبا بك"],
    "long": ["word " * 3000, "x" * 9000],
    "bare vectors": ["bare a", "bare", "a bare b"],
}


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param


def transform(frame: Any, stage: Callable[[pa.Schema], Stage], most: int | None = None) -> Any:
    adapter = adapt(frame, "text")
    run, schema = stage(adapter.schema)
    if most is not None:
        run, schema = rebatched((run, schema), most)
    return adapter.apply(run, schema)


def expected_words(texts: Texts) -> list[Any]:
    return [[plain(item) for item in row] for row in annotated(texts)]


@pytest.mark.parametrize("texts", ODD.values(), ids=ODD)
class TestEveryKind:
    def test_one_more_column(self, kind: Kind, texts: Texts) -> None:
        result = transform(kind.make(texts), adding)
        assert isinstance(result, kind.result)
        rows = kind.rows(result)
        assert [row["text"] for row in rows] == texts
        assert [row["n"] for row in rows] == list(range(len(texts)))
        assert [row["words"] for row in rows] == expected_words(texts)

    def test_other_batches_change_nothing(self, kind: Kind, texts: Texts) -> None:
        rows = kind.rows(transform(kind.make(texts), adding, most=7))
        assert [row["words"] for row in rows] == expected_words(texts)

    def test_rows_multiply_and_vanish_together(self, kind: Kind, texts: Texts) -> None:
        rows = kind.rows(transform(kind.make(texts), exploding, most=1000))
        pairs = [(n, text, word) for n, text in enumerate(texts) for word in words_of(text)]
        assert [(row["n"], row["text"], row["words"][0]["result"]) for row in rows] == pairs

    def test_a_replaced_column_keeps_its_place(self, kind: Kind, texts: Texts) -> None:
        rows = kind.rows(transform(kind.make(texts), replacing))
        assert [list(row) for row in rows] == [["text", "n"]] * len(texts)
        assert [row["text"] for row in rows] == expected_words(texts)

    def test_a_removed_column_is_gone_and_plain_ones_come(self, kind: Kind, texts: Texts) -> None:
        rows = kind.rows(transform(kind.make(texts), dropping))
        assert [set(row) for row in rows] == [{"text", "size", "sizes"}] * len(texts)
        assert [row["size"] for row in rows] == [len(text or "") for text in texts]
        assert [row["sizes"] for row in rows] == [[[len(word)] for word in words_of(text)] for text in texts]

    def test_what_came_out_goes_in_again(self, kind: Kind, texts: Texts) -> None:
        """Annotations of an earlier call are read as annotations, and nothing in them changes."""
        adapter = adapt(transform(kind.make(texts), adding), "text")
        seen: list[dict[str, Any]] = []

        def run(batches: Any) -> Any:
            for batch in batches:
                seen.extend(batch.to_pylist())
                yield batch

        rows = kind.rows(adapter.apply(run, adapter.schema))
        assert [row["words"] for row in rows] == expected_words(texts)
        seen.sort(key=lambda row: row["n"])  # Polars' streaming engine runs parts side by side
        assert [plain(row["words"]) for row in seen] == expected_words(texts)
        if rows:
            assert adapter.schema.field("words").type == COLUMN_TYPE


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(data=st.data())
@settings(max_examples=15)
def test_any_texts_in_any_batches(kind: Kind, data: st.DataObject) -> None:
    text = st.text(st.characters(codec="utf-8") | st.sampled_from(" \n"), max_size=12)
    texts = data.draw(st.lists(st.none() | text, max_size=40))
    most = data.draw(st.integers(1, 10))
    stage = data.draw(st.sampled_from([adding, exploding]))
    rows = kind.rows(transform(kind.make(texts), stage, most))
    if stage is adding:
        assert [(row["n"], row["text"], row["words"]) for row in rows] == list(
            zip(range(len(texts)), texts, expected_words(texts), strict=True)
        )
    else:
        assert [row["n"] for row in rows] == [n for n, text in enumerate(texts) for _ in words_of(text)]


def test_more_rows_than_one_batch_holds(kind: Kind) -> None:
    texts: Texts = [f"row {n}" for n in range(2 * MOST_ROWS + 2)]
    rows = kind.rows(transform(kind.make(texts), exploding, most=1500))
    assert [row["n"] for row in rows] == [n for n in range(len(texts)) for _ in range(2)]
    assert [row["words"][0]["result"] for row in rows[1::2]] == [str(n) for n in range(len(texts))]


def test_an_error_of_a_stage_arrives_as_it_was_raised(kind: Kind) -> None:
    class BrokenError(AnnopipeError):
        pass

    def run(batches: Any) -> Any:
        next(batches)
        raise BrokenError("row 0 is broken")
        yield

    adapter = adapt(kind.make(["a"]), "text")
    with pytest.raises(BrokenError, match="row 0 is broken"):
        kind.rows(adapter.apply(run, adding(adapter.schema)[1]))


def test_the_schema_is_known_before_data_moves(kind: Kind) -> None:
    schema = adapt(kind.make(["a b", None]), "text").schema
    assert schema.names[:2] == ["text", "n"]
    assert schema.field("n").type == pa.int64()
