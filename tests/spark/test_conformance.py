"""DataFrame operations on our columns: what users of Spark NLP write, on Sail, Apache Spark and Spark Connect."""
# ruff: noqa: ARG005 -- all reads take the frame and the functions

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from annopipe import PipelineModel
from spark.conftest import ENGINE

TEXTS = ["I love Spark NLP", "Hello world. Good day!"]
TOKENS = [["I", "love", "Spark", "NLP"], ["Hello", "world", ".", "Good", "day", "!"]]
BEGINS = [[0, 2, 7, 13], [0, 6, 11, 13, 18, 21]]
ALL = [token for row in TOKENS for token in row]


@pytest.fixture(scope="module")
def r(spark: Any, model: PipelineModel) -> Any:
    """The result of the pipeline over two rows."""
    return model.transform(spark.createDataFrame([[text, n] for n, text in enumerate(TEXTS)], ["text", "n"]))


@pytest.fixture
def f(spark: Any) -> Any:
    """pyspark's functions."""
    from pyspark.sql import functions

    return functions


def _first(frame: Any) -> list[Any]:
    return [row[0] for row in frame.collect()]


READS: dict[str, tuple[Callable[[Any, Any], Any], Any]] = {
    "dotted": (lambda r, f: r.select("token.result"), TOKENS),
    "two dotted": (lambda r, f: r.select("token.result", "document.result"), TOKENS),
    "item of item": (lambda r, f: r.select(f.col("token")[0]["result"]), ["I", "Hello"]),
    "getItem": (lambda r, f: r.select(f.col("token").getItem(1).getField("begin")), [2, 6]),
    "metadata key": (lambda r, f: r.select(f.col("token.metadata")[0]["sentence"]), ["0", "0"]),
    "explode": (lambda r, f: r.select(f.explode("token").alias("t")).select("t.result"), ALL),
    "explode dotted": (lambda r, f: r.select(f.explode("token.result")), ALL),
    "explode_outer": (lambda r, f: r.select(f.explode_outer("token.result")), ALL),
    "explode in selectExpr": (lambda r, f: r.selectExpr("explode(token) as x").selectExpr("x.result"), ALL),
    "posexplode": (lambda r, f: r.select(f.posexplode("token.result")), [0, 1, 2, 3, 0, 1, 2, 3, 4, 5]),
    "lateral view": (
        lambda r, f: r.selectExpr("token.result as words").selectExpr("inline(arrays_zip(words))"),
        ALL,
    ),
    "transform": (lambda r, f: r.select(f.expr("transform(token, x -> x.result)")), TOKENS),
    "transform function": (lambda r, f: r.select(f.transform("token", lambda x: x["result"])), TOKENS),
    "selectExpr size": (lambda r, f: r.selectExpr("size(e.embeddings[0])"), [16, 16]),
    "flatten": (lambda r, f: r.select(f.size(f.flatten("e.embeddings"))), [64, 96]),
    "size": (lambda r, f: r.select(f.size("token")), [4, 6]),
    "array_contains": (lambda r, f: r.select(f.array_contains("token.result", "love")), [True, False]),
    "concat_ws": (lambda r, f: r.select(f.concat_ws("|", "token.result")), ["|".join(row) for row in TOKENS]),
    "withColumn": (lambda r, f: r.withColumn("w", f.col("token.result")).select("w"), TOKENS),
    "withColumns": (lambda r, f: r.withColumns({"w": f.size("token")}).select("w"), [4, 6]),
    "withColumnRenamed": (lambda r, f: r.withColumnRenamed("token", "t").select("t.result"), TOKENS),
    "alias": (lambda r, f: r.select(f.col("token.result").alias("words")).select("words"), TOKENS),
    "frame alias": (lambda r, f: r.alias("a").select("a.token.result"), TOKENS),
    "toDF": (lambda r, f: r.select("token", "n").toDF("t", "m").select("t.result"), TOKENS),
    "filter": (lambda r, f: r.filter("size(token) > 4").select("token.result"), TOKENS[1:]),
    "where on a field": (lambda r, f: r.where(f.col("token")[0]["result"] == "I").select("n"), [0]),
    "drop": (lambda r, f: r.drop("e", "mean", "document").select("token.result"), TOKENS),
    "dropna": (lambda r, f: r.dropna().select("token.result"), TOKENS),
    "orderBy": (lambda r, f: r.orderBy(f.col("n").desc()).select("token.result"), TOKENS[::-1]),
    "distinct": (lambda r, f: r.select(f.explode("token.result").alias("w")).distinct().agg(f.count("w")), [10]),
    "union": (lambda r, f: r.union(r).select(f.size("token")), [4, 6, 4, 6]),
    "getItem of arrays_zip": (
        lambda r, f: r.select(f.explode(f.arrays_zip("token.result", "e.begin")).alias("c")).select(
            f.col("c").getItem("0" if ENGINE == "sail" else "result")
        ),
        ALL,
    ),
    "sql map key": (lambda r, f: r.selectExpr("token[0].metadata['sentence']"), ["0", "0"]),
}


