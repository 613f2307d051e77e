"""Fonts for words of any script, and labels that can be drawn with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from annopipe.warnings import warn_once

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
