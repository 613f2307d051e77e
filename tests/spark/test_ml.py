"""pyspark.ml's own stages behind ours: features, training, saving, loading in another process."""

import copy
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annopipe import DocumentAssembler, EmbeddingsFinisher, Finisher, Pipeline, PipelineModel, Tokenizer
from annopipe.errors import MissingExtra, RemoteFolderError, SavedPipelineError
from spark.conftest import ENGINE

pytestmark = pytest.mark.skipif(ENGINE != "spark", reason="training stages of pyspark.ml need Apache Spark's JVM")

TEXTS = [
    "the old house",
    "a good garden",
    "the river and the light",
    "no market",
    "winter morning",
    "my little village",
]
FEATURES = "SELECT *, finished_sentence_embeddings[0] AS features FROM __THIS__"


@pytest.fixture
def stages(spark: Any, model: PipelineModel) -> list[Any]:
    """Return our stages up to a column of vectors, then pyspark's that calls the first of them ``features``."""
    from pyspark.ml.feature import SQLTransformer

    finisher = EmbeddingsFinisher(inputCols=["mean"], outputCols=["finished_sentence_embeddings"], outputAsVector=True)
    return [*model.stages, finisher, SQLTransformer(statement=FEATURES)]


def _frame(spark: Any) -> Any:
    rows = [[text, float(place % 2)] for place, text in enumerate(TEXTS * 2)]
    return spark.createDataFrame(rows, "text string, label double")


def test_finished_vectors_are_pysparks(spark: Any, model: PipelineModel, stages: list[Any]) -> None:
    from pyspark.ml import Pipeline
    from pyspark.ml.linalg import DenseVector, VectorUDT
    from pyspark.sql.types import ArrayType

    frame = _frame(spark)
    result = Pipeline(stages=stages).fit(frame).transform(frame)
    assert result.schema["finished_sentence_embeddings"].dataType == ArrayType(VectorUDT())
    assert result.schema["features"].dataType == VectorUDT()
    native = model.transform(TEXTS)
    for row, other in zip(result.select("features").limit(len(TEXTS)).collect(), native, strict=True):
        assert type(row.features) is DenseVector
        assert np.abs(row.features.toArray() - other["mean"][0].embeddings).max() <= 1e-6


def test_a_finished_frame_without_rows(spark: Any, stages: list[Any]) -> None:
    from pyspark.ml import Pipeline

    frame = _frame(spark)
    assert Pipeline(stages=stages).fit(frame).transform(frame.limit(0)).collect() == []


@pytest.mark.parametrize("as_vector", [False, True], ids=["array", "vector"])
def test_stages_that_learn_take_what_is_exploded(spark: Any, model: PipelineModel, as_vector: bool) -> None:
    """pyspark asks of arrays as features that they hold no null: ``array<float>`` with containsNull is refused."""
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.clustering import BisectingKMeans, KMeans
    from pyspark.ml.feature import PCA, BucketedRandomProjectionLSH
    from pyspark.sql.functions import explode

    finisher = EmbeddingsFinisher(inputCols=["mean"], outputCols=["finished"], outputAsVector=as_vector)
    finished = PipelineModel([*model.stages, finisher]).transform(_frame(spark))
    features = finished.select("label", explode("finished").alias("features")).cache()
    means = KMeans(k=2, seed=1).fit(features)
    assert {row.prediction for row in means.transform(features).collect()} == {0, 1}
    assert len(BisectingKMeans(k=2, seed=1).fit(features).clusterCenters()) == 2
    if as_vector:  # these take vectors alone, also from pyspark's own frames
        logistic = LogisticRegression(maxIter=5).fit(features)
        assert len(logistic.transform(features).collect()) == 2 * len(TEXTS)
        assert PCA(k=2, inputCol="features", outputCol="p").fit(features).transform(features).first().p.size == 2
        hashing = BucketedRandomProjectionLSH(inputCol="features", outputCol="hashes", bucketLength=50.0, seed=1)
        assert hashing.fit(features).transform(features).first().hashes


LOADED = """
import sys, warnings
warnings.simplefilter("ignore")
import annopipe
from pyspark.ml import PipelineModel
spark = annopipe.start(engine="spark", **{settings!r})
model = PipelineModel.load({path!r})
frame = spark.read.parquet({texts!r})
rows = model.transform(frame).select("text", "prediction", "probability").collect()
print([(row.text, row.prediction, row.probability.tolist()) for row in sorted(rows)])
"""


