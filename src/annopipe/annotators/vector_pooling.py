"""Many word vectors to one: the mean or the sum of each group."""

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.finite import check_finite
from annopipe.columns import AnnotationColumn, Floats, Ints

CAUSE = "the vectors hold such numbers, or are so large that sums pass what float32 holds: look at what made them"


def pool_groups(
    words: AnnotationColumn, members: Ints, offsets: Ints, *, average: bool
) -> tuple[Floats | None, NDArray[np.bool_] | None]:
    """Sum the vectors of each group one after the other, then divide once: Spark NLP's arithmetic, bit for bit.

    Args:
        words: word vectors.
        members: places in ``words``, group after group, each with a vector; a word may be in several groups.
        offsets: int64 ``[groups + 1]``; group ``i`` is ``members[offsets[i]:offsets[i + 1]]``.
        average: divide each sum by the size of its group.

    Returns:
        float32 ``[groups, dimension]`` and bool ``[groups]``, True for an empty group; None for no such group. Both
        None where no word has a vector.

    Raises:
        VectorsNotFinite: vectors hold NaN or infinity, or their sums pass what float32 holds; ``row`` is the group.
    """
    if words.vectors is None:
        return None, None
    counts = np.diff(offsets)
    vectors = np.zeros((len(counts), words.vectors.shape[1]), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for group in np.flatnonzero(counts).tolist():
            mine = members[offsets[group] : offsets[group + 1]]
            np.add.reduce(words.vectors[mine], axis=0, out=vectors[group])
    check_finite(vectors, origin="a mean or sum of word vectors", cause=CAUSE)
    if average:
        vectors /= np.maximum(counts, 1).astype(np.float32)[:, None]
    bare = counts == 0
    return vectors, bare if bare.any() else None


def out_of_vocabulary(words: AnnotationColumn) -> NDArray[np.bool_]:
    """Return which words have ``isOOV`` "true", bool ``[words]``."""
    flags = words.metadata.get("isOOV") or ["false"] * len(words)
    return np.array([flag == "true" for flag in flags], np.bool_)
