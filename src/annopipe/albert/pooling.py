"""Vectors of pieces to vectors of tokens: which rows of which windows make up a token."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.alignment import Alignment
from annopipe.albert.codepoints import within
from annopipe.albert.config import AlbertConfig
from annopipe.albert.layers import Layers
from annopipe.albert.settings import WordPooling
from annopipe.albert.windows import Windows, token_windows


@dataclass(frozen=True)
class Takes:
    """Rows of encoded windows, each with the token that it goes to, in the order of windows.

    Attributes:
        window: ``[takes]`` int64, never decreasing.
        row: ``[takes]`` int64, place in the window, ``[CLS]`` being 0.
        target: ``[takes]`` int64, the token.
        weight: ``[takes]`` float32, the row's share in a mean; None where each token takes one row.
        scattered: whether one token takes from several windows.
    """

    window: NDArray[np.int64]
    row: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float32] | None = None
    scattered: bool = False


def dimension(config: AlbertConfig, layers: Layers, pooling: str = "first") -> int:
    """Numbers per vector: ``hidden_size``, more if layers are concatenated, twice as many for ``first_last``."""
    return layers.width(config) * (2 if pooling == "first_last" else 1)


def takes_of_words(
    pooling: WordPooling, alignment: Alignment, windows: Windows, text: NDArray[np.int64]
) -> list[Takes]:
    """What each token takes, one list entry for each part of its vector (two for ``first_last``).

    With ``first`` a token's window is the best for its first piece. With the others that one too, or the next where the
    token reaches over its end; of a token too long for any window each piece comes from the best window of its own.

    Args:
        pooling: the pieces that make up a token.
        alignment: pieces of the tokens; a token without takes nothing.
        windows: of the encoded texts.
        text: ``[tokens]``, the text of each token.
    """
    token = np.flatnonzero(alignment.first >= 0)
    first, last, text = alignment.first[token], alignment.last[token], text[token]
    if pooling == "first":
        return [_takes(windows, first, windows.best(first, text), token)]
    window = token_windows(windows, first, last, text)
    if pooling == "mean":
        return [_mean_takes(windows, Alignment(first, last), text, token, window)]
    ends = [last - 1] if pooling == "last" else [first, last - 1]
    return [_takes(windows, piece, np.where(window < 0, windows.best(piece, text), window), token) for piece in ends]


def _mean_takes(
    windows: Windows,
    alignment: Alignment,
    text: NDArray[np.int64],
    token: NDArray[np.int64],
    window: NDArray[np.int64],
) -> Takes:
    """All pieces of each token, with equal weights."""
    counts = alignment.last - alignment.first
    piece = np.repeat(alignment.first, counts) + within(counts)
    common = np.repeat(window, counts)
    chosen = np.where(common < 0, windows.best(piece, np.repeat(text, counts)), common)
    takes = _takes(windows, piece, chosen, np.repeat(token, counts))
    weight = (1.0 / counts).astype(np.float32)
    by_token = np.zeros(int(token[-1]) + 1 if len(token) else 0, np.float32)
    by_token[token] = weight
    return replace(takes, weight=by_token[takes.target], scattered=bool((window < 0).any()))


def _takes(windows: Windows, piece: NDArray[np.int64], window: NDArray[np.int64], token: NDArray[np.int64]) -> Takes:
    """One row for each piece, in the order of windows."""
    if not np.all(window[1:] >= window[:-1]):
        order = np.argsort(window, kind="stable")
        piece, window, token = piece[order], window[order], token[order]
    return Takes(window, piece - windows.first[window] + 1, token)
