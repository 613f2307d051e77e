"""The look at every imported model before it is kept: it runs, and gives what its source's own graph gives."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import SentenceSettings
from annopipe.errors import SelfCheckFailed, VectorsNotFinite

TOLERANCE: Final = 1e-4
TEXTS: Final = ("", "I love Spark NLP", "Ich hätte gern 3,50 Euro – oder 12 £?")
SENTENCES: Final = 2
PIECES: Final = 12
HIDDEN: Final = "last_hidden_state"
_TYPES: Final = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


def check_model(folder: Path, graph: Path | None) -> str:
    """Load an imported model, run it, compare it with its source's graph; return what was found, a sentence.

    Args:
        folder: of the model.
        graph: an ONNX graph of the source's.

    Raises:
        ModelError: it cannot be loaded.
        SelfCheckFailed: ids do not fit, vectors are not finite, or not those of the graph to 1e-4.
    """
    model = AlbertModel.load(folder)
    ids = spread_ids(model.config.vocab_size, min(PIECES, model.config.max_position_embeddings))
    try:
        _check_texts(model)
        ours = model.encoder.run(ids)
    except VectorsNotFinite as error:
        raise SelfCheckFailed(
            "its vectors are not finite: the weights are damaged, or the config is another model's"
        ) from error
    if graph is None:
        return "The model runs and its vectors are finite."
    furthest = _distance(ours, graph, ids)
    if furthest is None:
        return "The model runs and its vectors are finite; its graph gives something else than hidden states."
    if not furthest <= TOLERANCE:
        raise SelfCheckFailed(
            f"its vectors differ by {furthest:.3g} from those of its own graph {graph.name} (at most {TOLERANCE:g} is "
            "allowed): heads, epsilon or activation are others; give them (heads=, epsilon=, activation=, or "
            "--heads, --epsilon, --activation)"
        )
    return f"The model runs; its vectors are those of its own graph to {furthest:.1e}."


def spread_ids(vocabulary: int, pieces: int) -> NDArray[np.int64]:
    """Return ``[2, pieces]`` ids from all over a vocabulary, its first and last among them."""
    return np.linspace(0, vocabulary - 1, SENTENCES * pieces).round().astype(np.int64).reshape(SENTENCES, pieces)


def _check_texts(model: AlbertModel) -> None:
    ids = model.vocabulary.encode(TEXTS).ids
    if len(ids) and not 0 <= ids.min() <= ids.max() < model.config.vocab_size:
        raise SelfCheckFailed(f"its vocabulary gives ids up to {ids.max()}, which its weights do not have")
    whole = SentenceSettings(window=model.config.max_position_embeddings)  # without a cut there is nothing to warn of
    model.embed_sentences(TEXTS, whole)


def _distance(ours: NDArray[np.float32], graph: Path, ids: NDArray[np.int64]) -> float | None:
    """Return the largest difference from what ONNX Runtime gives for a graph; None if it gives no hidden states."""
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(
            str(graph), _quiet(onnxruntime), providers=["CPUExecutionProvider"], enable_fallback=0
        )
        output = _output(session)
        if output is None:
            return None
        theirs = np.asarray(session.run([output], _feeds(session, ids))[0])
    except _faults() as error:
        text = str(error).partition("\n")[0][:300]
        raise SelfCheckFailed(f"its own graph {graph.name} does not run: {text}") from error
    if theirs.shape != ours.shape:
        return None
    return float(np.abs(theirs.astype(np.float64) - ours).max())


def _faults() -> tuple[type[Exception], ...]:
    """Return the errors of ONNX Runtime, which have no common base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime

    kinds = [kind for kind in vars(runtime).values() if isinstance(kind, type)]
    return (*(kind for kind in kinds if issubclass(kind, Exception)), ValueError, RuntimeError, KeyError)


def _quiet(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return options


def _output(session: Any) -> str | None:
    names = [output.name for output in session.get_outputs()]
    if HIDDEN in names:
        return HIDDEN
    ranks = [len(output.shape or ()) for output in session.get_outputs()]
    return names[0] if names and ranks[0] in {0, 3} else None


def _feeds(session: Any, ids: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    values = {
        "input_ids": ids,
        "attention_mask": np.ones_like(ids),
        "token_type_ids": np.zeros_like(ids),
        "position_ids": np.broadcast_to(np.arange(ids.shape[1]), ids.shape),
    }
    return {
        one.name: np.ascontiguousarray(values[one.name], _TYPES.get(one.type, np.int64)) for one in session.get_inputs()
    }
