"""Spark's frames: schema, metadata, laziness, small slices, other columns, what is refused."""

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annopipe import DocumentAssembler, EmbeddingsFinisher, Pipeline, PipelineModel, SentenceDetector
from annopipe.errors import ColumnTypeError, UnsupportedColumn, WiringError
from annopipe.spark.origins import origin
from spark.conftest import ENGINE
from spark.type_table import TYPES

TEXTS = ["I love Spark NLP", None, "", "a 😀 house, in the garden", "\ufffd \u200b x" * 5]
ANNOTATION = """\
 |-- {}: array (nullable = true)
 |    |-- element: struct (containsNull = true)
 |    |    |-- annotatorType: string (nullable = true)
 |    |    |-- begin: integer (nullable = false)
 |    |    |-- end: integer (nullable = false)
 |    |    |-- result: string (nullable = true)
 |    |    |-- metadata: map (nullable = true)
 |    |    |    |-- key: string
 |    |    |    |-- value: string (valueContainsNull = true)
 |    |    |-- embeddings: array (nullable = true)
 |    |    |    |-- element: float (containsNull = false)
"""


def _frame(spark: Any, texts: list[str | None] | None = None) -> Any:
    from pyspark.sql.types import IntegerType, StringType, StructField, StructType

    schema = StructType([StructField("text", StringType()), StructField("n", IntegerType())])
    return spark.createDataFrame([[text, n] for n, text in enumerate(TEXTS if texts is None else texts)], schema)


def _plain(annotation: Any) -> list[Any]:
    names = ("annotatorType", "begin", "end", "result", "metadata")
    return [getattr(annotation, name) for name in names]


def test_rows_are_those_of_native_frames(spark: Any, model: PipelineModel) -> None:
    rows = model.transform(_frame(spark)).collect()
    native = model.transform([{"text": text, "n": n} for n, text in enumerate(TEXTS)])
    assert [row.n for row in rows] == list(range(len(TEXTS)))
    for row, other in zip(rows, native, strict=True):
        for column in ("document", "token", "e", "mean"):
            assert list(map(_plain, row[column])) == list(map(_plain, other[column]))
            for a, b in zip(row[column], other[column], strict=True):
                assert np.allclose(np.asarray(a.embeddings, np.float32), b.embeddings, rtol=0, atol=1e-6)


def test_the_schema_is_spark_nlps(spark: Any, model: PipelineModel) -> None:
    result = model.transform(_frame(spark))
    printed = io.StringIO()
    with redirect_stdout(printed):
        result.printSchema()
    made = "".join(ANNOTATION.format(name) for name in ("document", "token", "e", "mean"))
    assert printed.getvalue().rstrip("\n") == (
        "root\n |-- text: string (nullable = true)\n |-- n: integer (nullable = true)\n" + made
    ).rstrip("\n")
    uid = model.stages[2].uid
    vectors = {"ref": uid, "dimension": 16}
    assert [field.metadata for field in result.schema.fields] == [
        {},
        {},
        {"annotatorType": "document"},
        {"annotatorType": "token"},
        {"annotatorType": "word_embeddings", **vectors},
        {"annotatorType": "sentence_embeddings", **vectors},
    ]
    assert type(result.schema["e"].metadata["dimension"]) is int


def test_metadata_survives_the_engine(spark: Any, model: PipelineModel) -> None:
    filtered = model.transform(_frame(spark)).filter("n >= 0")
    assert filtered.schema["e"].metadata["annotatorType"] == "word_embeddings"


def test_the_callers_frame_is_not_changed(spark: Any, model: PipelineModel) -> None:
    frame = _frame(spark)
    before = frame.schema.json()
    result = model.transform(frame)
    assert type(result) is type(frame)
    assert frame.columns == ["text", "n"]
    assert frame.schema.json() == before


@pytest.mark.parametrize("action", ["show", "first", "limit", "take", "head"])
def test_a_look_at_100_000_rows_encodes_few(spark: Any, model: PipelineModel, encoded: list[int], action: str) -> None:
    result = model.transform(spark.range(100_000).selectExpr("cast(id as string) as text"))
    actions = {
        "show": result.show,
        "first": result.first,
        "limit": result.limit(20).collect,
        "take": lambda: result.take(20),
        "head": result.head,
    }
    with redirect_stdout(io.StringIO()):
        actions[action]()
    assert 0 < sum(encoded) <= 128


