"""pyspark's Pipeline with our stages, ours with pyspark's: the same stages, the same result."""

from typing import Any

import pytest

from annopipe import LightPipeline, Pipeline, PipelineModel, Tokenizer
from annopipe.errors import ColumnTypeError, ParamTypeError, SavedPipelineError
from annopipe.spark.origins import origin


@pytest.fixture
def upper(spark: Any) -> Any:
    """Return a transformer of pyspark's that needs no JVM: the text in capitals."""
    from pyspark.ml import Transformer
    from pyspark.sql import functions

    class Upper(Transformer):
        def _transform(self, dataset: Any) -> Any:
            return dataset.withColumn("text", functions.upper("text"))

    return Upper()


@pytest.fixture
def counter(spark: Any) -> Any:
    """Return an estimator of pyspark's whose model adds the number of rows that it was fitted to."""
    from pyspark.ml import Estimator, Model
    from pyspark.sql import functions

    class Counted(Model):
        def __init__(self, count: int, columns: list[str]) -> None:
            super().__init__()
            self.count, self.columns = count, columns

        def _transform(self, dataset: Any) -> Any:
            return dataset.withColumn("rows", functions.lit(self.count))

    class Counter(Estimator):
        def _fit(self, dataset: Any) -> Any:
            return Counted(dataset.count(), dataset.columns)

    return Counter()


def _frame(spark: Any) -> Any:
    return spark.createDataFrame([["a house"], ["the garden"]], ["text"])


def test_classes_are_virtual_subclasses(spark: Any, model: PipelineModel) -> None:
    from pyspark.ml import Estimator, Model, Transformer

    assert all(isinstance(stage, Transformer) for stage in model.stages)
    assert isinstance(Tokenizer(), Estimator)
    assert not isinstance(Tokenizer(), Transformer)
    assert isinstance(Pipeline(stages=[]), Estimator)
    assert isinstance(model, Model)


def test_both_pipelines_give_the_same(spark: Any, model: PipelineModel) -> None:
    from pyspark.ml import Pipeline as SparkPipeline

    stages = [model.stages[0], Tokenizer(inputCols=["document"], outputCol="token"), *model.stages[2:]]
    frame = _frame(spark)
    theirs = SparkPipeline(stages=stages).fit(frame).transform(frame)
    assert theirs.collect() == Pipeline(stages=stages).fit(frame).transform(frame).collect()
    assert origin(theirs)[0] is frame
    assert len(origin(theirs)[1]) == len(stages)


def test_what_pyspark_asks_of_a_pipeline(spark: Any, model: PipelineModel) -> None:
    from pyspark.ml import Pipeline as SparkPipeline

    pipeline = SparkPipeline(stages=model.stages)
    copied = pipeline.copy()
    assert [stage.uid for stage in copied.getStages()] == [stage.uid for stage in model.stages]
    assert model.stages[0].uid in pipeline.explainParams()
    fitted = pipeline.fit(_frame(spark))
    assert [stage.uid for stage in fitted.copy().stages] == [stage.uid for stage in model.stages]
    again = fitted.transform(_frame(spark), {model.stages[0].outputCol: "document"})
    assert again.count() == 2


def test_values_for_one_call(spark: Any, model: PipelineModel) -> None:
    frame = _frame(spark)
    stage = model.stages[0]
    assert stage.transform(frame, {stage.outputCol: "other"}).columns == ["text", "other"]
    assert stage.transform(frame).columns == ["text", "document"]


def test_pyspark_stages_among_ours(spark: Any, model: PipelineModel, upper: Any) -> None:
    from pyspark.ml import Pipeline as SparkPipeline

    stages = [upper, *model.stages[:2], upper, *model.stages[2:]]
    frame = _frame(spark)
    ours = Pipeline(stages=stages).fit(frame).transform(frame)
    assert ours.collect() == SparkPipeline(stages=stages).fit(frame).transform(frame).collect()
    assert [row.result for row in ours.select("token.result").collect()] == [["A", "HOUSE"], ["THE", "GARDEN"]]


def test_pyspark_estimators_see_the_stages_before_them(spark: Any, model: PipelineModel, counter: Any) -> None:
    tokenizer = Tokenizer(inputCols=["document"], outputCol="token")
    fitted = Pipeline(stages=[model.stages[0], tokenizer, counter]).fit(_frame(spark))
    assert (fitted.stages[2].count, fitted.stages[2].columns) == (2, ["text", "document", "token"])
    assert fitted.transform(_frame(spark)).select("rows").first().rows == 2


def test_pipelines_inside_each_other(spark: Any, model: PipelineModel) -> None:
    from pyspark.ml import Pipeline as SparkPipeline

    frame = _frame(spark)
    expected = model.transform(frame).collect()
    inner = SparkPipeline(stages=model.stages[:2])
    assert Pipeline(stages=[inner, *model.stages[2:]]).fit(frame).transform(frame).collect() == expected
    inner = Pipeline(stages=model.stages[:2])
    assert SparkPipeline(stages=[inner, *model.stages[2:]]).fit(frame).transform(frame).collect() == expected


def test_pyspark_stages_need_a_spark_frame(model: PipelineModel, upper: Any, tmp_path: Any) -> None:
    mixed = Pipeline(stages=[*model.stages, upper]).fit()
    with pytest.raises(ColumnTypeError, match="a stage of pyspark: it takes a Spark DataFrame, not list"):
        mixed.transform(["a"])
    with pytest.raises(ParamTypeError, match="LightPipeline runs annopipe's alone"):
        LightPipeline(mixed)
    with pytest.raises(SavedPipelineError, match="a stage of pyspark, which annopipe does not save"):
        mixed.save(tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_what_is_no_stage_is_refused_still(spark: Any) -> None:
    with pytest.raises(ParamTypeError, match=r"stages\[0\]"):
        Pipeline(stages=["a"])
