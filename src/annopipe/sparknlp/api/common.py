"""``sparknlp.common``: the names of kinds of annotations, and of ways to read files."""

from typing import Final


class AnnotatorType:
    """Kinds of annotations."""

    DOCUMENT: Final = "document"
    TOKEN: Final = "token"  # noqa: S105 -- a kind of annotation
    CHUNK: Final = "chunk"
    WORDPIECE: Final = "wordpiece"
    WORD_EMBEDDINGS: Final = "word_embeddings"
    SENTENCE_EMBEDDINGS: Final = "sentence_embeddings"


class ReadAs:
    """How a file is read."""

    TEXT: Final = "TEXT"
    SPARK: Final = "SPARK"
    BINARY: Final = "BINARY"


__path__: list[str] = []
__all__ = ["AnnotatorType", "ReadAs"]
