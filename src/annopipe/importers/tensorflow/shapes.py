"""Shapes as TensorFlow writes them."""

import math
from typing import Final

from annopipe.importers.wire import Message

MOST_DIMENSIONS: Final = 16
LARGEST: Final = 1 << 40


def shape_of(shape: Message | None, owner: Message) -> tuple[int, ...]:
    """Return the sizes of a ``TensorShapeProto`` (none: a single number).

    Raises:
        CheckpointError: a size is negative or beyond all bounds.
    """
    if shape is None:
        return ()
    sizes = tuple(dim.integer(1) for dim in shape.messages(2))
    if (
        shape.integer(3)
        or len(sizes) > MOST_DIMENSIONS
        or any(size < 0 for size in sizes)
        or math.prod(sizes) > LARGEST
    ):
        raise owner.damaged(f"a variable has the impossible shape {list(sizes[:MOST_DIMENSIONS])}")
    return sizes
