"""The encoder: ONNX Runtime sessions over our graph, from piece ids to vectors."""

import ctypes
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from weakref import WeakSet

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from annopipe.albert import graph
from annopipe.albert.checkpoint import Weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.finite import check_finite
from annopipe.albert.packing import Packed
from annopipe.albert.running import running
from annopipe.albert.tensors import Tensors, tensors
from annopipe.albert.threads import thread_count
from annopipe.errors import ParamTypeError, ParamValueError

PROMISES_KEY = "session.model_external_initializers_file_folder_path"
"""Folder of the file that stands for tensors handed over in memory (``proto.placeholder``)."""

MOST_THREADS = 4096


class Encoder:
    """A loaded ALBERT encoder, without padding or mask: sentences of one call have equal length, or lie packed.

    All calls may come from several threads at once. The sessions behind them are built by ``prepare`` or on first use,
    and anew in a forked child.

    Every call raises ``VectorsNotFinite``, with the number of the sentence as its ``row``, where the model's numbers
    overflow; and ``ProcessEnding`` in a thread that goes on while the interpreter ends.
    """

    def __init__(
        self, config: AlbertConfig, weights: Weights, *, threads: int | None = None, origin: str = "the model"
    ) -> None:
        """Make an encoder of checked weights (``checkpoint.read_weights``).

        Args:
            threads: processor threads of one call; None takes what ``threads.thread_count`` finds.
            origin: where the weights are from, for errors.

        Raises:
            ParamValueError: ``threads`` is below 1, or above what any machine has.
        """
        if threads is not None and not 1 <= threads <= MOST_THREADS:
            raise ParamValueError(
                f"threads is {threads}: give 1 to {MOST_THREADS}, or None for all that this process may use."
            )
        self.config = config
        self.origin = origin
        self.threads = threads or thread_count()
        self._tensors = tensors(config, weights)
        self._values = _values(graph.promised(self._tensors))
        self._sessions: dict[bool, onnxruntime.InferenceSession] = {}
        self._loading = threading.Lock()
        _encoders.add(self)

    def equals(self, other: "Encoder") -> bool:
        """Whether another one computes with the same numbers."""
        mine, theirs = self._tensors, other._tensors
        return mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)

    def prepare(self) -> None:
        """Begin to build the last layer's session in a thread; calls wait for it, and meet its errors."""
        threading.Thread(target=self._prepare, name="annopipe-encoder").start()

    def run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Last layer's vectors [sentences, pieces, hidden_size] of ``ids`` [sentences, pieces].

        Raises:
            ParamTypeError: ``ids`` is not a two-dimensional array of int64.
            ParamValueError: it is longer than the model's positions, or an id is not in the vocabulary.
        """
        _check_type("ids", ids, 2)
        if not ids.size:
            return np.empty((*ids.shape, self.config.hidden_size), np.float32)
        return self._last(Packed.of(ids)).reshape(*ids.shape, -1)

    def run_packed(self, ids: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.float32]:
        """Last layer's vectors [tokens, hidden_size] of sentences of any lengths.

        Args:
            ids: [tokens] piece ids, sentence after sentence.
            lengths: [sentences] pieces of each. Any order gives the same vectors; equal lengths side by side cost least
                (``batches.pack``).

        Raises:
            ParamTypeError: ``ids`` or ``lengths`` is not a one-dimensional array of int64.
            ParamValueError: lengths that are 0 or do not sum up to ``ids``, or as ``run``.
        """
        packed = _packed(ids, lengths)
        return self._last(packed) if ids.size else np.empty((0, self.config.hidden_size), np.float32)

    def run_layers(self, ids: NDArray[np.int64], layers: Sequence[int]) -> NDArray[np.float32]:
        """Vectors [len(layers), sentences, pieces, hidden_size] of chosen layers, in the order asked for.

        Args:
            ids: [sentences, pieces].
            layers: numbers as in Hugging Face's ``hidden_states``: 0 the mapped embeddings, 1 the first layer; negative
                ones count from the end, -1 is the last layer.

        Raises:
            ParamTypeError, ParamValueError: as ``run``; and for a layer that the model does not have.
        """
        _check_type("ids", ids, 2)
        states = self._layers(Packed.of(ids), layers)
        return states.reshape(len(layers), *ids.shape, self.config.hidden_size)

    def run_layers_packed(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64], layers: Sequence[int]
    ) -> NDArray[np.float32]:
        """Vectors [len(layers), tokens, hidden_size] of chosen layers, of sentences of any lengths.

        Arguments and errors are those of ``run_packed`` and ``run_layers``.
        """
        return self._layers(_packed(ids, lengths), layers)

    def _last(self, packed: Packed) -> NDArray[np.float32]:
        """Last layer's vectors [tokens, hidden_size]."""
        self._check(packed)
        values = self._computed(graph.HIDDEN, packed)
        check_finite(values, packed.lengths, origin=self.origin)
        return values

    def _layers(self, packed: Packed, layers: Sequence[int]) -> NDArray[np.float32]:
        """Vectors [len(layers), tokens, hidden_size]."""
        chosen = [self._layer(layer) for layer in layers]
        self._check(packed)
        if not packed.ids.size or not chosen:
            return np.empty((len(chosen), len(packed.ids), self.config.hidden_size), np.float32)
        if set(chosen) == {self.config.num_hidden_layers}:
            return np.repeat(self._last(packed)[np.newaxis], len(chosen), axis=0)
        values = self._computed(graph.LAYERS, packed)[chosen]
        check_finite(values, packed.lengths, origin=self.origin)
        return values

    def _computed(self, output: str, packed: Packed) -> NDArray[np.float32]:
        """An output of the graph that has it."""
        session = self._session(every_layer=output == graph.LAYERS)
        with running:
            values: NDArray[np.float32] = session.run([output], packed.feeds(self.config.hidden_size))[0]
        return values

    def _layer(self, layer: int) -> int:
        """``layer`` as a number from 0."""
        count = self.config.num_hidden_layers + 1
        if not -count <= layer < count:
            raise ParamValueError(
                f"layer is {layer}: this model has {count - 1} layers; give {-count} to {count - 1} "
                "(0 is the mapped embeddings)."
            )
        return layer % count

    def _check(self, packed: Packed) -> None:
        """Refuse sentences that are too long for the model, and ids that it does not know."""
        longest, size, ids = self.config.max_position_embeddings, self.config.vocab_size, packed.ids
        if packed.lengths.max(initial=0) > longest:
            raise ParamValueError(
                f"ids has {packed.lengths.max()} pieces a sentence: this model takes at most {longest}."
            )
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

    def _prepare(self) -> None:
        with suppress(Exception):
            self._session(every_layer=False)

    def _settle(self) -> None:
        """Wait until no session is being built."""
        with self._loading:
            pass

    def _abandon(self) -> None:
        """In a forked child, which has none of its parent's threads: leave the sessions, and a lock that may be held.

        A session would wait for its threads for ever, also when it is destroyed, therefore it never is.
        """
        for session in self._sessions.values():
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(session))
        self._sessions = {}
        self._loading = threading.Lock()

    def _build(self, every_layer: bool) -> onnxruntime.InferenceSession:
        options = _options(self.threads)
        for name, value in self._values.items():
            options.add_initializer(name, value)
        model = graph.model(self.config, self._tensors, every_layer=every_layer)
        with running:
            return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


