"""The default rules in one linear pattern of the standard library, for many texts at once."""

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from annopipe.annotators.token_rules.candidates import BREAKS
from annopipe.annotators.token_rules.peeling import Span


class DefaultRules:
    """Tokens at white space, context characters peeled off: no exceptions, splits or patterns of the user."""

    def __init__(self, context_chars: str) -> None:
        context = re.escape("".join(char for char in context_chars if char not in BREAKS))
        inner = f"[^{context}{BREAKS}]"
        peeled = f"|[{context}]+" if context else ""
        self._token = re.compile(f"{inner}(?:[^{BREAKS}]*{inner})?{peeled}")

    def tokens(self, text: str) -> list[Span]:
        """The (begin, end) of the tokens of one text."""
        return [match.span() for match in self._token.finditer(text)]

    def tokens_of_all(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Begins, ends and offsets of the tokens of many texts, read as one with line breaks between them."""
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) + 1 for text in texts], out=starts[1:])
        matches = self._token.finditer("\n".join(texts))
        spans = np.fromiter(chain.from_iterable(match.span() for match in matches), np.int64).reshape(-1, 2)
        offsets = np.searchsorted(spans[:, 0], starts)
        shift = np.repeat(starts[:-1], np.diff(offsets))
        return spans[:, 0] - shift, spans[:, 1] - shift, offsets.astype(np.int64)
