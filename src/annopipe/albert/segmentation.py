"""SentencePiece over many texts."""

from collections.abc import Sequence
from typing import Any

from sentencepiece import SentencePieceProcessor

from annopipe.albert.running import running

FEW = 64
"""Up to so many texts are encoded one by one: a call for a batch starts a thread of its own, even for one text."""


def segment(processor: SentencePieceProcessor, texts: Sequence[str] | Sequence[bytes], kind: type) -> list[list[Any]]:
    """Pieces of each text.

    Args:
        processor: the SentencePiece model.
        texts: texts, or their bytes.
        kind: ``str`` for the pieces' strings as they are in the text, ``int`` for their ids.
    """
    with running:
        if len(texts) <= FEW:
            return [processor.encode(text, out_type=kind) for text in texts]
        batch: Any = list(texts)
        return processor.encode(batch, out_type=kind, num_threads=1)
