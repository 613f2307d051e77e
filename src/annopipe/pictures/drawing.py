"""A picture: a figure of matplotlib's, without its windows and global state."""

import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from annopipe.errors import MissingExtra, ParamValueError
from annopipe.warnings import warn_once

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


FAMILY: Final = "DejaVu Sans"
MISSING: Final = "□"
MOST_CHARACTERS: Final = 24
_UNFIT: Final = ("Last Resort", "Emoji", "LastResort")
_FIRST: Final = ("Noto Sans", "Arial Unicode", "Yu Gothic", "Microsoft YaHei", "PingFang", "Hiragino", "Malgun")


@dataclass(frozen=True, slots=True)
class Lettering:
    """How some words are written.

    Attributes:
        families: names of fonts, in the order in which a character is looked for.
        unknown: characters that no font here has; they are drawn as □.
    """

    families: tuple[str, ...]
    unknown: frozenset[str]

    def label(self, word: str, most: int = MOST_CHARACTERS) -> str:
        """Return a word as it is drawn: on one line, a long one without its middle."""
        shown = "".join(MISSING if c in self.unknown else c for c in " ".join(word.split()))
        return shown if len(shown) <= most else f"{shown[: most - most // 3 - 1]}…{shown[-(most // 3) :]}"


def lettering(words: Iterable[str]) -> Lettering:
    """Return fonts of this machine that have the characters of some words; those without any are warned of once."""
    missing = frozenset(c for word in words for c in word if not c.isspace()) - _characters_of(FAMILY)
    families = [FAMILY]
    for family in _paths() if missing else ():
        if missing & (there := _characters_of(family)):
            families.append(family)
            missing -= there
        if not missing:
            break
    if missing:
        warn_once(
            f"no font on this machine has {' '.join(sorted(missing)[:8])}: pictures show {MISSING} instead. Install "
            "one that has, such as Noto Sans CJK for Chinese, Japanese and Korean",
            cause="fonts",
        )
    return Lettering(tuple(families), missing)


@cache
def _paths() -> dict[str, str]:
    """Return the file of each upright font of usual weight, those that have many scripts first."""
    from matplotlib import font_manager

    entries = [
        entry
        for entry in font_manager.fontManager.ttflist
        if entry.style == "normal" and entry.weight in (400, "normal", "regular", "book")
    ]
    fit = [entry for entry in entries if not any(part in entry.name for part in _UNFIT)]
    return {entry.name: entry.fname for entry in sorted(fit, key=lambda e: (not e.name.startswith(_FIRST), e.name))}


@cache
def _characters_of(family: str) -> frozenset[str]:
    from matplotlib import font_manager

    path = _paths().get(family) or font_manager.findfont(family)
    return frozenset(map(chr, font_manager.get_font(path).get_charmap()))
