"""flair: word vectors, first piece of each word."""

from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from child import Job, Texts, batches, serve
from flair.data import Sentence
from flair.embeddings import TransformerWordEmbeddings


class Flair:
    """Setting ``default``: batches of 32 as texts come, flair's own tokens."""

    def __init__(self, job: Job) -> None:
        torch.set_num_threads(job.threads)
        self._embeddings = TransformerWordEmbeddings(str(job.model), layers="-1", subtoken_pooling="first")

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("flair", "transformers", "torch")}

    def run(self, setting: str, texts: Texts) -> None:
        del setting
        self._embedded(texts.values)

    def _embedded(self, texts: list[str]) -> list[Any]:
        sentences = [Sentence(text) for text in texts]
        for places in batches(range(len(sentences)), 32):
            self._embeddings.embed([sentences[place] for place in places])
        return sentences

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        del setting
        sentences = self._embedded(texts.values)
        tokens = [token for sentence in sentences for token in sentence]
        return {
            "values": np.stack([token.embedding.cpu().numpy() for token in tokens]),
            "counts": np.array([len(sentence) for sentence in sentences]),
            "begin": np.array([token.start_position for token in tokens]),
        }


if __name__ == "__main__":
    serve(Flair)
