"""``sparknlp.annotator``: the annotators; those that annopipe does not have can be imported and tell so on use."""

from typing import Any

from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.chunk2doc import Chunk2Doc
from annopipe.annotators.chunk_embeddings import ChunkEmbeddings
from annopipe.annotators.ngram_generator import NGramGenerator
from annopipe.annotators.regex_matcher import RegexMatcher, RegexMatcherModel
from annopipe.annotators.sentence_detector import SentenceDetector
from annopipe.annotators.sentence_embeddings import SentenceEmbeddings
from annopipe.annotators.text_matcher import TextMatcher, TextMatcherModel
from annopipe.annotators.tokenizer import Tokenizer, TokenizerModel
from annopipe.sparknlp.absent import NAMES, absent

__path__: list[str] = []
__all__ = [
    "AlbertEmbeddings",
    "Chunk2Doc",
    "ChunkEmbeddings",
    "NGramGenerator",
    "RegexMatcher",
    "RegexMatcherModel",
    "SentenceDetector",
    "SentenceEmbeddings",
    "TextMatcher",
    "TextMatcherModel",
    "Tokenizer",
    "TokenizerModel",
]
__all__ += sorted(name for name in NAMES if "Assembler" not in name and "Pipeline" not in name)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    """Return a stand-in for an annotator that annopipe does not have."""
    if name in NAMES:
        return absent(name)
    msg = f"module 'sparknlp.annotator' has no attribute {name!r}"
    raise AttributeError(msg)
