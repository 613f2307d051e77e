"""The pipeline of a bulk job and of the command line: the model card's, from a text column to word vectors."""

from dataclasses import dataclass
from typing import Any

from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.sentence_detector import SentenceDetector
from annopipe.annotators.tokenizer import Tokenizer
from annopipe.dialect import Dialect
from annopipe.pipeline.pipeline import Pipeline, PipelineModel


@dataclass(frozen=True, slots=True)
class Choice:
    """What the options say of model and columns.

    Attributes:
        model, lang: name or folder, as ``AlbertEmbeddings.pretrained`` takes them.
        dialect: of all stages.
        pooling, layers: as the params of these names; None = their defaults.
        sentences: put a SentenceDetector before the Tokenizer.
        column: the text column.
        prefix: put before the names of the new columns.
    """

    model: str = "albert_mini"
    lang: str = "en"
    dialect: Dialect = "albert"
    pooling: str | None = None
    layers: str | None = None
    sentences: bool = False
    column: str = "text"
    prefix: str = ""

    @property
    def document(self) -> str:
        """Name of the column of documents."""
        return f"{self.prefix}document"

    @property
    def sentence(self) -> str:
        """Name of the column that is encoded: sentences where they are asked for, else documents."""
        return f"{self.prefix}sentence" if self.sentences else self.document

    @property
    def token(self) -> str:
        """Name of the column of tokens."""
        return f"{self.prefix}token"

    @property
    def embeddings(self) -> str:
        """Name of the column of word vectors."""
        return f"{self.prefix}embeddings"

    @property
    def new_columns(self) -> list[str]:
        """Names of all columns that the pipeline adds."""
        return list(dict.fromkeys([self.document, self.sentence, self.token, self.embeddings]))

    def embedder(self) -> AlbertEmbeddings:
        """Return the stage that holds the model."""
        stage = AlbertEmbeddings.pretrained(self.model, self.lang).setDialect(self.dialect)
        stage.setInputCols(self.sentence, self.token).set("outputCol", self.embeddings)
        for name, value in (("pooling", self.pooling), ("layers", self.layers)):
            if value is not None:
                stage.set(name, value)
        return stage

    def pipeline(self, embedder: AlbertEmbeddings | None = None) -> PipelineModel:
        """Return the fitted pipeline, with a stage that holds the model already, or one made by `embedder`."""
        dialect = self.dialect
        stages: list[Any] = [DocumentAssembler(inputCol=self.column, outputCol=self.document, dialect=dialect)]
        if self.sentences:
            stages.append(SentenceDetector(inputCols=[self.document], outputCol=self.sentence, dialect=dialect))
        stages.append(Tokenizer(inputCols=[self.sentence], outputCol=self.token, dialect=dialect))
        stages.append(embedder or self.embedder())
        return Pipeline(stages=stages).fit()
