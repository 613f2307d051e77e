"""Texts of several words, found in lists of words."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

Span = tuple[int, int]


class Phrases:
    """A set of phrases, each a sequence of words."""

    def __init__(self, phrases: Iterable[Sequence[str]]) -> None:
        self._whole = {tuple(words) for words in phrases if words}
        self._beginnings = {words[:length] for words in self._whole for length in range(1, len(words) + 1)}

    def find(self, words: Sequence[str]) -> Iterator[Span]:
        """Yield (first, last) word of each place that holds a phrase, overlapping ones too, by first and last."""
        for first in range(len(words)):
            last = first
            while last < len(words) and (found := tuple(words[first : last + 1])) in self._beginnings:
                if found in self._whole:
                    yield first, last
                last += 1


@lru_cache(maxsize=64)
def phrases_of(texts: tuple[str, ...], *, lower: bool) -> Phrases:
    """Return the phrases of some texts, cut into words by `Tokenizer`'s default rules, in lower case if ``lower``."""
    from annopipe.annotators.token_rules import TokenRules, TokenSettings

    shown = [text.lower() for text in texts] if lower else list(texts)
    begin, end, offsets = TokenRules(TokenSettings()).tokenize_all(shown)
    spans = list(zip(begin.tolist(), end.tolist(), strict=True))
    bounds = zip(shown, offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    return Phrases([text[a:b] for a, b in spans[first:last]] for text, first, last in bounds)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in which overlapping ones are one, by their beginnings."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
