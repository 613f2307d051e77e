"""transformers: its feature-extraction pipeline, and the truth, one text at a time without padding."""

import sys
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from child import Job, Texts, end_to_end, serve
from transformers import AutoModel, AutoTokenizer, pipeline

sys.setrecursionlimit(10_000)
CUT = {"truncation": True, "max_length": 512}


class HuggingFace:
    """Settings ``default`` (texts in, lists out), ``batch 8``, ``batch 32`` and ``sorted 8`` (tensors out)."""

    def __init__(self, job: Job) -> None:
        torch.set_num_threads(job.threads)
        self._tokenizer = AutoTokenizer.from_pretrained(job.model)
        self._model = AutoModel.from_pretrained(job.model, add_pooling_layer=False).eval()
        self._pipeline = pipeline("feature-extraction", model=self._model, tokenizer=self._tokenizer, device=-1)

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("transformers", "torch")}

    def run(self, setting: str, texts: Texts) -> None:
        self._results(setting, texts.values)

    def _results(self, setting: str, texts: list[str]) -> list[Any]:
        if setting == "default":
            return self._pipeline(texts, tokenize_kwargs=CUT)
        size = int(setting.rsplit(maxsplit=1)[-1])
        if not setting.startswith("sorted"):
            return self._pipeline(texts, tokenize_kwargs=CUT, batch_size=size, return_tensors=True)
        lengths = [len(ids) for ids in self._tokenizer(texts, **CUT)["input_ids"]]
        order = sorted(range(len(texts)), key=lengths.__getitem__)
        made = self._pipeline([texts[i] for i in order], tokenize_kwargs=CUT, batch_size=size, return_tensors=True)
        back = dict(zip(order, made, strict=True))
        return [back[place] for place in range(len(texts))]

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        if setting == "truth":
            return self._truth(texts.values)
        lengths = [len(ids) for ids in self._tokenizer(texts.values, **CUT)["input_ids"]]
        found = self._results(setting, texts.values)
        return end_to_end([np.asarray(one, np.float32)[0][:n] for one, n in zip(found, lengths, strict=True)])

    def _truth(self, texts: list[str]) -> dict[str, Any]:
        """All pieces of each text with begin and end in the text, and their ids."""
        arrays, spans, every = [], [], []
        for text in texts:
            found = self._tokenizer(text, **CUT, return_offsets_mapping=True, return_tensors="pt")
            spans.append(found.pop("offset_mapping")[0].numpy())
            every.append(found["input_ids"][0].numpy())
            with torch.inference_mode():
                arrays.append(self._model(**found).last_hidden_state[0].numpy())
        return {**end_to_end(arrays), "spans": np.concatenate(spans), "ids": np.concatenate(every)}


if __name__ == "__main__":
    serve(HuggingFace)
