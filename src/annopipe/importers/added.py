"""The tokens that a source's tokenizer has behind its vocabulary, as ``tokenizer_config.json`` keeps them."""

from pathlib import Path
from typing import Any

from sentencepiece import SentencePieceProcessor

from annopipe.albert.added_tokens import added_tokens, plain
from annopipe.albert.piece_table import SPECIAL_PIECES

FLAGS = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}


def added_behind(vocabulary: bytes, folder: Path) -> dict[str, Any]:
    """Return the key ``added_tokens_decoder`` with the tokens that the vocabulary lacks; nothing if it lacks none.

    Args:
        vocabulary: bytes of a SentencePiece model; of damaged ones nothing is returned, loading tells what they are.
        folder: of the source.

    Raises:
        VocabularyError: a file that names added tokens is damaged.
    """
    processor = SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(vocabulary)
    except RuntimeError:
        return {}
    try:
        lacking = {
            number: token
            for token, number in added_tokens(folder).items()
            if processor.id_to_piece(int(processor.piece_to_id(plain(token)))) != token
        }
    except UnicodeDecodeError:
        return {}
    if not lacking:
        return {}
    return {
        "added_tokens_decoder": {
            str(number): {"content": lacking[number], "special": lacking[number] in SPECIAL_PIECES, **FLAGS}
            for number in sorted(lacking)
        }
    }
