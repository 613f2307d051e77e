"""The pieces of a vocabulary beside the rows of a model's table: which may be more than the other, and by how much."""

import warnings
from pathlib import Path
from typing import Final

from sentencepiece import SentencePieceProcessor

from annopipe.albert.added_tokens import added_tokens, listed, named_tokens, plain
from annopipe.albert.piece_table import SPECIAL_PIECES
from annopipe.errors import AnnopipeWarning, VocabularyError

NEEDED: Final = ("[CLS]", "[SEP]")
SPECIAL: Final = (*SPECIAL_PIECES, "[PAD]", "[UNK]")
"""Pieces that are plain text in a text anyway."""

PADDING: Final = 8
"""Tables are made longer up to a multiple of this, or of a larger power of two."""

MOST_ROWS: Final = 1024
"""Rows that may be behind all pieces and added tokens; more are those of another vocabulary."""


def special_ids(processor: SentencePieceProcessor, path: Path, rows: int) -> dict[str, int]:
    """Ids of the special pieces: those of the vocabulary, else those that the folder adds.

    Warns:
        AnnopipeWarning: of added tokens, which are read as text, and of rows that nothing explains.

    Raises:
        VocabularyError: the vocabulary is another model's, by the number of its pieces; or it has no ``[CLS]`` or
            ``[SEP]``, or an id of them that the model has no row for; or the folder's files disagree.
    """
    count = int(processor.get_piece_size())
    added = added_tokens(path.parent)
    _check_missing_rows(processor, path, count, rows)
    explained = max([count, *(number + 1 for number in added.values() if number < rows)])
    if rows - explained > MOST_ROWS:
        raise VocabularyError(_of_another(path, count, rows))
    found = _special(processor, path, added)
    _check_special(found, path, rows)
    _warn_of_text(processor, path, added)
    if rows > explained and rows % PADDING:
        _warn(
            f"{path} has {count} pieces where config.json says vocab_size {rows}, and no file says which tokens the "
            f"last {rows - explained} rows are for: if tokens were added, text that has them is read as plain text."
        )
    return found


def _special(processor: SentencePieceProcessor, path: Path, added: dict[str, int]) -> dict[str, int]:
    ids = {name: int(processor.piece_to_id(name)) for name in SPECIAL_PIECES}
    found = {name: number for name, number in ids.items() if processor.id_to_piece(number) == name}
    for name in NEEDED:
        if name in found and added.get(name, found[name]) != found[name]:
            raise VocabularyError(
                f"{path} has {name} as piece {found[name]}, but the folder's added tokens as {added[name]}: correct "
                "the one that is wrong."
            )
    return {**{name: added[name] for name in SPECIAL_PIECES if name in added}, **found}


def _check_special(found: dict[str, int], path: Path, rows: int) -> None:
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise VocabularyError(
            f"{path} has no piece {' and no piece '.join(missing)}: it is not an ALBERT vocabulary; "
            "take the one that came with the weights, and its added_tokens.json."
        )
    for name in NEEDED:
        if found[name] >= rows:
            raise VocabularyError(
                f"{path}: {name} has the id {found[name]} where config.json says vocab_size {rows}: the tokenizer is "
                "another model's; take the one that came with the weights."
            )


def _check_missing_rows(processor: SentencePieceProcessor, path: Path, count: int, rows: int) -> None:
    """Refuse pieces without a row, unless no text ever has them."""
    behind = list(range(rows, count))
    if behind and not all(
        control or unused
        for control, unused in zip(processor.is_control(behind), processor.is_unused(behind), strict=True)
    ):
        raise VocabularyError(_of_another(path, count, rows))


def _warn_of_text(processor: SentencePieceProcessor, path: Path, added: dict[str, int]) -> None:
    """Name the tokens that a tokenizer of transformers would find in a text before it looks for pieces."""
    unknown = processor.unk_id()
    told = {*added, *named_tokens(path.parent)}.difference(SPECIAL)
    own = {token for token in told if processor.piece_to_id(plain(token)) != unknown}
    tokens = sorted(told - own, key=lambda token: (added.get(token, 0), token))
    if tokens:
        _warn(
            f"{path.parent}: {len(tokens)} added tokens are read as text, not as one piece each: {listed(tokens)}. "
            "Vectors of texts without them are the model's own."
        )


def _of_another(path: Path, count: int, rows: int) -> str:
    return (
        f"{path} has {count} pieces where config.json says vocab_size {rows}: "
        "it is the vocabulary of another model; take the one that came with the weights."
    )


def _warn(text: str) -> None:
    warnings.warn(text, AnnopipeWarning, stacklevel=5)
