"""Tokens kept by their length."""

from dataclasses import dataclass

from annopipe.annotators.token_rules.peeling import Span


@dataclass(frozen=True, slots=True)
class Lengths:
    """Keeps tokens of ``least`` to ``most`` characters, in UTF-16 units if ``utf16``; no upper limit if None."""

    least: int
    most: int | None
    utf16: bool

    @property
    def active(self) -> bool:
        """Whether any token can be dropped."""
        return self.least > 1 or self.most is not None

    def kept(self, text: str, spans: list[Span]) -> list[Span]:
        """The spans whose length is allowed."""
        if not self.active:
            return spans
        most = 2 * len(text) if self.most is None else self.most
        return [span for span in spans if self.least <= self._length(text, span) <= most]

    def _length(self, text: str, span: Span) -> int:
        begin, end = span
        if not self.utf16:
            return end - begin
        return end - begin + sum(char > "\uffff" for char in text[begin:end])