@pytest.mark.parametrize("name", READS)
def test_reads(r: Any, f: Any, name: str) -> None:
    read, expected = READS[name]
    frame = read(r, f)
    found = [list(value) if isinstance(value, list) else value for value in _first(frame)]
    assert found == expected
    assert len(frame.columns) == (2 if name in {"two dotted", "posexplode"} else 1)


def test_names_of_dotted_columns(r: Any, f: Any) -> None:
    assert r.select("token.result").columns == ["result"]
    assert r.select("token.result", "document.result").columns == ["result", "result"]
    assert r.select(f.explode("token")).columns == ["col"]


def test_join(r: Any, spark: Any) -> None:
    other = spark.createDataFrame([[1, "one"], [0, "zero"]], ["n", "name"])
    rows = r.join(other, "n").orderBy("n").select("name", "token.result").collect()
    assert [(row.name, row.result) for row in rows] == [("zero", TOKENS[0]), ("one", TOKENS[1])]


def test_group_by(r: Any, f: Any) -> None:
    words = r.select("n", f.explode("token.result").alias("word"))
    assert {row.n: row["count"] for row in words.groupBy("n").count().collect()} == {0: 4, 1: 6}
    lists = words.groupBy("n").agg(f.collect_list("word").alias("words")).orderBy("n").collect()
    assert [sorted(row.words) for row in lists] == [sorted(row) for row in TOKENS]


def test_limit_take_first_collect_count(r: Any) -> None:
    assert r.limit(1).count() == 1
    assert [row.n for row in r.take(1)] == [0]
    assert r.first().token[1].result == "love"
    assert r.count() == len(r.collect()) == 2
    assert [row.n for row in r.tail(1)] == [1]
    assert not r.isEmpty()
    assert [row.n for row in r.toLocalIterator()] == [0, 1]


def test_cells_are_rows(r: Any) -> None:
    cell = r.first().e[0]
    assert type(cell).__name__ == "Row"
    assert cell.asDict()["metadata"]["sentence"] == "0"
    assert list(cell.__fields__) == ["annotatorType", "begin", "end", "result", "metadata", "embeddings"]


def test_cache_and_persist(r: Any) -> None:
    for kept in (r.select("token").cache(), r.select("token").persist()):
        assert kept.count() == 2
        kept.unpersist()


def _shown(frame: Any, *arguments: Any, **options: Any) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed):
        frame.show(*arguments, **options)
    return printed.getvalue()


def test_show_in_all_forms(r: Any) -> None:
    words = r.select("token.result")
    assert _shown(words) == (
        "+--------------------+\n|              result|\n+--------------------+\n"
        "|[I, love, Spark, ...|\n|[Hello, world, .,...|\n+--------------------+\n\n"
    )
    assert "|[I, love, Spark, NLP]          |" in _shown(words, truncate=False)
    assert "[I, love,..." in _shown(words, 1, 12)
    assert "only showing top 1 row" in _shown(words, 1)
    assert " result | [I, love, Spark, ... " in _shown(words, 1, vertical=True)
    assert "[{token, 0, 0, I,..." in _shown(r.select("token"), 1)


def test_to_pandas(r: Any) -> None:
    frame = r.select("n", "token").toPandas()
    assert [[row["result"] for row in cell] for cell in frame["token"]] == TOKENS


def test_to_arrow(r: Any) -> None:
    if not hasattr(r, "toArrow"):
        pytest.skip("this pyspark has no toArrow: 4.0 and later have")
    table = r.select("n", "e").toArrow()
    assert [len(word["embeddings"]) for word in table.column("e")[0].as_py()] == [16] * 4


@pytest.mark.parametrize("kind", ["parquet", "json"])
def test_write_and_read_annotations(r: Any, spark: Any, kind: str, tmp_path: Path) -> None:
    getattr(r.write, kind)(str(tmp_path / "out"))
    again = getattr(spark.read, kind)(str(tmp_path / "out"))
    assert _first(again.orderBy("n").select("token.result")) == TOKENS
    assert _first(again.orderBy("n").selectExpr("size(e[0].embeddings)")) == [16, 16]


