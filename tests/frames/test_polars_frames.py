"""Polars: the same class back, lazy stays lazy."""

from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from fake_stages import adding, dropping, exploding, replacing

from annopipe.annotation import COLUMN_TYPE
from annopipe.frames.detection import adapt


def transform(frame: Any, stage: Any = adding) -> Any:
    adapter = adapt(frame, "text")
    return adapter.apply(*stage(adapter.schema))


def sent(frame: pl.DataFrame) -> dict[str, list[Any]]:
    """The values that a frame sends."""
    adapter = adapt(frame, "text")
    batches: list[pa.RecordBatch] = []

    def run(source: Any) -> Any:
        batches.extend(source)
        return iter(())

    adapter.apply(run, adapter.schema)
    return pa.Table.from_batches(batches).to_pydict()


def everything() -> pl.DataFrame:
    return pl.DataFrame(
        [
            pl.Series("text", ["a b", None, "c"]),
            pl.Series("category", ["u", None, "v"], pl.Categorical),
            pl.Series("enum", ["u", "v", None], pl.Enum(["v", "u"])),
            pl.Series("null", [None, None, None]),
            pl.Series("money", ["1.50", None, "2"]).cast(pl.Decimal(10, 2)),
            pl.Series("wide", [1, 2**100, None], pl.Int128),
            pl.Series("time", [1, 2, None]).cast(pl.Time),
            pl.Series("when", [1, 2, None]).cast(pl.Datetime("ms", "Europe/Paris")),
            pl.Series("while", [1, 2, None]).cast(pl.Duration),
            pl.Series("bytes", [b"\xff", None, b""]),
            pl.Series("list", [["a"], None, []]),
            pl.Series("fixed", [[1, 2], None, [3, 4]], pl.Array(pl.Int8, 2)),
            pl.Series("struct", [{"a": 1}, None, {"a": None}]),
        ]
    )


def test_every_other_column_comes_back_as_it_was() -> None:
    frame = everything()
    assert transform(frame).drop("words").equals(frame)
    assert transform(frame).drop("words").schema == frame.schema
    assert transform(frame, exploding).drop("words", "number").equals(frame[[0, 0, 2]])
    assert frame.equals(everything())


def test_python_objects_pass() -> None:
    things = [object(), None, object()]
    frame = pl.DataFrame({"text": ["a b", "", "c"], "thing": pl.Series(things, dtype=pl.Object)})
    assert list(transform(frame, exploding)["thing"]) == [things[0], things[0], things[2]]
    assert "Polars Object" in str(adapt(frame, "text").schema.field("thing").type)


def test_categories_are_sent_as_texts() -> None:
    values = sent(everything())
    assert values["category"] == ["u", None, "v"]
    assert values["enum"] == ["u", "v", None]


def test_annotations_are_lists_of_structs_with_a_map() -> None:
    result = transform(pl.DataFrame({"text": ["a bare", None]}))
    struct = result.schema["words"].inner
    types = dict(struct)
    assert (types["begin"], types["end"]) == (pl.Int32, pl.Int32)
    assert types["embeddings"] == pl.List(pl.Float32)
    if hasattr(pl, "Map"):
        assert types["metadata"] == pl.Map(pl.String, pl.String)
    else:
        assert types["metadata"] == pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
    assert result["words"].list.len().to_list() == [2, 0]


def test_metadata_as_pairs_or_as_a_struct_is_read() -> None:
    for metadata in ([{"key": "k", "value": "v"}], {"k": "v"}):
        note = {
            "annotatorType": "token",
            "begin": 0,
            "end": 0,
            "result": "a",
            "metadata": metadata,
            "embeddings": [0.5],
        }
        frame = pl.DataFrame({"text": ["a", None], "words": [[note], None]})
        adapter = adapt(frame, "text")
        assert adapter.schema.field("words").type == COLUMN_TYPE
        assert adapter.schema.field("words").metadata[b"annotatorType"] == b"token"
        assert sent(frame)["words"] == [[{**note, "metadata": [("k", "v")]}], None]


@pytest.mark.parametrize("stage", [adding, exploding, replacing, dropping])
@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_lazy_gives_what_eager_gives(stage: Any, engine: Any) -> None:
    frame = everything().drop("wide").with_columns(n=pl.Series([1, 2, 3]))
    lazy = transform(frame.lazy(), stage)
    eager = transform(frame, stage)
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect_schema() == eager.schema
    assert lazy.collect(engine=engine).equals(eager)


def test_lazy_runs_when_collected_and_each_time_anew() -> None:
    ran: list[int] = []

    def stage(schema: pa.Schema) -> Any:
        run, result = adding(schema)

        def noted(batches: Any) -> Any:
            for batch in run(batches):
                ran.append(batch.num_rows)
                yield batch

        return noted, result

    lazy = transform(pl.DataFrame({"text": ["a b", "c"]}).lazy(), stage)
    assert lazy.collect_schema().names() == ["text", "words"]
    assert ran == []
    assert lazy.collect().equals(lazy.collect())
    assert sum(ran) == 4


def test_the_optimiser_moves_nothing_past_the_step() -> None:
    frame = pl.DataFrame({"text": ["a b", "c d e", "f"], "n": [1, 2, 3]})
    lazy = transform(frame.lazy(), exploding)
    assert lazy.head(4).collect()["n"].to_list() == [1, 1, 2, 2]
    assert lazy.filter(pl.col("number") == 1).select("n").collect()["n"].to_list() == [1, 2]
    assert lazy.select("words").collect().height == 6
    replaced = transform(frame.lazy(), replacing).filter(pl.col("text").list.len() == 3)
    assert replaced.collect()["n"].to_list() == [2]


def test_many_rows_keep_their_order_in_the_streaming_engine() -> None:
    frame = pl.DataFrame({"text": [f"a {n}" for n in range(20_000)]}).with_row_index("n")
    result = transform(frame.lazy(), exploding).collect(engine="streaming")
    assert result["n"].to_list() == [n for n in range(20_000) for _ in range(2)]
    last = result["words"].list.last().struct.field("result")[1::2]
    assert last.to_list() == [str(n) for n in range(20_000)]
