"""The heat map: how similar each of some words is to each of others."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import ParamValueError
from annopipe.pictures.drawing import Picture, check_matplotlib, lettering, new_figure, plain_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST: Final = 150
NUMBERED: Final = 14
"""Rows and columns up to which the numbers are written into the cells."""
COLOURS: Final = "viridis"
MARGIN: Final = 0.12
BAR: Final = 0.16


class HeatMap(Picture):
    """A picture of similarities; a notebook shows it, ``save("map.png")`` writes it.

    Attributes:
        rows, columns: what is compared.
        values: float64 ``[rows, columns]``, cosines.
        low, high: similarities at the ends of the colours; None = the smallest and the largest value.
    """

    def __init__(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        values: NDArray[np.float64],
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        check_matplotlib()
        if not rows or not columns or max(len(rows), len(columns)) > MOST:
            msg = f"a heat map has 1 to {MOST} rows and columns, not {len(rows)} x {len(columns)}: give shorter texts"
            raise ParamValueError(msg)
        self.rows, self.columns, self.values = tuple(rows), tuple(columns), values
        self.low, self.high = low, high

    def __repr__(self) -> str:
        return f"HeatMap({len(self.rows)} x {len(self.columns)})"

    def figure(self) -> "Figure":
        """See `Picture.figure`."""
        numbered = max(self.values.shape) <= NUMBERED
        figure = new_figure(4, 4)
        axes = figure.add_axes((0, 0, 1, 1))
        image = axes.imshow(self.values, cmap=COLOURS, aspect="auto", vmin=self.low, vmax=self.high)
        self._label(axes, 0.5 if numbered else 0.24)
        if numbered:
            self._number(axes, image)
        axes.set_xticks(np.arange(len(self.columns)) + 0.5, minor=True)
        axes.set_yticks(np.arange(len(self.rows)) + 0.5, minor=True)
        axes.grid(which="minor", color="white", linewidth=0.8)
        axes.tick_params(which="both", length=0)
        axes.spines[:].set_visible(False)
        self._lay_out(figure, axes, image, 0.5 if numbered else 0.24)
        return figure

    def _label(self, axes: Any, cell: float) -> None:
        """Write the words above and to the left; above slantwise, unless all of them fit."""
        letters = lettering([*self.rows, *self.columns])
        axes.xaxis.tick_top()
        across = axes.set_xticks(range(len(self.columns)), [letters.label(word) for word in self.columns])
        down = axes.set_yticks(range(len(self.rows)), [letters.label(word) for word in self.rows])
        texts = [axis.label2 for axis in across] + [axis.label1 for axis in down]
        for text in texts:
            plain_text(text).set(family=letters.families, size=9 if cell > 0.3 else 8)
        above = [axis.label2 for axis in across]
        if max(inches_of(text)[0] for text in above) > 0.9 * cell:
            for text in above:
                text.set(rotation=45, rotation_mode="anchor", ha="left", va="baseline")

    def _number(self, axes: Any, image: Any) -> None:
        for (row, column), value in np.ndenumerate(self.values):
            colour = "black" if _light(image.cmap(image.norm(value))) else "white"
            axes.text(column, row, f"{round(value, 2) + 0.0:.2f}", ha="center", va="center", size=8, color=colour)

    def _lay_out(self, figure: "Figure", axes: Any, image: Any, cell: float) -> None:
        """Give each part its place in inches, as large as the words need."""
        left = max(inches_of(tick.label1)[0] for tick in axes.yaxis.get_major_ticks()) + 2 * MARGIN
        above = [inches_of(tick.label2) for tick in axes.xaxis.get_major_ticks()]
        slanted = axes.xaxis.get_major_ticks()[0].label2.get_rotation() > 0
        top = max(height for _, height in above) + 2 * MARGIN
        wide, high = max(len(self.columns) * cell, 1.6), len(self.rows) * cell
        step = wide / len(self.columns)
        over = max(width - (len(above) - place - 0.5) * step for place, (width, _) in enumerate(above))
        right = max(over if slanted else 0, 0.2) + MARGIN
        bottom = BAR + 0.55
        width, height = left + wide + right, bottom + high + top
        figure.set_size_inches(width, height)
        axes.set_position((left / width, bottom / height, wide / width, high / height))
        bar = figure.add_axes((left / width, 0.38 / height, min(wide, 3) / width, BAR / height))
        colours = figure.colorbar(image, cax=bar, orientation="horizontal", label="cosine")
        colours.ax.tick_params(labelsize=8)
        colours.ax.locator_params(nbins=3)
        colours.ax.xaxis.label.set_fontsize(8)
        colours.outline.set_visible(False)


def inches_of(text: Any) -> tuple[float, float]:
    """Return width and height of a text as it is drawn."""
    box = text.get_window_extent(text.figure.canvas.get_renderer())
    return box.width / text.figure.dpi, box.height / text.figure.dpi


def _light(colour: tuple[float, ...]) -> bool:
    red, green, blue = colour[:3]
    return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
