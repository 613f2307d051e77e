"""The model card's code, word for word, without Java and on Apache Spark: equal to the native frames."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annopipe.albert.config import AlbertConfig
from tiny_model import make_tiny_model

NAME = "albert_embeddings_albert_base_v1"
BASE = AlbertConfig(
    embedding_size=128,
    hidden_size=768,
    num_hidden_layers=12,
    num_attention_heads=12,
    intermediate_size=3072,
    max_position_embeddings=512,
    vocab_size=400,
)

CARD = """
documentAssembler = DocumentAssembler().setInputCol("text").setOutputCol("document")
tokenizer = Tokenizer().setInputCols("document").setOutputCol("token")
embeddings = AlbertEmbeddings.pretrained("albert_embeddings_albert_base_v1","en") \\
    .setInputCols(["document", "token"]).setOutputCol("embeddings")
pipeline = Pipeline(stages=[documentAssembler, tokenizer, embeddings])
data = spark.createDataFrame([["I love Spark NLP"]]).toDF("text")
result = pipeline.fit(data).transform(data)
"""

EQUAL = """
import numpy as np
from annopipe import Pipeline as Native
(row,) = result.collect()
(native,) = Native(stages=[documentAssembler, tokenizer, embeddings]).fit().transform(["I love Spark NLP"])
for column in ("document", "token", "embeddings"):
    assert len(row[column]) == len(native[column]) > 0
    for a, b in zip(row[column], native[column]):
        assert [a.annotatorType, a.begin, a.end, a.result, a.metadata] == [
            b.annotatorType, b.begin, b.end, b.result, b.metadata]
        assert len(a.embeddings) == len(b.embeddings)
        if len(b.embeddings):
            assert np.abs(np.asarray(a.embeddings, np.float32) - b.embeddings).max() <= 1e-6
print([len(word.embeddings) for word in row.embeddings])
"""

IMPORTS = {
    "annopipe": "from annopipe import *\nimport annopipe\n",
    "pyspark after": "from annopipe import *\nfrom pyspark.ml import Pipeline\nimport annopipe\n",
    "pyspark before": (
        "from pyspark.ml import Pipeline\n"
        "from annopipe import DocumentAssembler, Tokenizer, AlbertEmbeddings\nimport annopipe\n"
    ),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a model of ALBERT-base's shape and random weights, under the card's name."""
    folder = tmp_path_factory.mktemp("store")
    make_tiny_model(folder / f"{NAME}_en", config=BASE)
    return folder


@pytest.mark.parametrize("imports", list(IMPORTS))
def test_the_cards_code_runs_word_for_word(imports: str, store: Path, python: Callable[..., str]) -> None:
    script = f"{IMPORTS[imports]}spark = annopipe.start()\n{CARD}{EQUAL}"
    assert python(script, ANNOPIPE_HOME=str(store)) == "[768, 768, 768, 768]\n"


def test_the_cards_code_on_this_session(spark: Any, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOPIPE_HOME", str(store))
    monkeypatch.setattr("builtins.print", lambda _: None)
    for imports in ("pyspark after", "pyspark before"):
        names: dict[str, Any] = {"spark": spark}
        exec(IMPORTS[imports] + CARD + EQUAL, names)  # noqa: S102
        assert names["Pipeline"].__module__ == "pyspark.ml.pipeline"
        assert [len(word.embeddings) for word in names["row"].embeddings] == [768] * 4


def test_there_is_no_java(python: Callable[..., str]) -> None:
    assert python("import shutil\nprint(shutil.which('java'))") == "None\n"
    assert shutil.which("sh") is not None  # the search path of this process is another
