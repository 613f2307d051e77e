"""The vocabulary of a source: its SentencePiece model, or what its ``tokenizer.json`` is equivalent to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from annopipe.importers.found import Choices
from annopipe.importers.json_files import read_object
from annopipe.importers.tokenizer_json import sentencepiece_of
from annopipe.importers.vocabularies import vocabulary_in

FAST: Final = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class SourceVocabulary:
    """A SentencePiece model.

    Attributes:
        data: its bytes.
        switches: what the source says of normalisation: ``do_lower_case``, ``keep_accents``, ``remove_space``.
    """

    data: bytes
    switches: Mapping[str, bool] = field(default_factory=dict)


def vocabulary_of(folder: Path, choices: Choices) -> SourceVocabulary:
    """Return the vocabulary of a folder, or the one that the user chose.

    Raises:
        ModelFileMissing: there is none.
        SourceError: there are several.
        VocabularyError: there is only a ``tokenizer.json``, which has no equivalent; the text says why.
    """
    no_model = choices.vocabulary is None and not any(folder.glob("*.model"))
    if no_model and (folder / FAST).is_file():
        equivalent = sentencepiece_of(read_object(folder / FAST))
        return SourceVocabulary(equivalent.data, equivalent.switches)
    return SourceVocabulary(vocabulary_in(folder, choices))