def test_write_and_read_flat_columns(r: Any, spark: Any, f: Any, tmp_path: Path) -> None:
    flat = r.select(f.concat_ws(" ", "token.result").alias("words"))
    flat.write.csv(str(tmp_path / "csv"), header=True)
    assert sorted(_first(spark.read.csv(str(tmp_path / "csv"), header=True))) == sorted(map(" ".join, TOKENS))
    flat.write.text(str(tmp_path / "text"))
    assert sorted(_first(spark.read.text(str(tmp_path / "text")))) == sorted(map(" ".join, TOKENS))


def test_views_and_sql(r: Any, spark: Any) -> None:
    r.createOrReplaceTempView("results")
    assert _first(spark.sql("select token.result from results where n = 1")) == TOKENS[1:]
    exploded = spark.sql("select t.result from results lateral view explode(token) as t")
    assert sorted(_first(exploded)) == sorted(ALL)


def test_functions_of_users(r: Any, f: Any) -> None:
    import pandas as pd

    longest = f.udf(lambda words: max(words, key=len), "string")
    assert _first(r.select(longest("token.result"))) == ["Spark", "Hello"]

    def lengths(texts: pd.Series) -> pd.Series:
        return texts.str.len()

    assert _first(r.select(f.pandas_udf(lengths, "int")("text"))) == [16, 22]


LACKING: dict[str, Callable[[Any, Any, Any, Path], Any]] = {
    "df.token.result": lambda r, f, spark, path: r.select(r.token.result).collect(),
    'col("token").getField("result")': lambda r, f, spark, path: r.select(f.col("token").getField("result")).collect(),
    "filter(token, x -> …).result": lambda r, f, spark, path: r.selectExpr("filter(token, x -> true).result").collect(),
    "checkpoint": lambda r, f, spark, path: r.checkpoint(),
    "localCheckpoint": lambda r, f, spark, path: r.localCheckpoint(),
    "orc": lambda r, f, spark, path: r.select("n").write.orc(str(path / "orc")),
    "rdd": lambda r, f, spark, path: r.rdd,
    "sparkContext": lambda r, f, spark, path: spark.sparkContext,
    "pyspark.ml": lambda r, f, spark, path: _assembled(r),
    "writeStream": lambda r, f, spark, path: _streamed(spark, path),
}
FIELDS = ("df.token.result", 'col("token").getField("result")', "filter(token, x -> …).result")
DOCS = Path(__file__).parents[2] / "docs" / "spark.md"


def _assembled(r: Any) -> Any:
    from pyspark.ml.feature import VectorAssembler

    return VectorAssembler(inputCols=["n"], outputCol="v").transform(r).collect()


def _streamed(spark: Any, path: Path) -> Any:
    spark.range(1).selectExpr("cast(id as string) as text").write.parquet(str(path / "in"))
    stream = spark.readStream.schema("text string").parquet(str(path / "in")).writeStream.format("parquet")
    return stream.option("checkpointLocation", str(path / "c")).start(str(path / "out"))


@pytest.mark.skipif(ENGINE != "sail", reason="what Sail cannot do, Apache Spark can")
@pytest.mark.parametrize("name", LACKING)
def test_what_sail_cannot_do_is_in_the_docs(r: Any, f: Any, spark: Any, tmp_path: Path, name: str) -> None:
    """When this fails, Sail has learnt it: take it off the list of the docs.

    pyspark-client leaves the program (``SystemExit``) where pyspark's own test modules look for a Spark of the JVM.
    """
    with pytest.raises((Exception, SystemExit), match=r"\S"):
        LACKING[name](r, f, spark, tmp_path)
    assert f"`{name}" in DOCS.read_text("utf-8")
    assert r.count() == 2


def _has(owner: Any, call: str) -> bool:
    """As ``hasattr``, which pyspark's own "not implemented" passes through."""
    try:
        return hasattr(owner, call)
    except NotImplementedError:
        return False


@pytest.mark.skipif(ENGINE == "sail", reason="what Apache Spark can and Sail cannot")
@pytest.mark.parametrize("name", LACKING)
def test_what_sail_cannot_do_apache_spark_can(r: Any, f: Any, spark: Any, tmp_path: Path, name: str) -> None:
    for owner, call in ((r, "rdd"), (spark, "sparkContext")):
        if name == call and not _has(owner, call):
            assert f"`{type(owner).__name__}.{call}`" in DOCS.read_text("utf-8")
            pytest.skip(f"Spark Connect has no {call}")
    if hasattr(spark, "sparkContext"):
        spark.sparkContext.setCheckpointDir(str(tmp_path / "checkpoints"))
    done = LACKING[name](r, f, spark, tmp_path)
    if name in FIELDS:
        assert [row[0] for row in done] == TOKENS
    if name == "writeStream":
        done.processAllAvailable()
        done.stop()
        assert spark.read.parquet(str(tmp_path / "out")).count() == 1
