"""A saved ``AlbertEmbeddings``: weights out of its engine's file, the vocabulary, and its parameters."""

import shutil
import tempfile
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from annopipe.errors import ModelFileMissing, OtherArchitecture, SourceError
from annopipe.importers.archives import unpack
from annopipe.importers.facts import completed, read_config
from annopipe.importers.found import Choices, Found
from annopipe.importers.onnx_export import graph_in, read_graph
from annopipe.importers.spark_nlp.metadata import PIPELINE, Saved, check_crc, read_metadata
from annopipe.importers.spark_nlp.stages import stages_of
from annopipe.importers.tensorflow.saved_model import SavedModel
from annopipe.importers.vocabularies import LARGEST as LARGEST_VOCABULARY

KIND: Final = "AlbertEmbeddings"
ENGINES: Final = ("onnx", "tensorflow")
FILES: Final = {"onnx": "albert_onnx", "tensorflow": "albert_tensorflow", "openvino": "albert_openvino"}
VOCABULARY: Final = "albert_spp"


def read(folder: Path, choices: Choices) -> Found:
    """Read a saved ``AlbertEmbeddings``, or the only one in a saved pipeline.

    Raises:
        ModelFileMissing: the folder was not written to its end, or lacks a file.
        SourceError: another annotator, an engine that is not read, or a pipeline with none or several of them.
        OtherArchitecture: another model.
        ArchiveError, CheckpointError: the engine's file is damaged.
    """
    saved = albert_in(folder)
    scratch = Scratch()
    try:
        found = _read(saved, choices, scratch.folder)
    except BaseException:
        scratch.remove()
        raise
    return replace(found, scratch=scratch)


class Scratch:
    """A folder of its own, gone with this object."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="annopipe-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def albert_in(folder: Path) -> Saved:
    """Return the saved ``AlbertEmbeddings`` that a folder is, or has among its stages.

    Raises:
        ModelFileMissing, SourceError, OtherArchitecture: as `read`.
    """
    saved = read_metadata(folder)
    if saved.full_name != PIPELINE:
        _check_kind(saved)
        return saved
    inside = [stage for stage in stages_of(saved) if stage.kind == KIND]
    if len(inside) == 1:
        return inside[0]
    kinds = ", ".join(stage.kind for stage in stages_of(saved)) or "none"
    raise SourceError(
        f"{folder.name} is a pipeline with {len(inside)} of {KIND}; its stages: {kinds}. Import one folder"
    )


def _check_kind(saved: Saved) -> None:
    if saved.kind == KIND:
        return
    if saved.kind.startswith("Albert"):
        raise SourceError(
            f"{saved.folder.name} is a {saved.kind}: of Spark NLP's ALBERTs only {KIND} is read; import the model it "
            "was made of"
        )
    if saved.kind.endswith(("Embeddings", "Classification", "Answering")):
        raise OtherArchitecture(f"{saved.folder.name} is a {saved.kind} of Spark NLP, not an ALBERT: choose {KIND}")
    raise SourceError(f"{saved.folder.name} is a {saved.kind} of Spark NLP, which holds no ALBERT: choose {KIND}")


def _read(saved: Saved, choices: Choices, work: Path) -> Found:
    path = _engine_file(saved)
    check_crc(path)
    vocabulary = _vocabulary(saved, choices)
    unpack(path, work)
    case = choices.case_sensitive
    if case is None:
        case = saved.params.get("caseSensitive", False) is True
    config = {} if choices.config is None else read_config(choices.config)
    left_out: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    graph = None
    if path.name.endswith("_onnx"):
        graph = graph_in(work, Choices())
        tensors, facts, assumed = read_graph(graph)
    else:
        model = SavedModel(_only(work, "*.pb"), _prefix(work))
        tensors = model.tensors()
        facts, left_out = model.facts(tensors), model.left_out
    values, guesses = completed(tensors, facts, choices, config)
    return Found(
        "spark-nlp", values, tensors, vocabulary, (*assumed, *guesses), left_out, _settings(saved, case), graph
    )


def _engine_file(saved: Saved) -> Path:
    """Return the file with graph and weights, of the engine that the metadata names."""
    asked = str(saved.params.get("engine", ""))
    there = {engine: saved.folder / name for engine, name in FILES.items() if (saved.folder / name).is_file()}
    path = there.get(asked) or next((there[engine] for engine in ENGINES if engine in there), None)
    if path is not None and asked in (*ENGINES, ""):
        return path
    if asked == "openvino" or "openvino" in there:
        raise SourceError(
            f"{saved.folder.name} was saved with the engine openvino, which is not read: import the model that it was "
            "made of, or save it with ONNX"
        )
    names = ", ".join(FILES[engine] for engine in ENGINES)
    raise ModelFileMissing(f"{saved.folder.name} has no {names}: it was not written to its end, or not copied whole")


def _vocabulary(saved: Saved, choices: Choices) -> bytes:
    path = choices.vocabulary or saved.folder / VOCABULARY
    if not path.is_file():
        raise ModelFileMissing(f"{saved.folder.name} has no {path.name}: it was not written to its end; copy it anew")
    if path.stat().st_size > LARGEST_VOCABULARY:
        raise SourceError(f"{path.name} is larger than {LARGEST_VOCABULARY} bytes: that is no SentencePiece model")
    check_crc(path)
    return path.read_bytes()


def _settings(saved: Saved, case_sensitive: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {"case_sensitive": case_sensitive}
    for name, key in (("maxSentenceLength", "max_sentence_length"), ("batchSize", "batch_size")):
        value = saved.params.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            settings[key] = value
    return settings if saved.date is None else {**settings, "date": saved.date}


def _only(folder: Path, pattern: str) -> Path:
    """Return the one file of a pattern in an unpacked engine file."""
    there = sorted(path for path in folder.rglob(pattern) if path.is_file())
    if len(there) != 1:
        raise SourceError(f"the engine's file holds {len(there)} of {pattern} where one belongs: it is damaged")
    return there[0]


def _prefix(folder: Path) -> Path:
    """Return the path of the checkpoint up to ``.index``; one that is not there if weights are in the graph."""
    there = sorted(folder.rglob("*.index"))
    return there[0].with_name(there[0].name.removesuffix(".index")) if there else folder / "variables"
