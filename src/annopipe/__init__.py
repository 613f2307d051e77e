"""annopipe: exact ALBERT word vectors for text tables, in Spark NLP's pipeline and without its JVM.

``from annopipe import *`` brings the annotators, ``Pipeline``, ``PipelineModel``, ``LightPipeline`` and
``Annotation``. Everything is imported on first use; importing the package alone loads no frame library.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from annopipe.importers.joining import join as _join_importers
from annopipe.spark.joining import join as _join
from annopipe.version import __version__

if TYPE_CHECKING:
    from annopipe.annotation import Annotation
    from annopipe.annotators.albert_embeddings import AlbertEmbeddings
    from annopipe.annotators.chunk2doc import Chunk2Doc
    from annopipe.annotators.chunk_embeddings import ChunkEmbeddings
    from annopipe.annotators.doc2chunk import Doc2Chunk
    from annopipe.annotators.document_assembler import DocumentAssembler
    from annopipe.annotators.embeddings_finisher import EmbeddingsFinisher
    from annopipe.annotators.finisher import Finisher
    from annopipe.annotators.ngram_generator import NGramGenerator
    from annopipe.annotators.regex_matcher import RegexMatcher, RegexMatcherModel
    from annopipe.annotators.sentence_detector import SentenceDetector
    from annopipe.annotators.sentence_embeddings import SentenceEmbeddings
    from annopipe.annotators.text_matcher import TextMatcher, TextMatcherModel
    from annopipe.annotators.token_assembler import TokenAssembler
    from annopipe.annotators.tokenizer import Tokenizer, TokenizerModel
    from annopipe.bulk.embedding import embed_dataset
    from annopipe.dialect import options
    from annopipe.display import show
    from annopipe.errors import AnnopipeError, AnnopipeWarning
    from annopipe.exporters.exporting import export_model
    from annopipe.hub.listing import card, models
    from annopipe.importers.importing import import_model
    from annopipe.importers.spark_nlp.pipelines import import_pipeline
    from annopipe.pipeline.light import LightPipeline
    from annopipe.pipeline.native import load
    from annopipe.pipeline.pipeline import Pipeline, PipelineModel
    from annopipe.pipeline.pretrained import PretrainedPipeline
    from annopipe.spark.session import start, stop
    from annopipe.sparknlp.install import install_as_sparknlp

_STARRED = {
    "AlbertEmbeddings": "annotators.albert_embeddings",
    "Annotation": "annotation",
    "Chunk2Doc": "annotators.chunk2doc",
    "ChunkEmbeddings": "annotators.chunk_embeddings",
    "Doc2Chunk": "annotators.doc2chunk",
    "DocumentAssembler": "annotators.document_assembler",
    "EmbeddingsFinisher": "annotators.embeddings_finisher",
    "Finisher": "annotators.finisher",
    "LightPipeline": "pipeline.light",
    "NGramGenerator": "annotators.ngram_generator",
    "Pipeline": "pipeline.pipeline",
    "PipelineModel": "pipeline.pipeline",
    "RegexMatcher": "annotators.regex_matcher",
    "RegexMatcherModel": "annotators.regex_matcher",
    "SentenceDetector": "annotators.sentence_detector",
    "SentenceEmbeddings": "annotators.sentence_embeddings",
    "TextMatcher": "annotators.text_matcher",
    "TextMatcherModel": "annotators.text_matcher",
    "Tokenizer": "annotators.tokenizer",
    "TokenizerModel": "annotators.tokenizer",
}
_NAMED = {
    "AnnopipeError": "errors",
    "AnnopipeWarning": "errors",
    "PretrainedPipeline": "pipeline.pretrained",
    "TokenAssembler": "annotators.token_assembler",
    "card": "hub.listing",
    "export_model": "exporters.exporting",
    "embed_dataset": "bulk.embedding",
    "import_model": "importers.importing",
    "import_pipeline": "importers.spark_nlp.pipelines",
    "install_as_sparknlp": "sparknlp.install",
    "load": "pipeline.native",
    "models": "hub.listing",
    "options": "dialect",
    "show": "display",
    "start": "spark.session",
    "stop": "spark.session",
}

__all__ = [  # noqa: RUF022 - the annotators in the order of a pipeline
    "DocumentAssembler",
    "SentenceDetector",
    "Tokenizer",
    "TokenizerModel",
    "AlbertEmbeddings",
    "SentenceEmbeddings",
    "NGramGenerator",
    "RegexMatcher",
    "RegexMatcherModel",
    "TextMatcher",
    "TextMatcherModel",
    "Doc2Chunk",
    "Chunk2Doc",
    "ChunkEmbeddings",
    "EmbeddingsFinisher",
    "Finisher",
    "Pipeline",
    "PipelineModel",
    "LightPipeline",
    "Annotation",
]

logging.getLogger("annopipe").addHandler(logging.NullHandler())
_join()
_join_importers()


def __getattr__(name: str) -> Any:
    """Import a public name on its first use."""
    if name in ("duckdb", "nlu", "polars", "sklearn", "spark"):
        return import_module(f"annopipe.{name}")
    module = _STARRED.get(name) or _NAMED.get(name)
    if module is None:
        msg = f"module 'annopipe' has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"annopipe.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *_STARRED, *_NAMED})
