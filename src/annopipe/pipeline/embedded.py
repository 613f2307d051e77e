"""What the native API gives: the words of a text, or a text as one vector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.tables import Table, short_text, short_vector

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MOST_ROWS = 50
"""Words of a text that a notebook shows."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text; a notebook draws them as a table.

    Attributes:
        text: the text.
        tokens: its tokens, by `Tokenizer`'s default rules over the whole text.
        begin, end: int64 ``[tokens]``, code points of the text; ``end`` EXCLUSIVE: ``text[begin:end]`` is the token.
        vectors: float32 ``[tokens, dimension]``.
    """

    text: str
    tokens: list[str]
    begin: Ints
    end: Ints
    vectors: Floats

    def _repr_html_(self) -> str:
        """Return the first words as a table."""
        rows = [
            [short_text(token), str(begin), str(end), short_vector(vector)]
            for token, begin, end, vector in zip(
                self.tokens[:MOST_ROWS], self.begin, self.end, self.vectors, strict=False
            )
        ]
        return Table(["token", "begin", "end", "vector"], rows, len(self.tokens) > MOST_ROWS)._repr_html_()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text as one vector; a notebook draws it as a table.

    Attributes:
        text: the text.
        vector: float32 ``[dimension]``.
        n_tokens: number of tokens by `Tokenizer`'s default rules.
    """

    text: str
    vector: Floats
    n_tokens: int

    def _repr_html_(self) -> str:
        """Return the text, its number of tokens and the first numbers of its vector."""
        row = [short_text(self.text), str(self.n_tokens), short_vector(self.vector)]
        return Table(["text", "tokens", "vector"], [row])._repr_html_()
