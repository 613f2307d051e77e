"""Where names of points go so that none lies over another, over a point, or over a line."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

DISTANCES: Final = (5.0, 12.0, 20.0, 30.0, 44.0, 60.0, 80.0, 110.0)
DIRECTIONS: Final = 16
GAP: Final = 1.5
LINED: Final = 10.0
"""Distance from which on a line leads from the point to its name."""


def places(points: Doubles, sizes: Doubles, frame: tuple[float, float], radius: float) -> list[Doubles | None]:
    """Return the lower left corner of each name's box, None for a name without room.

    Crowded points choose first, near places before far ones.

    Args:
        points: ``[n, 2]``, in the unit of all others, from the frame's lower left corner.
        sizes: ``[n, 2]``, width and height of each name.
        frame: width and height of the frame, which no name leaves.
        radius: of a point's mark.
    """
    boxes = np.concatenate([points - radius, points + radius], axis=1)
    found: list[Doubles | None] = [None] * len(points)
    for number in _crowded_first(points):
        others = np.delete(boxes, number, axis=0) if number < len(points) else boxes
        for corner in _candidates(points[number], sizes[number]):
            box = np.concatenate([corner, corner + sizes[number]])
            line = line_to(points[number], box)
            if _inside(box, frame) and not _touches(box, others) and not _crosses(line, others):
                found[number] = corner
                beads = np.concatenate([line - 0.5, line + 0.5], axis=1)
                boxes = np.concatenate([boxes, box[None], beads])
                break
    return found


def line_to(point: Doubles, box: Doubles) -> Doubles:
    """Return points of the line from a point to the nearest place of a box, none where they are close."""
    end = np.clip(point, box[:2], box[2:])
    length = float(np.linalg.norm(end - point))
    if length < LINED:
        return np.zeros((0, 2))
    return point + (end - point) * np.linspace(0.25, 1, max(int(length / 3), 2))[:-1, None]


def _crowded_first(points: Doubles) -> list[int]:
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    nearest = np.sort(apart, axis=1)[:, : min(6, len(points))].sum(axis=1)
    return [int(number) for number in np.argsort(nearest, kind="stable")]


def _candidates(point: Doubles, size: Doubles) -> Doubles:
    """Return corners around a point: the box's edge is at the distance, in each direction."""
    angles = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    centres = [point + ways * (distance + size / 2) for distance in DISTANCES]
    corners: Doubles = np.concatenate(centres) - size / 2
    return corners


def _inside(box: Doubles, frame: tuple[float, float]) -> bool:
    return bool((box[:2] >= 0).all() and box[2] <= frame[0] and box[3] <= frame[1])


def _touches(box: Doubles, others: Doubles) -> bool:
    apart = (others[:, :2] > box[2:] + GAP) | (others[:, 2:] < box[:2] - GAP)
    return bool((~apart.any(axis=1)).any())


def _crosses(line: Doubles, others: Doubles) -> bool:
    within = (line[:, None] >= others[None, :, :2]) & (line[:, None] <= others[None, :, 2:])
    return bool(within.all(axis=2).any())