_encoders: WeakSet[Encoder] = WeakSet()


def _abandon_all() -> None:
    for encoder in _encoders:
        encoder._abandon()


def _settle_all() -> None:
    for encoder in list(_encoders):
        encoder._settle()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_settle_all, after_in_child=_abandon_all)


def _packed(ids: NDArray[np.int64], lengths: NDArray[np.int64]) -> Packed:
    """Packed sentences, if they fit each other."""
    _check_type("ids", ids, 1)
    _check_type("lengths", lengths, 1)
    if lengths.min(initial=1) < 1 or lengths.sum() != len(ids):
        raise ParamValueError(
            f"lengths must be 1 or more each and sum up to the {len(ids)} ids; they give {lengths.sum()}."
        )
    return Packed(ids, lengths)


def _check_type(name: str, values: NDArray[np.int64], dimensions: int) -> None:
    if not isinstance(values, np.ndarray) or values.ndim != dimensions or values.dtype != np.int64:
        kind = {1: "a one-dimensional", 2: "a two-dimensional"}[dimensions]
        raise ParamTypeError(f"{name} must be {kind} array of int64.")


def _values(arrays: Tensors) -> dict[str, onnxruntime.OrtValue]:
    """Arrays as ONNX Runtime takes them, without a copy: sessions use them as long as they live."""
    return {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in arrays.items()}


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.add_session_config_entry(PROMISES_KEY, str(Path(onnxruntime.__file__).parent))
    return options
