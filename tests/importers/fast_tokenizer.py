"""``tokenizer.json`` of a SentencePiece vocabulary, in the two forms that transformers has written."""

import base64
from typing import Any

from sentencepiece import SentencePieceProcessor

USER_DEFINED = ("(", ")", '"', "-", ".", "–", "£", "€")


def tokenizer_json(spiece: bytes, table: bytes, *, penalty: bool, lower: bool = True, accents: bool = False) -> Any:
    """Return what transformers makes of a vocabulary.

    Args:
        spiece: the SentencePiece model.
        table: its table of characters.
        penalty: whether pieces such as ``▁9,`` have 100 less, as in releases that converted SentencePiece models.
        lower, accents: of the normaliser.
    """
    processor = SentencePieceProcessor()
    processor.LoadFromSerializedProto(spiece)
    numbers = range(processor.get_piece_size())
    names = [processor.id_to_piece(number) for number in numbers]
    scores = [processor.get_score(number) for number in numbers]
    if penalty:
        glued = [len(name) > 1 and name[-1] == "," and name[-2].isdigit() for name in names]
        scores = [score - 100 if is_glued else score for score, is_glued in zip(scores, glued, strict=True)]
    special = [number for number in numbers if processor.is_control(number) or processor.is_unknown(number)]
    kept = [names.index(name) for name in USER_DEFINED if name in names]
    steps = [{"type": "Replace", "pattern": {"String": quote}, "content": '"'} for quote in ("``", "''")]
    steps += [] if accents else [{"type": "NFKD"}, {"type": "StripAccents"}]
    steps += [{"type": "Lowercase"}] if lower else []
    steps += [{"type": "Precompiled", "precompiled_charsmap": base64.b64encode(table).decode()}] if table else []
    steps += [{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}] if penalty else []
    return {
        "version": "1.0",
        "added_tokens": [_added(number, names[number], number in special) for number in sorted({*special, *kept})],
        "normalizer": {"type": "Sequence", "normalizers": steps},
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}
                if penalty
                else {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [_special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, _special("[SEP]")],
        },
        "model": {"type": "Unigram", "unk_id": 1, "vocab": [list(pair) for pair in zip(names, scores, strict=True)]},
    }


def _added(number: int, name: str, special: bool) -> dict[str, Any]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": number, "content": name, "special": special, **flags}


def _special(name: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": name, "type_id": 0}}
