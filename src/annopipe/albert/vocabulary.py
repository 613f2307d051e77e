"""The vocabulary of a model folder: ``spiece.model`` and the normalisation that goes with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sentencepiece import SentencePieceProcessor

from annopipe.albert.config import AlbertConfig
from annopipe.albert.encoding import Encoding
from annopipe.albert.json_object import FAST_NAME
from annopipe.albert.normalise import FoldingRules
from annopipe.albert.other_vocabularies import refuse_other_vocabulary
from annopipe.albert.piece_table import SPACE_MARK, PieceTable
from annopipe.albert.pieces import Pieces
from annopipe.albert.rows import special_ids
from annopipe.albert.safetensors import LFS
from annopipe.albert.tokenizer_settings import read_rules, warn_of_fast_tokenizer
from annopipe.errors import ModelFileMissing, VocabularyError

FILE_NAME = "spiece.model"


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A SentencePiece model with ALBERT's special pieces.

    Attributes:
        processor: the loaded SentencePiece model; its calls may come from several threads at once.
        rules: normalisation before SentencePiece, of the ``albert`` dialect only.
        special: ids of the special pieces that exist, by name; ``[CLS]`` and ``[SEP]`` always do.
    """

    processor: SentencePieceProcessor
    rules: FoldingRules
    special: dict[str, int]

    @classmethod
    def read(cls, folder: Path, config: AlbertConfig) -> "Vocabulary":
        """Read ``spiece.model`` and, where it exists, ``tokenizer_config.json`` of a model folder.

        Where the folder also has a ``tokenizer.json`` that differs, it is not used and an ``AnnopipeWarning`` says so.
        The model may have more rows than there are pieces: for added tokens, which are read as text (see ``rows``).

        Raises:
            ModelFileMissing: there is no ``spiece.model``; ``OtherVocabulary`` where one of another kind is there.
            VocabularyError: it is damaged, is another model's by the number of its pieces, or lacks ``[CLS]`` or
                ``[SEP]``; or ``tokenizer_config.json`` or ``added_tokens.json`` is damaged.
        """
        folder = Path(folder)
        path = folder / FILE_NAME
        processor = _load(path)
        try:
            special = special_ids(processor, path, config.vocab_size)
        except UnicodeDecodeError as error:
            raise _no_text(path, error) from error
        rules = read_rules(folder)
        warn_of_fast_tokenizer(folder, rules, processor.get_piece_size())
        return cls(processor, rules, special)

    @property
    def cls_id(self) -> int:
        """Id of ``[CLS]``, which opens every window."""
        return self.special["[CLS]"]

    @property
    def sep_id(self) -> int:
        """Id of ``[SEP]``, which closes every window."""
        return self.special["[SEP]"]

    @property
    def do_lower_case(self) -> bool:
        """Whether the model was made for lower-cased text."""
        return self.rules.do_lower_case

    def equals(self, other: "Vocabulary") -> bool:
        """Whether another one encodes all texts as this one does."""
        protos = [one.processor.serialized_model_proto() for one in (self, other)]
        return protos[0] == protos[1] and (self.rules, self.special) == (other.rules, other.special)

    @cached_property
    def table(self) -> PieceTable:
        """All pieces, read on first use.

        Raises:
            VocabularyError: one of them is no UTF-8.
        """
        try:
            return PieceTable(self.processor)
        except UnicodeDecodeError as error:
            raise _no_text(FILE_NAME, error) from error

    @cached_property
    def space_id(self) -> int:
        """Id of the bare ``▁``, the unknown id where the vocabulary has none."""
        return int(self.processor.piece_to_id(SPACE_MARK))

    def encode(self, texts: Sequence[str], *, case_sensitive: bool | None = None) -> Pieces:
        """Pieces of texts in the ``albert`` dialect, without ``[CLS]`` and ``[SEP]``, each with its span in its text.

        Ids are those of google-research's code and of transformers 4's ``AlbertTokenizer``, except that text which
        spells a special piece is text.

        Args:
            texts: any strings; lone surrogates count as U+FFFD.
            case_sensitive: True keeps capitals, False lower-cases; None does what the model was made for.
        """
        return self._encodings[self.do_lower_case if case_sensitive is None else not case_sensitive].encode(texts)

    @cached_property
    def _encodings(self) -> dict[bool, Encoding]:
        """An encoding for each choice of ``do_lower_case``."""
        return {
            lower: Encoding(self.processor, self.table, replace(self.rules, do_lower_case=lower))
            for lower in (False, True)
        }


def _no_text(where: str | Path, error: UnicodeDecodeError) -> VocabularyError:
    return VocabularyError(f"{where} has a piece that is no text ({error}): damaged; copy the file again.")


def _load(path: Path) -> SentencePieceProcessor:
    if not path.is_file():
        if path.parent.is_dir():
            refuse_other_vocabulary(path.parent)
        way = "copy the model's SentencePiece vocabulary there"
        if (path.parent / FAST_NAME).is_file():
            way += f", or make a model folder of what is in {FAST_NAME}: annopipe import {path.parent}"
        raise ModelFileMissing(f"{path.parent} has no {FILE_NAME}: {way}.")
    content = path.read_bytes()
    if content.startswith(LFS):
        raise VocabularyError(f"{path} is a pointer of Git LFS, without the vocabulary: git lfs pull brings it.")
    processor = SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(content)
    except RuntimeError as error:
        raise VocabularyError(
            f"{path} is not a SentencePiece model ({error}): damaged; copy the file again."
        ) from error
    return processor