def test_nothing_runs_before_an_action(spark: Any, model: PipelineModel, encoded: list[int]) -> None:
    result = model.transform(_frame(spark))
    assert result.columns == ["text", "n", "document", "token", "e", "mean"]
    assert encoded == []
    result.collect()
    assert sum(encoded) == len(TEXTS)


def test_stages_one_by_one_are_one_pass(spark: Any, model: PipelineModel, encoded: list[int]) -> None:
    frame = _frame(spark)
    result = frame
    for stage in model.stages:
        result = stage.transform(result)
    assert origin(result)[0] is frame
    assert len(origin(result)[1]) == len(model.stages)
    assert result.collect() == model.transform(frame).collect()
    assert sum(encoded) == 2 * len(TEXTS)


@pytest.mark.parametrize("method", ["cache", "persist"])
def test_what_was_cached_is_a_beginning_of_its_own(spark: Any, model: PipelineModel, method: str) -> None:
    tokens = PipelineModel(model.stages[:2]).transform(_frame(spark))
    assert getattr(tokens, method)() is tokens
    result = PipelineModel(model.stages[2:]).transform(tokens)
    assert origin(result)[0] is tokens
    assert result.select("e.result").collect() == model.transform(_frame(spark)).select("e.result").collect()


def test_stages_of_other_dialects_are_not_joined(spark: Any, model: PipelineModel) -> None:
    documents = DocumentAssembler(inputCol="text", outputCol="other", dialect="sparknlp")
    result = documents.transform(model.transform(_frame(spark, ["😀"])))
    (row,) = result.select("document.end", "other.end").collect()
    assert [list(ends) for ends in row] == [[0], [1]]


def test_a_setter_called_later_does_not_reach_a_result(spark: Any) -> None:
    stage = DocumentAssembler(inputCol="text", outputCol="document")
    result = stage.transform(_frame(spark, ["  a  "]))
    stage.setCleanupMode("shrink")
    assert result.first().document[0].result == "  a  "


def test_rows_that_multiply_keep_their_columns_and_order(spark: Any) -> None:
    texts = [f"It rained on day {n}. We stayed in. The end." for n in range(300)]
    exploding = Pipeline(
        stages=[
            DocumentAssembler(inputCol="text", outputCol="document"),
            SentenceDetector(inputCols=["document"], outputCol="s", explodeSentences=True),
        ]
    ).fit()
    rows = exploding.transform(_frame(spark, texts)).select("n", "s.result").collect()
    native = exploding.transform([{"text": text, "n": n} for n, text in enumerate(texts)])
    assert [(row.n, list(row.result)) for row in rows] == [(row["n"], [row["s"][0].result]) for row in native]


def test_order_is_kept_under_expressions(spark: Any, model: PipelineModel) -> None:
    rows = model.transform(_frame(spark, [f"row {n}" for n in range(3000)])).selectExpr("n + 0 as m", "token.result[1]")
    assert [tuple(row) for row in rows.collect()] == [(n, str(n)) for n in range(3000)]


def test_finished_columns_are_plain(spark: Any, model: PipelineModel) -> None:
    finisher = EmbeddingsFinisher(inputCols=["mean"], outputCols=["v"], cleanAnnotations=True)
    result = finisher.transform(model.transform(_frame(spark)))
    assert result.dtypes == [("text", "string"), ("n", "int"), ("v", "array<array<float>>")]
    assert [len(row.v) for row in result.collect()] == [1] * len(TEXTS)


NEW_TYPES = ("time", "variant")
CARRIED = [name for name in TYPES if "interval" not in name or name == "interval day to second"]


