"""The encoder: ONNX Runtime sessions over our graph, from piece ids to vectors."""

import threading
from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from annopipe.albert import graph
from annopipe.albert.checkpoint import Weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.tensors import tensors
from annopipe.albert.threads import thread_count
from annopipe.errors import ParamTypeError, ParamValueError


class Encoder:
    """A loaded ALBERT encoder. Sentences of one call have equal length; there is no padding and no mask.

    ``run`` and ``run_layers`` may be called from several threads at once. Their sessions are built on first use.
    """

    def __init__(self, config: AlbertConfig, weights: Weights, *, threads: int | None = None) -> None:
        """Make an encoder of checked weights (``checkpoint.read_weights``).

        Args:
            threads: processor threads of one call; None takes what ``threads.thread_count`` finds.

        Raises:
            ParamValueError: ``threads`` is below 1.
        """
        if threads is not None and threads < 1:
            raise ParamValueError(f"threads is {threads}: give 1 or more, or None for all that this process may use.")
        self.config = config
        self.threads = threads or thread_count()
        self._tensors = tensors(config, weights)
        self._sessions: dict[bool, onnxruntime.InferenceSession] = {}
        self._loading = threading.Lock()

    def run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Last layer's vectors [sentences, pieces, hidden_size] of ``ids`` [sentences, pieces].

        Raises:
            ParamTypeError: ``ids`` is not a two-dimensional array of int64.
            ParamValueError: it is longer than the model's positions, or an id is not in the vocabulary.
        """
        self._check(ids)
        if not ids.size:
            return np.empty((*ids.shape, self.config.hidden_size), np.float32)
        hidden: NDArray[np.float32] = self._session(every_layer=False).run([graph.HIDDEN], {graph.IDS: ids})[0]
        return hidden

    def run_layers(self, ids: NDArray[np.int64], layers: Sequence[int]) -> NDArray[np.float32]:
        """Vectors [len(layers), sentences, pieces, hidden_size] of chosen layers, in the order asked for.

        Args:
            layers: numbers as in Hugging Face's ``hidden_states``: 0 the mapped embeddings, 1 the first layer; negative
                ones count from the end, -1 is the last layer.

        Raises:
            ParamTypeError, ParamValueError: as ``run``; and for a layer that the model does not have.
        """
        chosen = [self._layer(layer) for layer in layers]
        self._check(ids)
        if not ids.size or not chosen:
            return np.empty((len(chosen), *ids.shape, self.config.hidden_size), np.float32)
        if set(chosen) == {self.config.num_hidden_layers}:
            return np.repeat(self.run(ids)[np.newaxis], len(chosen), axis=0)
        every: NDArray[np.float32] = self._session(every_layer=True).run([graph.LAYERS], {graph.IDS: ids})[0]
        return every[chosen]

    def _layer(self, layer: int) -> int:
        """``layer`` as a number from 0."""
        count = self.config.num_hidden_layers + 1
        if not -count <= layer < count:
            raise ParamValueError(
                f"layer is {layer}: this model has {count - 1} layers; give {-count} to {count - 1} "
                "(0 is the mapped embeddings)."
            )
        return layer % count

    def _check(self, ids: NDArray[np.int64]) -> None:
        if not isinstance(ids, np.ndarray) or ids.ndim != 2 or ids.dtype != np.int64:
            raise ParamTypeError("ids must be a two-dimensional array of int64, [sentences, pieces].")
        longest, size = self.config.max_position_embeddings, self.config.vocab_size
        if ids.shape[1] > longest:
            raise ParamValueError(f"ids has {ids.shape[1]} pieces a sentence: this model takes at most {longest}.")
        if ids.size and not 0 <= ids.min() <= ids.max() < size:
            raise ParamValueError(
                f"ids has numbers from {ids.min()} to {ids.max()}: this model's vocabulary has 0 to {size - 1}."
            )

    def _session(self, *, every_layer: bool) -> onnxruntime.InferenceSession:
        """The session for the last layer, or for every layer, built once."""
        session = self._sessions.get(every_layer)
        if session is not None:
            return session
        with self._loading:
            if every_layer not in self._sessions:
                self._sessions[every_layer] = self._build(every_layer)
            return self._sessions[every_layer]

    def _build(self, every_layer: bool) -> onnxruntime.InferenceSession:
        options = _options(self.threads)
        promised = graph.promised(self._tensors)
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in promised.values()]
        options.add_external_initializers(list(promised), values)
        model = graph.model(self.config, self._tensors, every_layer=every_layer)
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return options
