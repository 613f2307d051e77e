"""Where a folder from elsewhere keeps its SentencePiece model."""

from pathlib import Path
from typing import Final

from annopipe.albert.other_vocabularies import refuse_other_vocabulary
from annopipe.errors import ModelFileMissing, SourceError
from annopipe.importers.found import Choices

PLACES: Final = ("spiece.model", "30k-clean.model", "assets/spiece.model", "assets/30k-clean.model")
LARGEST: Final = 64 << 20
"""Bytes of a SentencePiece model; the largest published ones have a few million."""


def vocabulary_in(folder: Path, choices: Choices) -> bytes:
    """Return the bytes of the SentencePiece model in a folder, or of the one that the user gave.

    Raises:
        ModelFileMissing: there is none; `OtherVocabulary` where there is one of another kind.
        SourceError: there are several under names that say nothing, or it is too large to be one.
    """
    path = choices.vocabulary or _found(folder)
    if not path.is_file():
        raise ModelFileMissing(f"{path} is not there: give the path of the model's SentencePiece vocabulary")
    if path.stat().st_size > LARGEST:
        raise SourceError(f"{path.name} is larger than {LARGEST} bytes: that is no SentencePiece model")
    return path.read_bytes()


def _found(folder: Path) -> Path:
    for place in PLACES:
        if (folder / place).is_file():
            return folder / place
    others = sorted({*folder.glob("*.model"), *folder.glob("assets/*.model")})
    if len(others) == 1:
        return others[0]
    if others:
        names = ", ".join(path.relative_to(folder).as_posix() for path in others)
        raise SourceError(
            f"{folder.name} holds several vocabularies ({names}): say which one, vocabulary= or --vocabulary"
        )
    refuse_other_vocabulary(folder)
    raise ModelFileMissing(
        f"{folder.name} has no SentencePiece vocabulary ({', '.join(PLACES)}): copy the model's there, or give its "
        "path, vocabulary= or --vocabulary"
    )