@pytest.mark.parametrize("name", CARRIED)
def test_other_columns_are_carried_whatever_their_type(spark: Any, model: PipelineModel, name: str) -> None:
    if name in NEW_TYPES and not hasattr(spark.range(1), "toArrow"):
        pytest.skip(f"this pyspark has no {name}: 4.0 and later have")
    frame = spark.sql(f"select {TYPES[name]} as other, 'a house' as text, cast(null as string) as more")
    result = model.transform(frame)
    assert result.schema["other"] == frame.schema["other"]
    if not hasattr(frame, "toArrow"):
        assert result.select("other", "more").collect() == frame.select("other", "more").collect()
        return
    assert result.select("other", "more").toArrow().equals(frame.select("other", "more").toArrow())
    assert result.select("token.result").first().result == ["a", "house"]


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("INTERVAL '1' YEAR", "interval year"),
        ("make_interval(1, 2, 3, 4, 5, 6, 7)", "interval"),
        ("array(INTERVAL '1' YEAR)", "array<interval year"),
        ("named_struct('a', map('b', INTERVAL '1' YEAR))", "struct<a:map<string,interval year"),
    ],
)
def test_types_that_engines_refuse_are_told_before_any_work(
    spark: Any, model: PipelineModel, encoded: list[int], expression: str, shown: str
) -> None:
    frame = spark.sql(f"select {expression} as y, 'a' as text")
    with pytest.raises(UnsupportedColumn) as told:
        model.transform(frame)
    assert str(told.value).startswith(f"column 'y' is of type {shown}")
    assert "frame.drop('y')" in str(told.value)
    assert encoded == []
    assert model.transform(frame.drop("y")).count() == 1


def test_vectors_of_pyspark_are_carried(spark: Any, model: PipelineModel) -> None:
    from pyspark.ml.linalg import Vectors

    frame = spark.createDataFrame([(Vectors.dense([1.0, 2.0]), "a")], ["v", "text"])
    assert model.transform(frame).first().v == Vectors.dense([1.0, 2.0])


def test_names_with_dots_and_blanks(spark: Any, model: PipelineModel) -> None:
    frame = _frame(spark, ["a house"]).toDF("text", "of `a`.b c")
    result = model.transform(frame)
    assert result.columns[:2] == ["text", "of `a`.b c"]
    row = result.first()
    assert (row[0], row[1]) == ("a house", 0)


def test_columns_of_one_name_are_refused(spark: Any, model: PipelineModel) -> None:
    with pytest.raises(ColumnTypeError, match="several columns of one name"):
        model.transform(_frame(spark).select("text", "text"))


def test_a_struct_with_two_fields_of_one_name_is_refused(spark: Any, model: PipelineModel) -> None:
    for column in ("named_struct('x', 1, 'x', 2)", "array(map('k', named_struct('x', 1, 'x', 2)))"):
        with pytest.raises(UnsupportedColumn, match=r"^column 's' has a struct with several fields 'x', .*: drop it"):
            model.transform(spark.sql(f"select 'a' as text, {column} as s"))


def test_columns_that_differ_by_case_alone_are_refused_where_spark_takes_them_for_one(
    spark: Any, model: PipelineModel
) -> None:
    frame = _frame(spark, ["a house"])
    document = DocumentAssembler(inputCol="text", outputCol="TEXT")
    with pytest.raises(WiringError, match=r"^the output column 'TEXT' exists already as 'text', .*setOutputCol"):
        document.transform(frame)
    twice = [document.copy().setOutputCol("document"), document.copy().setOutputCol("Document")]
    with pytest.raises(WiringError, match=r"^the output column 'Document' exists already as 'document'"):
        PipelineModel(twice).transform(frame)
    if ENGINE == "sail":
        return
    spark.conf.set("spark.sql.caseSensitive", "true")
    try:
        assert document.transform(frame).first().TEXT[0].result == "a house"
    finally:
        spark.conf.unset("spark.sql.caseSensitive")


def test_wiring_is_told_at_once(spark: Any, model: PipelineModel) -> None:
    with pytest.raises(WiringError, match="does not have any 'text' column"):
        model.transform(_frame(spark).drop("text"))
    with pytest.raises(WiringError, match="'token' exists already"):
        model.transform(_frame(spark).withColumnRenamed("n", "token"))
    with pytest.raises(ColumnTypeError, match="no text"):
        model.transform(spark.sql("select struct(1) as text"))
    assert model.transform(spark.sql("select 12 as text")).first().document[0].result == "12"


def test_annotations_read_back_from_parquet_go_on(spark: Any, model: PipelineModel, tmp_path: Path) -> None:
    tokens = PipelineModel(model.stages[:2]).transform(_frame(spark))
    tokens.write.parquet(str(tmp_path / "tokens"))
    result = PipelineModel(model.stages[2:]).transform(spark.read.parquet(str(tmp_path / "tokens")).orderBy("n"))
    direct = model.transform(_frame(spark)).select("e").collect()
    assert result.select("e").collect() == direct