def test_trained_saved_and_loaded_in_a_new_process(spark: Any, stages: list[Any], tmp_path: Path) -> None:
    from pyspark.ml import Pipeline
    from pyspark.ml import PipelineModel as SparkPipelineModel
    from pyspark.ml.classification import LogisticRegression

    frame = _frame(spark)
    pipeline = Pipeline(stages=[*stages, LogisticRegression(maxIter=20)])
    fitted = pipeline.fit(frame)
    texts = frame.limit(len(TEXTS))
    rows = fitted.transform(texts).select("text", "prediction", "probability").collect()
    expected = [(row.text, row.prediction, row.probability.tolist()) for row in sorted(rows)]
    assert {row.prediction for row in rows} == {0.0, 1.0}

    fitted.write().overwrite().save(str(tmp_path / "fitted"))
    again = SparkPipelineModel.load(f"file://{tmp_path}/fitted")
    assert [stage.uid for stage in again.stages] == [stage.uid for stage in fitted.stages]
    pipeline.save(str(tmp_path / "unfitted"))
    assert [stage.uid for stage in Pipeline.load(str(tmp_path / "unfitted")).getStages()] == [
        stage.uid for stage in pipeline.getStages()
    ]

    texts.write.parquet(str(tmp_path / "texts"))
    settings = {"spark.master": "local[1]", "spark.log.level": "OFF", "spark.local.dir": str(tmp_path)}
    script = LOADED.format(path=str(tmp_path / "fitted"), texts=str(tmp_path / "texts"), settings=settings)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{expected}\n"


def test_the_similarity_notebooks_chain(spark: Any, stages: list[Any]) -> None:
    from pyspark.ml import Pipeline
    from pyspark.ml.feature import BucketedRandomProjectionLSH, Normalizer, SQLTransformer

    explode = SQLTransformer(statement="SELECT text, explode(finished_sentence_embeddings) AS features FROM __THIS__")
    chain = [
        *stages[:-1],
        explode,
        Normalizer(inputCol="features", outputCol="normed", p=2.0),
        BucketedRandomProjectionLSH(inputCol="normed", outputCol="hashes", bucketLength=50.0, seed=1),
    ]
    frame = _frame(spark).limit(len(TEXTS))
    fitted = Pipeline(stages=chain).fit(frame)
    result = fitted.transform(frame)
    near = fitted.stages[-1].approxSimilarityJoin(result, result, 2.0, distCol="far")
    zero = near.filter("datasetA.text = datasetB.text").select("far").collect()
    assert len(zero) == len(TEXTS)
    assert max(row.far for row in zero) < 1e-6
    lengths = [float(np.linalg.norm(row.normed.toArray())) for row in result.select("normed").collect()]
    assert np.allclose(lengths, 1, rtol=0, atol=1e-12)


def test_copies(spark: Any, model: PipelineModel) -> None:
    from pyspark.ml import Pipeline

    frame = _frame(spark).limit(1)
    fitted = Pipeline(stages=model.stages).fit(frame)
    renamed = fitted.copy({model.stages[3].outputCol: "other"})
    assert "other" in renamed.transform(frame).columns
    assert "other" not in fitted.transform(frame).columns


def _counting() -> tuple[Any, list[Any]]:
    """Return a tokenizer, and stages that learn from its words."""
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import CountVectorizer

    tokenizer = Tokenizer(inputCols=["document"], outputCol="token")
    words = Finisher(inputCols=["token"], outputCols=["words"], outputAsArray=True)
    counts = CountVectorizer(inputCol="words", outputCol="features")
    first = DocumentAssembler(inputCol="text", outputCol="document")
    return tokenizer, [first, tokenizer, words, counts, LogisticRegression(maxIter=2)]


def test_params_of_ours_pass_as_pysparks(spark: Any) -> None:
    import pyspark.ml
    from pyspark.ml.param import Param

    tokenizer, stages = _counting()
    long_words = {tokenizer.minLength: 6, stages[-1].maxIter: 1}
    frame = _frame(spark)
    assert isinstance(tokenizer.minLength, Param)
    assert pickle.loads(pickle.dumps(tokenizer.minLength)) == tokenizer.minLength  # noqa: S301
    assert copy.deepcopy(tokenizer.minLength) in long_words
    for pipeline in (pyspark.ml.Pipeline(stages=stages), Pipeline(stages=stages)):
        both = pipeline.fit(frame, [long_words, {}])
        found = [pipeline.fit(frame, long_words), pipeline.copy(long_words).fit(frame), *both]
        words = [model.transform(frame).filter("text = 'a good garden'").first().words for model in found]
        assert words == [["garden"]] * 3 + [["a", "good", "garden"]]
        assert found[0].stages[-1].getMaxIter() == 1
        assert tokenizer.getMinLength() != 6


