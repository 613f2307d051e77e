"""The SentencePiece model: unigram pieces with ALBERT's special ids, trained on prepared text."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import sentencepiece

VOCABULARY = "spiece.model"
SENTENCES = 500_000

BOUNDARY = "\ue000"
"""Put where no piece may cross: about punctuation marks, runs of one mark apart."""

_PARTS = re.compile(r"\w+|([^\w\s])\1*")


def bounded(text: str) -> str:
    """The text with boundaries between the words and marks that stand together."""
    return " ".join(BOUNDARY.join(part.group() for part in _PARTS.finditer(word)) for word in text.split())


def train_vocabulary(segments: Path, work: Path, size: int) -> Path:
    """Train ``spiece.model`` of ``size`` pieces on the first 500 000 segments; nothing where it is there already.

    Ids 0 to 4 are ``<pad>``, ``<unk>``, ``[CLS]``, ``[SEP]``, ``[MASK]``, as in every ALBERT.
    """
    target = work / VOCABULARY
    if target.exists():
        return target
    prefix = work / "spiece.partial"
    with segments.open(encoding="utf-8") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(bounded(line.rstrip("\n")) for line in islice(file, SENTENCES)),
            model_prefix=str(prefix),
            vocab_size=size,
            model_type="unigram",
            character_coverage=0.9999,
            control_symbols=["[CLS]", "[SEP]", "[MASK]"],
            pad_id=0,
            unk_id=1,
            bos_id=-1,
            eos_id=-1,
            pad_piece="<pad>",
            unk_piece="<unk>",
            normalization_rule_name="nmt_nfkc",
            pretokenization_delimiter=BOUNDARY,
            num_threads=2,
            minloglevel=1,
        )
    Path(f"{prefix}.vocab").unlink()
    Path(f"{prefix}.model").replace(target)
    return target
