"""The real Spark NLP on what annopipe exports: both ways of loading, and its vectors beside ours.

Run by hand, as it needs Java and Spark NLP with its jars, in an environment with pyspark and spark-nlp::

    python -m annopipe export MODEL --to spark-nlp -o EXPORTED
    python tests/oracle/spark_nlp_loads_exports.py JARS EXPORTED VECTORS.npz
    PYTHONPATH=src:tests python tests/oracle/spark_nlp_loads_exports.py --compare MODEL VECTORS.npz

The first call writes what Spark NLP gives, the second compares it with the ``sparknlp`` dialect: at most 1e-4 apart.
Each text is a batch of its own, since Spark NLP's vectors depend on what else is in a batch.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np

TEXTS = (
    "From the AP comes this story :",
    "I love Spark NLP , and the teacher does too .",
    "The café naïvely serves 3,500 crêpes — or 12 £ !",
    "a",
)
LIMIT = 1e-4


FORMS = ("load", "loadSavedModel")


def spark_vectors(jars: str, exported: str, target: str) -> None:
    """Load each form in a process of its own: Spark NLP takes some nine times the weights for a model."""
    found = {}
    for form in FORMS:
        part = f"{target}.{form}.npz"
        subprocess.run([sys.executable, __file__, jars, exported, part, form], check=True)
        found |= dict(np.load(part))
        Path(part).unlink()
    np.savez(target, **found)


def vectors_of(jars: str, exported: str, target: str, form: str) -> None:
    from pyspark.ml import Pipeline
    from pyspark.sql import SparkSession
    from sparknlp.annotator import AlbertEmbeddings, Tokenizer
    from sparknlp.base import DocumentAssembler

    import sparknlp

    paths = [str(path) for path in sorted(Path(jars).glob("*.jar"))]
    builder = SparkSession.builder.master("local[1]").config("spark.jars", ",".join(paths))
    builder = builder.config("spark.driver.extraClassPath", ":".join(paths)).config("spark.driver.memory", "6g")
    builder = builder.config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
    builder = builder.config("spark.kryoserializer.buffer.max", "2000M").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    spark = builder.getOrCreate()
    folder = Path(exported).resolve()
    if form == "load":
        given = AlbertEmbeddings.load(str(folder / "load"))
    else:
        given = AlbertEmbeddings.loadSavedModel(str(folder / "loadSavedModel"), spark)
    document = DocumentAssembler().setInputCol("text").setOutputCol("document")
    token = Tokenizer().setInputCols("document").setOutputCol("token")
    frame = spark.createDataFrame([[text] for text in TEXTS]).toDF("text").repartition(1)
    found = {"version": np.array(sparknlp.version())}
    stage = given.setInputCols("document", "token").setOutputCol("embeddings").setBatchSize(1)
    for row in Pipeline(stages=[document, token, stage]).fit(frame).transform(frame).collect():
        name = f"{form}_{TEXTS.index(row['text'])}"
        found[name] = np.array([one["embeddings"] for one in row["embeddings"]], np.float32)
        found[f"{name}_words"] = np.array([one["result"] for one in row["embeddings"]])
    np.savez(target, **found)


def compare(model: str, source: str) -> None:
    from annopipe import AlbertEmbeddings, DocumentAssembler, PipelineModel, Tokenizer

    found = np.load(source)
    document = DocumentAssembler(inputCol="text", outputCol="document", dialect="sparknlp")
    token = Tokenizer(inputCols=["document"], outputCol="token", dialect="sparknlp").fit()
    stage = AlbertEmbeddings.pretrained(model).setDialect("sparknlp")
    stage = stage.setInputCols("document", "token").setOutputCol("embeddings")
    rows = PipelineModel([document, token, stage]).transform(list(TEXTS))
    furthest, count = 0.0, 0
    for place, row in enumerate(rows):
        ours = np.array([one.embeddings for one in row["embeddings"]], np.float32)
        for name in FORMS:
            theirs = found[f"{name}_{place}"]
            assert [one.result for one in row["embeddings"]] == found[f"{name}_{place}_words"].tolist()
            furthest, count = max(furthest, float(np.abs(ours - theirs).max())), count + len(ours)
    print(f"Spark NLP {found['version']}: {count} vectors, at most {furthest:.2e} apart")
    assert furthest < LIMIT


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        compare(*sys.argv[2:])
    elif len(sys.argv) > 4:
        vectors_of(*sys.argv[1:])
    else:
        spark_vectors(*sys.argv[1:])
