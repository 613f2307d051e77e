"""Folders whose vocabulary is of another kind than SentencePiece's: refused with what serves instead."""

from pathlib import Path
from typing import Any, Final

from annopipe.albert.json_object import FAST_NAME, json_object
from annopipe.errors import OtherVocabulary, VocabularyError
from annopipe.vocabulary_kinds import WHAT_SERVES, other_vocabulary

UNIGRAM: Final = "Unigram"


def refuse_other_vocabulary(folder: Path) -> None:
    """Refuse a folder without SentencePiece vocabulary that has one of another kind.

    Raises:
        OtherVocabulary: it has; the text says which, and what serves.
    """
    here = [path.relative_to(folder).as_posix() for pattern in ("*", "assets/*") for path in folder.glob(pattern)]
    told = other_vocabulary(here) or _of_fast(folder / FAST_NAME)
    if told is not None:
        raise OtherVocabulary(f"{folder} has no SentencePiece vocabulary (spiece.model) but {told}. {WHAT_SERVES}.")


def kind_of(document: dict[str, Any]) -> str | None:
    """The kind of the vocabulary in a ``tokenizer.json``, where it is named and another than Unigram."""
    model = document.get("model")
    kind = model.get("type") if isinstance(model, dict) else None
    return kind[:60] if isinstance(kind, str) and kind != UNIGRAM else None


def _of_fast(path: Path) -> str | None:
    try:
        kind = kind_of(json_object(path)) if path.is_file() else None
    except VocabularyError:
        return None
    return None if kind is None else f"{FAST_NAME} with a {kind} vocabulary"