@pytest.mark.parametrize("kind", ["CrossValidator", "TrainValidationSplit"])
def test_a_grid_of_our_params_is_searched_saved_and_loaded(spark: Any, tmp_path: Path, kind: str) -> None:
    import pyspark.ml
    from pyspark.ml import tuning
    from pyspark.ml.evaluation import BinaryClassificationEvaluator

    tokenizer, stages = _counting()
    grid = tuning.ParamGridBuilder().addGrid(tokenizer.minLength, [5, 1]).build()
    settings = {"estimatorParamMaps": grid, "evaluator": BinaryClassificationEvaluator(), "seed": 1}
    if kind == "CrossValidator":
        settings["numFolds"] = 2
    validator = getattr(tuning, kind)(estimator=pyspark.ml.Pipeline(stages=stages), **settings)
    frame = _frame(spark).union(_frame(spark)).cache()
    model = validator.fit(frame)
    validator.save(str(tmp_path / "validator"))
    model.save(str(tmp_path / "model"))
    loaded = type(validator).load(str(tmp_path / "validator"))
    assert [list(one.values()) for one in loaded.getEstimatorParamMaps()] == [[5], [1]]
    assert next(iter(loaded.getEstimatorParamMaps()[0])) == loaded.getEstimator().getStages()[1].minLength
    again = type(model).load(str(tmp_path / "model"))
    columns = ["text", "words", "prediction"]
    assert again.transform(frame).select(columns).collect() == model.transform(frame).select(columns).collect()
    assert model.bestModel.stages[1].getMinLength() in (5, 1)
    whole = getattr(tuning, kind)(estimator=Pipeline(stages=stages), **settings)
    assert whole.fit(frame).bestModel.stages[1].getMinLength() == model.bestModel.stages[1].getMinLength()
    with pytest.raises(
        SavedPipelineError, match=rf"model was saved by pyspark: .*pyspark\.ml\.tuning\.{kind}Model\.load"
    ):
        PipelineModel.load(tmp_path / "model")
    with pytest.raises(SavedPipelineError, match=r"make it with estimator=pyspark\.ml\.Pipeline\(stages"):
        whole.save(str(tmp_path / "other"))


def test_a_relative_path_is_one_folder_wherever_python_is(
    spark: Any, model: PipelineModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyspark.ml

    frame = _frame(spark)
    stages = [*model.stages, pyspark.ml.feature.SQLTransformer(statement="SELECT *, 1 AS one FROM __THIS__")]
    begun = Path(spark.sparkContext._jvm.java.lang.System.getProperty("user.dir"))
    name = f"saved-{os.getpid()}"
    monkeypatch.chdir(tmp_path)
    try:
        pyspark.ml.PipelineModel(stages=stages).save(name)
        assert sorted(path.name for path in (begun / name).iterdir()) == ["metadata", "stages"]
        assert len(list((begun / name / "stages").iterdir())) == len(stages)
        assert not list(tmp_path.iterdir())
        assert pyspark.ml.PipelineModel.load(name).transform(frame).count() == len(TEXTS) * 2
    finally:
        shutil.rmtree(begun / name, ignore_errors=True)


def test_a_folder_is_loaded_by_who_saved_it(spark: Any, model: PipelineModel, tmp_path: Path) -> None:
    import pyspark.ml

    ours, theirs = str(tmp_path / "ours"), str(tmp_path / "theirs")
    PipelineModel(model.stages[:2]).save(ours)
    pyspark.ml.PipelineModel(stages=model.stages[:2]).save(theirs)
    for kind in (pyspark.ml.PipelineModel, pyspark.ml.Pipeline):
        with pytest.raises(SavedPipelineError, match=r"ours was saved by annopipe.*annopipe\.PipelineModel\.load"):
            kind.load(ours)
    with pytest.raises(SavedPipelineError, match=r"theirs was saved by pyspark: .*pyspark\.ml\.PipelineModel\.load"):
        PipelineModel.load(theirs)


@pytest.mark.parametrize("place", ["hdfs://127.0.0.1:9/x", "nosuch://bucket/x", "dbfs:/x"])
def test_places_that_cannot_be_reached_are_named(
    model: PipelineModel, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABRICKS_HOST", raising=False)
    for act in (lambda: model.save(place), lambda: model.write().save(place), lambda: PipelineModel.load(place)):
        with pytest.raises((RemoteFolderError, MissingExtra), match=place.partition(":")[0]):
            act()
