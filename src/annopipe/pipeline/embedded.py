"""What the native API gives: the words of a text, or a text as one vector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.tables import Table, short_text, short_vector

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MOST_ROWS = 50
"""Words of a text that a notebook shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of one text; a notebook draws them as a table. Equal are those with equal text, words and numbers.

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

    def __eq__(self, other: object) -> bool:
        """Tell whether text, tokens, places and all numbers are the same."""
        if not isinstance(other, Words):
            return NotImplemented
        arrays = ((self.begin, other.begin), (self.end, other.end), (self.vectors, other.vectors))
        return (self.text, self.tokens) == (other.text, other.tokens) and all(np.array_equal(a, b) for a, b in arrays)

    def __hash__(self) -> int:
        """Hash of the text and its words."""
        return hash((self.text, *self.tokens))

    def _repr_html_(self) -> str:
        """Return the first words as a table."""
        rows = [
            [short_text(token), str(begin), str(end), short_vector(vector)]
            for token, begin, end, vector in zip(
                self.tokens[:MOST_ROWS], self.begin, self.end, self.vectors, strict=False
            )
        ]
        return Table(["token", "begin", "end", "vector"], rows, len(self.tokens) > MOST_ROWS)._repr_html_()


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One text as one vector; a notebook draws it as a table. Equal are those with equal text and numbers.

    Attributes:
        text: the text.
        vector: float32 ``[sentence_dimension]``.
        n_tokens: number of tokens by `Tokenizer`'s default rules.
        cut: pieces of the text past the model's own length, which the vector does not show; 0 for most.
    """

    text: str
    vector: Floats
    n_tokens: int
    cut: int = 0

    def __eq__(self, other: object) -> bool:
        """Tell whether text and all numbers are the same."""
        if not isinstance(other, Sentence):
            return NotImplemented
        same = (self.text, self.n_tokens) == (other.text, other.n_tokens)
        return same and np.array_equal(self.vector, other.vector)

    def __hash__(self) -> int:
        """Hash of the text."""
        return hash(self.text)

    def _repr_html_(self) -> str:
        """Return the text, its number of tokens and the first numbers of its vector."""
        row = [short_text(self.text), str(self.n_tokens), short_vector(self.vector)]
        return Table(["text", "tokens", "vector"], [row])._repr_html_()
