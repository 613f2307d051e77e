"""Peers on the same weights: Hugging Face's model in arrival order, and a plain ONNX export of it."""

import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from annopipe.albert.config import AlbertConfig
from sentences import Sentences


def hugging_face(config: AlbertConfig, weights: Mapping[str, NDArray[np.float32]], threads: int) -> Any:
    """transformers' ``AlbertModel`` with these weights."""
    import torch
    from transformers import AlbertConfig as TheirConfig
    from transformers import AlbertModel

    torch.set_num_threads(threads)
    model = AlbertModel(TheirConfig(**asdict(config)), add_pooling_layer=False).eval()
    model.load_state_dict({name: torch.from_numpy(values) for name, values in weights.items()}, strict=False)
    return model


class ArrivalOrder:
    """Sentences as they come, ``size`` at a time, padded to the longest of each batch."""

    def __init__(self, model: Any, texts: Sentences, size: int) -> None:
        self._model, self._texts, self._size, self._at = model, texts, size, 0

    def run(self) -> int:
        """The next batch; gives its number of tokens, padding not counted."""
        import torch

        batch = self._texts.ids[self._at : self._at + self._size]
        self._at = (self._at + self._size) % (len(self._texts.ids) - self._size)
        ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
        mask = np.zeros_like(ids)
        for row, sentence in enumerate(batch):
            ids[row, : len(sentence)], mask[row, : len(sentence)] = sentence, 1
        with torch.inference_mode():
            self._model(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
        return int(mask.sum())


class PlainExport:
    """``torch.onnx.export`` of the model with ids and mask, as ONNX Runtime runs it by default."""

    def __init__(self, model: Any, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            _export(model, path)
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Last layer's vectors."""
        vectors: NDArray[np.float32] = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0]
        return vectors


def _export(model: Any, path: Path) -> None:
    import torch

    class Last(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.model(input_ids=ids, attention_mask=mask).last_hidden_state

    example = torch.ones((2, 8), dtype=torch.int64)
    sizes = {0: "sentences", 1: "pieces"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Last(),
            (example, example),
            str(path),
            input_names=["ids", "mask"],
            output_names=["vectors"],
            dynamic_axes={"ids": sizes, "mask": sizes, "vectors": sizes},
            opset_version=17,
            dynamo=False,
        )
