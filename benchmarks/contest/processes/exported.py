"""A plain ONNX export and its tokenizer: what both engines that run it share."""

from typing import Any

import numpy as np
from child import Job, Texts, batches, end_to_end, equal_lengths, padded
from tokenizers import Tokenizer

BUDGET = 384
"""Pieces of a batch of equal lengths: the size at which both engines were fastest."""


class Exported:
    """Settings ``one by one``, ``batch 8``, ``batch 32`` (as texts come) and ``equal lengths``."""

    def __init__(self, job: Job) -> None:
        self._tokenizer = Tokenizer.from_file(str(job.model / "tokenizer.json"))
        self._tokenizer.enable_truncation(512)
        self._tokenizer.no_padding()

    def infer(self, ids: Any, mask: Any) -> Any:
        """Return the last layer's vectors of padded ids."""
        raise NotImplementedError

    def run(self, setting: str, texts: Texts) -> None:
        self._states(setting, texts.values)

    def _states(self, setting: str, texts: list[str]) -> list[Any]:
        ids = [one.ids for one in self._tokenizer.encode_batch(texts)]
        if setting == "equal lengths":
            groups = equal_lengths([len(one) for one in ids], BUDGET)
        else:
            groups = batches(range(len(ids)), 1 if setting == "one by one" else int(setting.rsplit(maxsplit=1)[-1]))
        found: list[Any] = [None] * len(ids)
        for places in groups:
            states = self.infer(*padded([ids[place] for place in places]))
            for place, state in zip(places, states, strict=True):
                found[place] = state[: len(ids[place])]
        return found

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        return end_to_end([np.array(state) for state in self._states(setting, texts.values)])
