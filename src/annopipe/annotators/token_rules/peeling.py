"""The default rule: context characters peeled off both ends of a candidate."""

from dataclasses import dataclass

Span = tuple[int, int]

_LINE_ENDS = frozenset("\n\r\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Peeling:
    """Leading run, middle, trailing run, each a token; it does not fit a candidate of context characters only.

    Does in linear time what Spark NLP's default rule does with
    ``\\A([P]*)([^P](?:.*[^P])*)([P]*)\\z``, P being the context characters.
    """

    chars: str

    def tokens(self, candidate: str) -> list[Span] | None:
        """The (begin, end) of the tokens within the candidate; None if the rule does not fit."""
        last = len(candidate)
        begin = last - len(candidate.lstrip(self.chars))
        if begin == last:
            return None
        end = len(candidate.rstrip(self.chars))
        return [span for span in ((0, begin), (begin, end), (end, last)) if span[0] < span[1]]


def peelable(chars: str) -> bool:
    r"""Whether the default rule of these context characters is a `Peeling`.

    It is not where one of them is a line end, which the rule's ``.`` does not cross, or where a backslash and an E
    end Java's quoting.
    """
    return bool(chars) and _LINE_ENDS.isdisjoint(chars) and "\\E" not in chars
