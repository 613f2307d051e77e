"""Whose models are sent along: those of pipelines, fitted or not, of stages, of names and folders."""

from pathlib import Path

import pytest

import annopipe
from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, PipelineModel, Tokenizer
from annopipe.errors import ParamTypeError
from annopipe.spark.delivery import _models


def test_whatever_holds_a_model_is_taken(tiny_model_folder: Path, model: PipelineModel) -> None:
    embeddings = AlbertEmbeddings.pretrained(str(tiny_model_folder)).setInputCols("document", "token")
    unfitted = Pipeline(stages=[DocumentAssembler(inputCol="text", outputCol="document"), Tokenizer(), embeddings])
    nested = Pipeline(stages=[unfitted, model])
    content = annopipe.load(tiny_model_folder).model.content_hash  # one model, wherever else it lies
    for given in (unfitted, model, embeddings, tiny_model_folder, str(tiny_model_folder)):
        assert [found for _, found in _models([given])] == [content]
    assert [found for _, found in _models([nested])] == [content] * 2
    assert list(_models([Pipeline(stages=[Tokenizer()])])) == []
    with pytest.raises(ParamTypeError, match="not int"):
        list(_models([5]))


def test_pipelines_of_pyspark_are_taken(tiny_model_folder: Path) -> None:
    ml = pytest.importorskip("pyspark.ml", reason="pyspark is absent: pip install 'annopipe[spark]'")
    embeddings = AlbertEmbeddings.pretrained(str(tiny_model_folder)).setInputCols("document", "token")
    for given in (ml.Pipeline(stages=[embeddings]), ml.PipelineModel(stages=[embeddings])):
        assert [folder.is_dir() for folder, _ in _models([given])] == [True]
