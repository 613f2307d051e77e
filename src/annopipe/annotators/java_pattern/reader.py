"""The characters of a Java pattern, with quoting resolved and a place for every error."""

from annopipe.errors import PatternError

LINE_ENDS = "\n\r\x85\u2028\u2029"
_BLANK = " \t\n\x0b\f\r"


class Reader:
    r"""A cursor over a pattern's signs.

    A sign is one character; a character between ``\Q`` and ``\E`` is two, ``"Q"`` and itself, so that it never
    equals a metacharacter. ``""`` stands for the end. ``comments`` is Java's flag ``x``: white space and ``#`` to the
    end of the line are skipped.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.comments = False
        self.at = 0
        self._signs, self._places = _signs(pattern)

    def peek(self) -> str:
        """The next sign that counts."""
        if self.comments:
            self._skip_comments()
        return self.ahead(0)

    def ahead(self, distance: int) -> str:
        """The sign at a distance, comments not skipped."""
        spot = self.at + distance
        return self._signs[spot] if spot < len(self._signs) else ""

    def take(self) -> str:
        """The next sign that counts, and step over it."""
        sign = self.peek()
        self.at += 1
        return sign

    def take_raw(self) -> str:
        """The next sign, comments not skipped, and step over it."""
        sign = self.ahead(0)
        self.at += 1
        return sign

    def take_if(self, sign: str) -> bool:
        """Step over the next sign if it is this one."""
        if self.peek() != sign:
            return False
        self.at += 1
        return True

    def error(self, description: str, back: int = 0) -> PatternError:
        """The error in Java's words; ``back`` signs before the cursor is where."""
        spot = max(self.at - back, 0)
        place = self._places[spot] if spot < len(self._places) else len(self.pattern)
        return PatternError(f"{description} near index {place} of the pattern {self.pattern!r}")

    def unsupported(self, construct: str) -> PatternError:
        """The error for Java syntax that has no equivalent here."""
        return self.error(f"{construct} is Java syntax that annopipe has no equivalent for,", back=1)

    def _skip_comments(self) -> None:
        while self.ahead(0):
            if self.ahead(0) in _BLANK:
                self.at += 1
            elif self.ahead(0) == "#":
                while self.ahead(0) and self.ahead(0) not in LINE_ENDS:
                    self.at += 1
            else:
                return


def _signs(pattern: str) -> tuple[list[str], list[int]]:
    signs: list[str] = []
    places: list[int] = []
    quoted = False
    at = 0
    while at < len(pattern):
        pair = pattern[at : at + 2]
        if pair == ("\\E" if quoted else "\\Q"):
            quoted = not quoted
            at += 2
            continue
        run = pair if pair[0] == "\\" and not quoted else pair[0]
        signs += [f"Q{char}" if quoted else char for char in run]
        places += range(at, at + len(run))
        at += len(run)
    return signs, places
