"""What a sentence-transformers folder says about sentence vectors: read and checked, without any numbers of weights."""

from annopipe.sentence_head.head import Dense, LayerNorm, Normalize, PoolingMode, SentenceHead, Step
from annopipe.sentence_head.modules import MODULES, Module, read_modules, transformer_folder
from annopipe.sentence_head.reading import head_files, read_head

__all__ = [
    "MODULES",
    "Dense",
    "LayerNorm",
    "Module",
    "Normalize",
    "PoolingMode",
    "SentenceHead",
    "Step",
    "head_files",
    "read_head",
    "read_modules",
    "transformer_folder",
]
