"""The pipeline that NLU builds for a reference: its stages depend on the level that is asked for."""

from collections.abc import Sequence
from typing import Final

from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.sentence_detector import SentenceDetector
from annopipe.annotators.stage import Transformer
from annopipe.annotators.tokenizer import Tokenizer, TokenizerModel
from annopipe.dialect import Dialect

BY_SENTENCE: Final = frozenset({"", "token", "sentence"})
"""Levels at which each sentence is encoded alone; at others the whole text is."""


class Recipe:
    """The stages of a reference, before a level chooses among them.

    Attributes:
        assembler, detector, tokenizer: the stages before the models; the detector is used by some levels alone.
        models: the word embeddings.
    """

    def __init__(self, models: Sequence[AlbertEmbeddings], dialect: Dialect) -> None:
        self.assembler = DocumentAssembler(inputCol="text", outputCol="document", cleanupMode="shrink", dialect=dialect)
        self.detector = SentenceDetector(inputCols=["document"], outputCol="sentence", dialect=dialect)
        self.tokenizer: TokenizerModel = Tokenizer(inputCols=["document"], outputCol="token", dialect=dialect).fit()
        self.models = list(models)

    def stages(self, level: str) -> list[Transformer]:
        """Return the stages for a level of ``predict``, "" for the default one."""
        source = "sentence" if level in BY_SENTENCE else "document"
        detector = [self.detector] if level in BY_SENTENCE else []
        tokenizer = self.tokenizer.copy().setInputCols(source)
        models = [model.copy().setInputCols(source, "token") for model in self.models]
        return [self.assembler, *detector, tokenizer, *models]


def word_embeddings(name: str, language: str, dialect: Dialect) -> AlbertEmbeddings:
    """Return the embeddings of a model, called as NLU calls them: after the model."""
    stage = AlbertEmbeddings.pretrained(name, language).setDialect(dialect)
    return named(stage, name)


def named(stage: AlbertEmbeddings, name: str) -> AlbertEmbeddings:
    """Return embeddings with ``storageRef`` and output column after a name."""
    return stage.setStorageRef(name).setOutputCol(f"word_embeddings@{name}")
