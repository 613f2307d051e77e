"""The map of words: points in a plane, each with its word, coloured by text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import ParamValueError, WordNotFound
from annopipe.pictures.drawing import Picture, check_matplotlib, new_figure, plain_text
from annopipe.pictures.fonts import Lettering, lettering
from annopipe.pictures.label_places import LINED, places
from annopipe.pictures.projection import plane

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
