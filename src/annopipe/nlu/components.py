"""The stages of a pipeline as NLU sees them: a key, a level, the name of their columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.chunk2doc import Chunk2Doc
from annopipe.annotators.chunk_embeddings import ChunkEmbeddings
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.finishing_stage import FinishingStage
from annopipe.annotators.ngram_generator import NGramGenerator
from annopipe.annotators.sentence_detector import SentenceDetector
from annopipe.annotators.sentence_embeddings import SentenceEmbeddings
from annopipe.annotators.stage import Transformer
from annopipe.annotators.tokenizer import TokenizerModel

LEVELS: Final = ("token", "sentence", "document", "chunk", "relation")
NEURAL, PRAGMATIC = "sentence", "sentence_pragmatic"


@dataclass(frozen=True, slots=True)
class Component:
    """One stage.

    Attributes:
        key: its key in the pipe, such as ``albert_embeddings@albert_mini``.
        stage: the stage itself.
        output: its annotation column.
        column: the name of its column in the result, such as ``word_embedding_albert``.
        level: the level of its annotations.
        is_vector: its column holds vectors.
    """

    key: str
    stage: Transformer
    output: str
    column: str
    level: str
    is_vector: bool = False


def components_of(stages: Sequence[Transformer], names: Mapping[str, str], sentences: str) -> list[Component]:
    """Return the components of stages; finishers are none.

    Args:
        stages: fitted stages in order.
        names: output column of word embeddings → the end of their column's name; others are called by their output.
        sentences: what the column of sentences is called.
    """
    found: list[Component] = []
    for stage in stages:
        if not isinstance(stage, FinishingStage):
            found.append(_component(stage, found, names, sentences))
    return found


def _component(stage: Any, before: Sequence[Component], names: Mapping[str, str], sentences: str) -> Component:
    output: str = stage.getOrDefault("outputCol") if isinstance(stage, DocumentAssembler) else stage._output_name()
    if isinstance(stage, DocumentAssembler):
        made = Component("document_assembler", stage, output, "document", "document")
    elif isinstance(stage, SentenceDetector):
        made = Component("sentence_detector", stage, output, sentences, "sentence")
    elif isinstance(stage, TokenizerModel):
        made = Component("tokenizer", stage, output, "token", "token")
    elif isinstance(stage, AlbertEmbeddings):
        key = f"albert_embeddings@{_model_name(stage)}"
        made = Component(key, stage, output, f"word_embedding_{names.get(output, output)}", "token", True)
    elif isinstance(stage, SentenceEmbeddings):
        level = _level_of_input(stage, before)
        made = Component("sentence_embeddings", stage, output, "sentence_embeddings", level, True)
    elif isinstance(stage, ChunkEmbeddings):
        made = Component("chunk_embeddings", stage, output, f"chunk_embedding_{output}", "chunk", True)
    else:
        made = _chunk(stage, output)
    return _unlike(made, before)


def _chunk(stage: Any, output: str) -> Component:
    if isinstance(stage, NGramGenerator):
        return Component("ngram", stage, output, "ngram", "chunk")
    if isinstance(stage, Chunk2Doc):
        return Component("chunk_converter", stage, output, "chunk_document", "chunk")
    return Component(type(stage).__name__.removesuffix("Model").lower(), stage, output, "chunk", "chunk")


def _unlike(made: Component, before: Sequence[Component]) -> Component:
    """Return the component with a column and a key that no other has."""
    column, key = made.column, made.key
    if column in {other.column for other in before}:
        column = f"{column}_{made.output}"
    if key in {other.key for other in before}:
        key = f"{key}@{made.output}"
    return Component(key, made.stage, made.output, column, made.level, made.is_vector)


def _level_of_input(stage: SentenceEmbeddings, before: Sequence[Component]) -> str:
    inputs = stage._input_names()
    return next((c.level for c in before if c.output in inputs and c.level != "token"), "sentence")


def _model_name(stage: AlbertEmbeddings) -> str:
    reference: str = stage.getOrDefault("storageRef")
    return reference


def inferred_level(components: Sequence[Component]) -> str:
    """Return the level of the last component."""
    return components[-1].level if components else "document"
