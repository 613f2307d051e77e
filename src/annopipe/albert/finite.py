"""The look at vectors before they go anywhere: numbers, and neither NaN nor infinity."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import VectorsNotFinite

CAUSE = (
    "its weights are finite, but their products pass what float32 holds, as in a model that diverged in training or "
    "was scaled or converted wrongly; take another checkpoint, and compare with what other programs compute from it"
)


def check_finite(
    values: NDArray[np.float32],
    lengths: NDArray[np.int64] | None = None,
    *,
    origin: str = "the model",
    cause: str = CAUSE,
) -> None:
    """Refuse vectors that hold NaN or infinity.

    One sum tells, since both stay in it; only a sum that overflows by itself needs a second look.

    Args:
        values: ``[..., rows, width]``.
        lengths: rows of each text, text after text; None where each row is one.
        origin: what gives the vectors, and ``cause`` why it may: words of the error.

    Raises:
        VectorsNotFinite: with the number of the first text that has such numbers as its ``row``.
    """
    with np.errstate(all="ignore"):
        if np.isfinite(values.sum()):
            return
        sound = np.isfinite(values).all(axis=-1)
    if sound.all():
        return
    row = int(np.flatnonzero(~sound.reshape(-1, sound.shape[-1]).all(axis=0))[0])
    if lengths is not None:
        row = int(np.searchsorted(np.cumsum(lengths), row, "right"))
    raise VectorsNotFinite(f"{origin} gives NaN or infinite numbers: {cause}.").at(row)


@contextmanager
def met_at(place: Callable[[int], int]) -> Iterator[None]:
    """Renumber the ``row`` of an error: ``row`` i becomes ``place(i)``."""
    try:
        yield
    except VectorsNotFinite as error:
        if error.row is not None:
            error.at(int(place(error.row)))
        raise
