"""ONNX exports of ALBERT, whoever wrote them: weights found by what the graph computes, not by names.

Exporters rename weights, lay them out anew and repeat the shared layer; optimisers put several operators into one. The
graph is walked from its last layer back to the embeddings, and equal layers are folded into one again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import SourceError
from annopipe.importers.added import added_behind
from annopipe.importers.architecture import refuse_other_config, refuse_other_names
from annopipe.importers.config_choices import with_choices
from annopipe.importers.facts import Facts, completed, read_config, shortest
from annopipe.importers.found import Choices, Found
from annopipe.importers.json_files import read_object
from annopipe.importers.onnx_files.embeddings import embeddings_at
from annopipe.importers.onnx_files.graph import Graph
from annopipe.importers.onnx_files.layers import Layer, last_layer, layers_from
from annopipe.importers.onnx_files.sharing import folded
from annopipe.importers.spiece import vocabulary_of

PREFERRED: Final = ("model.onnx", "encoder_model.onnx")
SWITCHES: Final = ("do_lower_case", "keep_accents", "remove_space")
QUANTISED: Final = {
    "MatMulInteger",
    "DynamicQuantizeLinear",
    "QLinearMatMul",
    "com.microsoft.DynamicQuantizeMatMul",
    "com.microsoft.QAttention",
    "com.microsoft.MatMulNBits",
    "DequantizeLinear",
}


def read(folder: Path, choices: Choices) -> Found:
    """Read the ONNX file of a folder, with the vocabulary and, where it is there, ``config.json`` beside it.

    Raises:
        SourceError: several files, or a graph that is not recognised, or quantised weights.
        OtherArchitecture: a BERT or another one.
        ModelFileMissing: no vocabulary, or a file of external data is not there.
        CheckpointError: the file is damaged.
    """
    path = graph_in(folder, choices)
    tensors, facts, assumed = read_graph(path)
    config, guesses = completed(tensors, facts, choices, _config(folder, path, choices))
    vocabulary = vocabulary_of(folder, choices)
    settings = {
        "tokenizer_config": {
            **vocabulary.switches,
            **_tokenizer_config(folder),
            **added_behind(vocabulary.data, folder),
        }
    }
    found = Found("onnx", config, tensors, vocabulary.data, (*assumed, *guesses), settings=settings, graph=path)
    return with_choices(found, choices)


def read_graph(path: Path) -> tuple[dict[str, NDArray[Any]], Facts, tuple[str, ...]]:
    """Return the weights of an ONNX file under Hugging Face's names, what else the graph tells, and what is guessed.

    Raises:
        SourceError, OtherArchitecture, CheckpointError, ModelFileMissing: as `read`.
    """
    graph = Graph(path)
    last = last_layer(graph)
    if last is None:
        raise _not_recognised(graph)
    layers = layers_from(graph, last)
    embeddings = embeddings_at(graph, layers[0].source)
    shared = folded([layer.weights for layer in layers])
    tensors = {name: _plain(values) for name, values in {**embeddings.weights, **shared.weights}.items()}
    return tensors, _facts(graph, layers, embeddings.epsilon, shared.layers), embeddings.assumed


def graph_in(folder: Path, choices: Choices) -> Path:
    """Return the ONNX file of a folder.

    Raises:
        SourceError: there are several, and none is called as the plain one is.
    """
    there = sorted({*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")})
    if choices.checkpoint is not None:
        there = [path for path in there if path.name.startswith(choices.checkpoint)]
        there = [path for path in there if path.name == choices.checkpoint] or there
    plain = [path for name in PREFERRED for path in there if path.name == name]
    if plain or len(there) == 1:
        return (plain or there)[0]
    names = ", ".join(path.relative_to(folder).as_posix() for path in there) or "none that fits"
    raise SourceError(
        f"{folder.name} holds several ONNX files or none: {names}. Say which one, checkpoint= or --checkpoint"
    )


def _config(folder: Path, path: Path, choices: Choices) -> Mapping[str, Any]:
    if choices.config is not None:
        return read_config(choices.config)
    there = [place / "config.json" for place in (path.parent, folder) if (place / "config.json").is_file()]
    values = read_object(there[0]) if there else {}
    refuse_other_config(values, "config.json")
    return values


def _tokenizer_config(folder: Path) -> dict[str, Any]:
    path = folder / "tokenizer_config.json"
    values = read_object(path) if path.is_file() else {}
    return {name: values[name] for name in SWITCHES if isinstance(values.get(name), bool)}


def _facts(graph: Graph, layers: list[Layer], epsilon: float, count: int) -> Facts:
    epsilons = {shortest(value) for layer in layers for value in layer.epsilons} | {shortest(epsilon)}
    heads = {layer.heads for layer in layers}
    activations = {layer.activation for layer in layers}
    if len(epsilons) > 1 or len(heads) > 1 or len(activations) > 1:
        raise SourceError(
            f"{graph.where}: the layers differ in heads ({_listed(heads)}), epsilon ({_listed(epsilons)}) or "
            f"activation ({_listed(activations)}), as no ALBERT's do"
        )
    return Facts(count, heads.pop(), epsilons.pop(), activations.pop())


def _listed(values: set[Any]) -> str:
    return ", ".join(sorted(map(str, values)))


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """Return an array as it is written: float64 of a graph that was exported so becomes float32."""
    return np.ascontiguousarray(values.astype(np.float32) if values.dtype == np.float64 else values)


def _not_recognised(graph: Graph) -> SourceError:
    """Return the error for a graph without layers of an ALBERT, with the likely reason."""
    ops = {node.op for node in graph.nodes}
    refuse_other_names(graph.initializers, graph.where)
    if ops & QUANTISED:
        return SourceError(f"{graph.where} holds quantised weights: import the model as it was before that")
    return SourceError(
        f"{graph.where}: no layers of an ALBERT are recognised in its {len(graph.nodes)} nodes: export the model anew, "
        "from transformers or optimum"
    )
