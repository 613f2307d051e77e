"""A model as functions of SQL, and sessions that several clients share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe import AlbertEmbeddings, PipelineModel
from annopipe.errors import ColumnTypeError, MissingExtra, ParamTypeError, RowTooLarge, SessionError


def test_functions_of_sql_give_what_the_pipeline_gives(
    spark: Any, model: PipelineModel, tiny_model_folder: Path
) -> None:
    annopipe.spark.register(spark, tiny_model_folder)
    frame = spark.createDataFrame([[0, "a house"], [1, None], [2, ""]], "n int, text string")
    frame.createOrReplaceTempView("texts")
    query = "select n, albert_words(text) as w, albert_sentence(text) as s from texts order by n"
    rows = spark.sql(query).collect()
    expected = model.transform(frame).select("e").first().e
    assert rows[0].w == expected
    (sentence,) = annopipe.load(tiny_model_folder).embed_sentences(["a house"])
    assert np.allclose(rows[0].s, sentence.vector, rtol=0, atol=1e-6)
    assert (rows[1].w, rows[1].s) == (None, None)
    assert rows[2].w == []
    assert [field.dataType.simpleString() for field in spark.sql(query).schema.fields][2] == "array<float>"


def test_what_register_takes(spark: Any, tiny_model_folder: Path) -> None:
    embeddings = AlbertEmbeddings.pretrained(str(tiny_model_folder))
    for given in (embeddings, annopipe.load(tiny_model_folder), str(tiny_model_folder), "albert_mini"):
        annopipe.spark.register(spark, given)
        dimension = 384 if given == "albert_mini" else 16
        assert spark.sql("select size(albert_sentence('a')) as n").first().n == dimension
    with pytest.raises(ParamTypeError, match="a model is an AlbertEmbeddings stage"):
        annopipe.spark.register(spark, 5)


@pytest.mark.parametrize("function", ["albert_words", "albert_sentence"])
def test_wrong_arguments_are_told(spark: Any, tiny_model_folder: Path, function: str) -> None:
    annopipe.spark.register(spark, tiny_model_folder)
    for arguments, kind, text in (
        ("", ParamTypeError, f"{function} takes one column of texts, {function}\\(text\\), not 0"),
        ("'a', 'b'", ParamTypeError, "not 2"),
        ("array('a')", ColumnTypeError, f"{function} takes a column of texts, not of list<.*: make it text first"),
        ("named_struct('x', 'a')", ColumnTypeError, "not of struct<"),
        ("X'ff'", ColumnTypeError, "not of binary \\(Invalid UTF8"),
    ):
        with pytest.raises(kind, match=text) as told:
            spark.sql(f"select {function}({arguments}) as r").collect()
        assert "\n" not in str(told.value)
    for value in ("12", "date'2020-01-01'", "X'61'", "null"):
        assert spark.sql(f"select {function}({value}) as r").count() == 1


def test_too_large_a_row_is_told_by_sql_too(spark: Any, tiny_model_folder: Path) -> None:
    annopipe.spark.register(spark, AlbertEmbeddings.pretrained(str(tiny_model_folder)).setMaxRowBytes(64))
    with pytest.raises(RowTooLarge, match="a row of 3 tokens"):
        spark.sql("select albert_words('a little house')").collect()


def test_an_old_pyspark_is_told(monkeypatch: pytest.MonkeyPatch, tiny_model_folder: Path) -> None:
    functions = pytest.importorskip("pyspark.sql", reason="pyspark is absent").functions
    monkeypatch.delattr(functions, "arrow_udf", raising=False)
    with pytest.raises(MissingExtra, match=r"need pyspark 4\.1 or later, and this is \d.*pip install -U pyspark"):
        annopipe.spark.register(object(), tiny_model_folder)


def test_another_client_joins_by_the_whole_string(
    spark: Any, tiny_model_folder: Path, python: Callable[..., str]
) -> None:
    annopipe.spark.register(spark, tiny_model_folder)
    whole = annopipe.spark.connection_string(spark)
    assert all(part in whole for part in ("sc://127.0.0.1:", "user_id=", f"session_id={spark.session_id}"))
    script = f"""
from pyspark.sql import SparkSession
session = SparkSession.builder.remote({whole!r}).getOrCreate()
print(session.sql("select albert_words('a house') as w").select("w.result").first().result)
"""
    assert python(script) == "['a', 'house']\n"


def test_only_connect_sessions_can_be_joined() -> None:
    with pytest.raises(SessionError, match="no server that others can join"):
        annopipe.spark.connection_string(object())
