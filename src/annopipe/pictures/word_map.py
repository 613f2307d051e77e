"""The map of words: points in a plane, each with its word, coloured by text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import ParamValueError, WordNotFound
from annopipe.pictures.drawing import Lettering, Picture, check_matplotlib, lettering, new_figure, plain_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


MOST: Final = 2000
LISTED: Final = 10
"""Texts up to which each has a colour of its own and is named."""
LEGEND_CHARACTERS: Final = 70
LINE: Final = 0.22
POINTS: Final = 72.0
"""Points, in which sizes of marks and letters are given, in an inch."""


def check_words(count: int, words: Sequence[str] | None, texts: Sequence[str]) -> None:
    """Check how many words there are to draw, and that matplotlib is there.

    Raises:
        MissingExtra, WordNotFound, ParamValueError: see `Comparisons.word_map`.
    """
    check_matplotlib()
    if not count and words is not None:
        msg = f"none of {len(texts)} texts has any of the words {', '.join(map(repr, words))}"
        raise WordNotFound(msg)
    if not 0 < count <= MOST:
        msg = f"a map shows 1 to {MOST} words, not {count}: give other texts, or choose with words="
        raise ParamValueError(msg)


@dataclass(frozen=True, eq=False, repr=False)
class WordMap(Picture):
    """A picture of words; a notebook shows it, ``save("map.png")`` writes it.

    Attributes:
        texts: the texts.
        words: the words, in the order of the texts.
        text_of: int64 ``[words]``, the number of each word's text.
        points: float64 ``[words, 2]``, the first two principal components.
        shares: their shares of the variance.
    """

    texts: tuple[str, ...]
    words: tuple[str, ...]
    text_of: NDArray[np.int64]
    points: NDArray[np.float64]
    shares: tuple[float, float]

    @classmethod
    def of(
        cls, texts: Sequence[str], words: Sequence[str], found: Sequence[tuple[int, int]], vectors: NDArray[np.float32]
    ) -> Self:
        """Return the map of some words' vectors; ``found`` is the number of each word's text and its place there."""
        points, shares = plane(vectors)
        return cls(tuple(texts), tuple(words), np.array([text for text, _ in found]), points, shares)

    def __repr__(self) -> str:
        return f"WordMap({len(self.words)} words of {len(self.texts)} texts)"

    def figure(self) -> "Figure":
        """See `Picture.figure`."""
        listed = len(self.texts) <= LISTED
        side = float(np.clip(4.5 + len(self.words) / 14, 5, 14))
        below = (0.75 + LINE * len(self.texts)) if listed else 0.6
        width, height = side * 1.3 + 0.75, side + below + 0.3
        figure = new_figure(width, height)
        axes = figure.add_axes((0.6 / width, below / height, side * 1.3 / width, side / height))
        letters = lettering([*self.words, *self.texts])
        colours = [self._colour(int(text)) for text in self.text_of]
        axes.scatter(self.points[:, 0], self.points[:, 1], s=16, c=colours, linewidths=0, zorder=3)
        axes.margins(0.1)
        axes.set_aspect("equal", adjustable="datalim")
        for axis, share, which in ((axes.xaxis, self.shares[0], "1st"), (axes.yaxis, self.shares[1], "2nd")):
            axis.set_label_text(f"{which} principal component ({share:.0%} of the variance)", size=8)
        axes.tick_params(labelsize=7, colors="grey")
        axes.spines[:].set_color("lightgrey")
        unnamed = self._name(axes, letters, colours)
        if unnamed:
            axes.set_title(f"{unnamed} of {len(self.words)} words have no room for their names", size=8, loc="left")
        if listed:
            self._list(figure, letters, width, height, below)
        return figure

    def _colour(self, text: int) -> Any:
        from matplotlib import colormaps

        if len(self.texts) <= LISTED:
            return colormaps["tab10"](text)
        return colormaps["viridis"](0.9 * text / (len(self.texts) - 1))

    def _name(self, axes: Any, letters: Lettering, colours: Sequence[Any]) -> int:
        """Write each word beside its point where there is room, and return how many have none."""
        figure = axes.figure
        renderer = figure.canvas.get_renderer()
        axes.apply_aspect()
        frame = axes.get_window_extent(renderer)
        scale = POINTS / figure.dpi
        marks = (axes.transData.transform(self.points) - (frame.x0, frame.y0)) * scale
        texts = [axes.text(0, 0, letters.label(word), family=letters.families, size=8.5) for word in self.words]
        boxes = [plain_text(text).get_window_extent(renderer) for text in texts]
        sizes = np.array([(box.width, box.height) for box in boxes]) * scale
        corners = places(marks, sizes, (frame.width * scale, frame.height * scale), 2.5)
        for text, mark, size, corner, colour in zip(texts, marks, sizes, corners, colours, strict=True):
            text.remove()
            if corner is not None:
                self._write(axes, text, mark, corner, size, colour)
        return sum(corner is None for corner in corners)

    @staticmethod
    def _write(axes: Any, text: Any, mark: Any, corner: Any, size: Any, colour: Any) -> None:
        box = np.concatenate([corner, corner + size])
        end = np.clip(mark, box[:2], box[2:])
        shown = {"family": text.get_fontfamily(), "size": text.get_size(), "color": _dark(colour), "zorder": 4}
        plain_text(axes.annotate(text.get_text(), corner, xycoords="axes points", ha="left", va="bottom", **shown))
        if float(np.linalg.norm(end - mark)) >= LINED:
            line = {"arrowstyle": "-", "color": colour, "linewidth": 0.6, "alpha": 0.7, "shrinkA": 0, "shrinkB": 3}
            axes.annotate("", mark, end, xycoords="axes points", textcoords="axes points", arrowprops=line)

    def _list(self, figure: "Figure", letters: Lettering, width: float, height: float, below: float) -> None:
        """Name the texts below the map, each in its colour."""
        for number, text in enumerate(self.texts):
            y = (below - 0.7 - LINE * number) / height
            label = letters.label(text, LEGEND_CHARACTERS)
            shown = figure.text(0.6 / width, y, f"● {label}", family=letters.families, size=8.5)
            plain_text(shown).set(color=_dark(self._colour(number)), va="center")


def _dark(colour: Any) -> tuple[float, ...]:
    """Return a colour that letters can have on white."""
    red, green, blue = colour[:3]
    shade = min(1.0, 0.5 / max(0.299 * red + 0.587 * green + 0.114 * blue, 1e-6))
    return (red * shade, green * shade, blue * shade)
