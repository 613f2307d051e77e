"""A picture: a figure of matplotlib's, without its windows and global state."""

import io
import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annopipe.errors import MissingExtra, ParamValueError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOTEBOOK_DPI = 100


class Picture(ABC):
    """A picture that a notebook shows and that `save` writes."""

    @abstractmethod
    def figure(self) -> "Figure":
        """Return a new figure of matplotlib's, to be changed at will."""

    def save(self, path: str | os.PathLike[str], *, dpi: int = 150) -> None:
        """Write the picture; the ending decides the form: png, svg, pdf, jpg and what else matplotlib has.

        Raises:
            ParamValueError: no ending, or one that matplotlib does not write.
        """
        figure = self.figure()
        ending = Path(path).suffix.lstrip(".").lower()
        known = figure.canvas.get_supported_filetypes()
        if ending not in known:
            msg = f"{os.fspath(path)!r} has no ending of a picture: {', '.join(sorted(known))}"
            raise ParamValueError(msg)
        figure.savefig(path, dpi=dpi)

    def _repr_png_(self) -> bytes:
        """Return the picture as notebooks show it."""
        written = io.BytesIO()
        self.figure().savefig(written, format="png", dpi=NOTEBOOK_DPI)
        return written.getvalue()


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure of so many inches, drawn by Agg."""
    check_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def check_matplotlib() -> None:
    """Import matplotlib.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as missing:
        raise MissingExtra("pictures need matplotlib: pip install 'annopipe[plot]'") from missing


def plain_text(artist: Any) -> Any:
    """Return a text of matplotlib's in which ``$`` is a letter like any other."""
    artist.set_parse_math(False)
    return artist
