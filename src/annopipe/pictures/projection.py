"""Vectors in the plane in which they differ most: principal components."""

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def plane(vectors: NDArray[np.float32]) -> tuple[Doubles, tuple[float, float]]:
    """Return float64 ``[rows, 2]``, the first two principal components, and their shares of the variance.

    The sign of a component is that in which its largest weight is positive, so that equal vectors give equal pictures.
    """
    wide = np.asarray(vectors, np.float64)
    wide = wide - wide.mean(axis=0)
    _, sizes, directions = np.linalg.svd(wide, full_matrices=False)
    whole = float((sizes**2).sum())
    count = min(2, len(sizes))
    chosen = directions[:count]
    signs = np.sign(chosen[np.arange(count), np.abs(chosen).argmax(axis=1)])
    points = np.zeros((len(wide), 2))
    points[:, :count] = wide @ (chosen * signs[:, None]).T
    shares = [float(size**2) / whole if whole else 0.0 for size in sizes[:count]] + [0.0, 0.0]
    return points, (shares[0], shares[1])
