"""sentence-transformers: one vector a text, the mean of all pieces."""

from importlib.metadata import version
from typing import Any

import torch
from child import Job, Texts, end_to_end, serve
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer


class Sentences:
    """Settings ``default`` (batches of 32, which it sorts by length) and ``batch 8``."""

    def __init__(self, job: Job) -> None:
        torch.set_num_threads(job.threads)
        transformer = Transformer(str(job.model), max_seq_length=512)
        pooling = Pooling(transformer.get_embedding_dimension(), pooling_mode="mean")
        self._model = SentenceTransformer(modules=[transformer, pooling], device="cpu")

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("sentence-transformers", "transformers", "torch")}

    def run(self, setting: str, texts: Texts) -> None:
        self._encode(setting, texts.values)

    def _encode(self, setting: str, texts: list[str]) -> Any:
        size = {} if setting == "default" else {"batch_size": int(setting.rsplit(maxsplit=1)[-1])}
        return self._model.encode(texts, show_progress_bar=False, **size)

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        return end_to_end([vector[None] for vector in self._encode(setting, texts.values)])


if __name__ == "__main__":
    serve(Sentences)
