"""Java's pattern flags."""

from dataclasses import dataclass, replace

_NAMES = {
    "i": "ignore_case",
    "u": "unicode_case",
    "m": "multiline",
    "s": "dot_all",
    "d": "unix_lines",
    "x": "comments",
    "U": "unicode_classes",
}


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags in force at one place of a pattern: ``i u m s d x U``."""

    ignore_case: bool = False
    unicode_case: bool = False
    multiline: bool = False
    dot_all: bool = False
    unix_lines: bool = False
    comments: bool = False
    unicode_classes: bool = False

    def switched(self, letter: str, on: bool) -> "Flags | None":
        """The flags with one switched, None for a letter that is no flag; ``U`` brings ``u`` along."""
        if letter not in _NAMES:
            return None
        changes = {_NAMES[letter]: on}
        if letter == "U":
            changes["unicode_case"] = on
        return replace(self, **changes)
