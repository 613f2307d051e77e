"""Whether two model folders are the same model: by what vectors come from, not by the bytes of their files."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import numpy as np

from annopipe.albert.checkpoint import Weights, read_weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import content_hash
from annopipe.albert.parameters import layer_prefix
from annopipe.albert.sentence_steps import SentenceSteps
from annopipe.albert.vocabulary import Vocabulary
from annopipe.errors import ModelError
from annopipe.sentence_head import read_head, transformer_folder

PLACES: Final = "embeddings.position_embeddings.weight"
TYPES: Final = "embeddings.token_type_embeddings.weight"
LAYERS: Final = "encoder.albert_layer_groups."
SIZES: Final = ("num_attention_heads", "activation")


def same_model(there: Path, made: Path, switches: Collection[str], *, heads: bool) -> bool:
    """Tell whether two folders hold the same weights, read in the same way, with the same vocabulary.

    Exports change what vectors do not depend on: int8 rows become the float32 numbers that they stand for, the segment
    table may keep one row or be added to the positions, and some formats do not say how text is normalised.

    Args:
        there: the model that is stored.
        made: the one that was imported.
        switches: of normalisation, that the source of the second one told; the others are not compared.
        heads: whether the format of the source holds ways to sentence vectors; else they are not compared.
    """
    try:
        if content_hash(there) == content_hash(made):
            return True
        if heads and not _same_head(there, made):
            return False
        return _alike(transformer_folder(there), transformer_folder(made), switches)
    except ModelError:
        return False


def _same_head(there: Path, made: Path) -> bool:
    """Tell whether two models have the same way to sentence vectors, or none."""
    first, second = read_head(there), read_head(made)
    if first is None or second is None:
        return first is second
    ours, theirs = SentenceSteps.read(there, first).weights, SentenceSteps.read(made, second).weights
    return first.identity() == second.identity() and all(
        one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
        for one, other in zip(ours, theirs, strict=True)
    )


def _alike(there: Path, made: Path, switches: Collection[str]) -> bool:
    first, second = AlbertConfig.read(there), AlbertConfig.read(made)
    if any(getattr(first, name) != getattr(second, name) for name in SIZES):
        return False
    if np.float32(first.layer_norm_eps) != np.float32(second.layer_norm_eps):
        return False
    if not _same_vocabulary(Vocabulary.read(there, first), Vocabulary.read(made, second), switches):
        return False
    return _same_weights(first, read_weights(there, first), second, read_weights(made, second))


def _same_vocabulary(first: Vocabulary, second: Vocabulary, switches: Collection[str]) -> bool:
    return (
        first.processor.serialized_model_proto() == second.processor.serialized_model_proto()
        and (first.cls_id, first.sep_id) == (second.cls_id, second.sep_id)
        and all(getattr(first.rules, name) == getattr(second.rules, name) for name in switches)
    )


def _same_weights(first: AlbertConfig, ours: Weights, second: AlbertConfig, theirs: Weights) -> bool:
    """Compare tables, then the layers in the order in which they run, whatever group holds them."""
    shared = [name for name in ours if name not in (PLACES, TYPES) and not name.startswith(LAYERS)]
    if not all(name in theirs and np.array_equal(ours[name], theirs[name]) for name in shared):
        return False
    if not np.array_equal(ours[PLACES] + ours[TYPES][0], theirs[PLACES] + theirs[TYPES][0]):
        return False
    steps, others = _steps(first), _steps(second)
    return len(steps) == len(others) and all(
        _same_layer(ours, one, theirs, other) for one, other in set(zip(steps, others, strict=True))
    )


def _steps(config: AlbertConfig) -> list[str]:
    """Starts of the names of the layers' weights, in the order in which they run."""
    inner = range(config.inner_group_num)
    return [layer_prefix(config.group_of(layer), one) for layer in range(config.num_hidden_layers) for one in inner]


def _same_layer(ours: Weights, prefix: str, theirs: Weights, other: str) -> bool:
    names = [name.removeprefix(prefix) for name in ours if name.startswith(prefix)]
    return all(np.array_equal(ours[prefix + name], theirs[other + name]) for name in names)
