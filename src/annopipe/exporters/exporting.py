"""A model out of the store, for transformers, for any ONNX runtime, or for Spark NLP."""

import contextlib
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annopipe.albert.checkpoint import read_weights
from annopipe.albert.config import FILE_NAME as CONFIG
from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import TOKEN_FILES, content_files
from annopipe.albert.plain import write_plain
from annopipe.albert.sentence_files import write_head
from annopipe.albert.sentence_steps import SentenceSteps
from annopipe.albert.vocabulary import FILE_NAME as VOCABULARY
from annopipe.albert.vocabulary import Vocabulary
from annopipe.errors import ModelError, OutputTaken, ParamValueError
from annopipe.exporters import onnx_graph
from annopipe.exporters.spark_saved import ASSETS, GRAPH, SPARK, SPARK_NLP, write_saved
from annopipe.hub import locate
from annopipe.hub.checksums import write_sums
from annopipe.hub.digests import sha256_of
from annopipe.hub.names import ModelName, candidates, split
from annopipe.hub.provenance import Provenance
from annopipe.importers.naming import FIRST, VERSION, VERSIONED
from annopipe.sentence_head import read_head, transformer_folder
from annopipe.warnings import warn_once


@contextlib.contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which is ``target`` afterwards; gone if anything goes wrong.

    Raises:
        OutputTaken: ``target`` is there already, and is no empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputTaken(f"{target} exists and is not an empty folder: choose another one, or remove it")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}-{os.urandom(8).hex()}")
    draft.mkdir()
    try:
        yield draft
        if target.is_dir():
            target.rmdir()
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Of every entry: the same model gives the same bytes."""

MODE: Final = 0o100644 << 16
STORED: Final = (".safetensors", ".onnx", "albert_onnx")
"""Ends of names of files that would not become smaller by more than some percent."""


def file_name(model: ModelName, versions: str, milliseconds: int) -> str:
    """Return ``<name>_<language>_<versions>_<milliseconds>.zip``."""
    return f"{model.key}_{versions}_{milliseconds}.zip"


def write_zip(folder: Path, target: Path) -> str:
    """Put the files of a folder at the root of a zip, write its SHA-256 beside it, and return that.

    Args:
        folder: what is put in.
        target: path of the zip; it must not be there.

    Raises:
        FileExistsError: it is there.
    """
    with zipfile.ZipFile(target, "x") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), TIME)
            entry.compress_type = zipfile.ZIP_STORED if path.name.endswith(STORED) else zipfile.ZIP_DEFLATED
            entry.external_attr = MODE
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                while block := source.read(1 << 20):
                    sink.write(block)
    digest = sha256_of(target)
    target.with_name(f"{target.name}.sha256").write_text(f"{digest}  {target.name}\n", encoding="utf-8")
    return digest


FORMS: Final = ("hf", "onnx", "spark-nlp")
SAVED_MODEL: Final = "loadSavedModel"
SAVED: Final = "load"
"""Folders of an export for Spark NLP, called as the methods that take them."""

COPIED: Final = (CONFIG, "tokenizer_config.json", VOCABULARY)


@dataclass(frozen=True)
class Exported:
    """A model to be exported.

    Attributes:
        folder: where it lies.
        config, vocabulary: read and checked.
        milliseconds: since 1970, now.
    """

    folder: Path
    config: AlbertConfig
    vocabulary: Vocabulary
    milliseconds: int

    @property
    def transformer(self) -> Path:
        """Where the files of the encoder lie."""
        return transformer_folder(self.folder)

    def write_sentence_head(self, folder: Path) -> None:
        """Write the model's own way to sentence vectors, if it has one, as files of sentence-transformers."""
        if (head := read_head(self.folder)) is not None:
            write_head(SentenceSteps.read(self.folder, head), folder)

    def write_graph(self, path: Path, *, any_id: bool = False) -> None:
        """Write the model as one ONNX file.

        Args:
            path: of the file.
            any_id: let it take ids past the vocabulary, too: Spark NLP runs every ALBERT that it loads once with ids of
                its own, up to 28 937, and fails where the vocabulary is smaller.

        Raises:
            CheckpointError: weights that are damaged or missing.
            ModelError: they are more than one file can hold.
        """
        weights = read_weights(self.transformer, self.config)
        size = sum(values.nbytes for values in weights.values())
        if size > onnx_graph.LARGEST:
            raise ModelError(
                f"{self.folder.name} has {size} bytes of weights; one ONNX file holds {onnx_graph.LARGEST}"
            )
        with path.open("xb") as file:
            file.writelines(onnx_graph.model(self.config, weights, any_id=any_id))


def export_model(
    name: str | os.PathLike[str],
    lang: str = "en",
    *,
    to: str = "hf",
    output: str | os.PathLike[str] | None = None,
    zip: bool = False,
    version: str | None = None,
) -> Path:
    """Write a model for other programs, and return the folder, or the zip file, that was written.

    ``hf``: a folder that ``AlbertModel.from_pretrained`` of transformers loads, weights in float32. ``onnx``:
    ``model.onnx`` with everything inside, from ``input_ids``, ``attention_mask`` and ``token_type_ids``, int64 of any
    batch and length, to ``last_hidden_state``; vocabulary and config beside it. Both hold a model's own way to sentence
    vectors as sentence-transformers reads it. ``spark-nlp``: the folder
    ``loadSavedModel``, which ``AlbertEmbeddings.loadSavedModel(folder, spark)`` of Spark NLP takes, and ``load``, which
    ``AlbertEmbeddings.load(folder)`` takes.

    Args:
        name: of a model on this machine or known to the catalog, or the path of a model's folder.
        lang: its language.
        to: ``hf``, ``onnx`` or ``spark-nlp``.
        output: the folder to write, which must not exist or be empty; by default one called ``<name>_<lang>`` here.
            With ``zip`` the folder for the zip file, by default this one.
        zip: write one file ``<name>_<lang>_<version>_<Spark's version>_<milliseconds>.zip`` instead, as Spark NLP's
            model hub names its own, and its SHA-256 beside it. For Spark NLP it holds what ``load`` takes.
        version: of the release in the zip's name; by default that of the import, else 1.0. For Spark NLP it is always
            the release of Spark NLP whose form it has.

    Raises:
        ModelNotFound, FetchError: as ``AlbertEmbeddings.pretrained``.
        ParamValueError: another form, or a version that is none.
        OutputTaken: the output is there already.
        ModelError: the model's folder is damaged.
        OSError: the output cannot be written; nothing is left of it.
    """
    if to not in FORMS:
        raise ParamValueError(f"to is {to!r}: models are exported to {', '.join(FORMS)}")
    if version is not None and not VERSION.fullmatch(version):
        raise ParamValueError(f"version {version!r} is none: give one such as '1.0'")
    folder = locate(name, lang)
    transformer, head = transformer_folder(folder), read_head(folder)
    config = AlbertConfig.read(transformer)
    model = Exported(folder, config, Vocabulary.read(transformer, config), time.time_ns() // 1_000_000)
    if to == "spark-nlp" and head is not None:
        warn_once(
            f"{folder.name} has sentence vectors of its own ({head}), which Spark NLP's forms do not hold: its "
            "SentenceEmbeddings gives the mean of word vectors. to='hf' and 'onnx' keep them"
        )
    called = _name(folder, os.fspath(name), lang)
    if zip:
        return _zipped(model, called, to, Path(output or "."), version)
    target = Path(output) if output is not None else Path(called.key)
    with drafted(target) as draft:
        for part, write in _WRITERS[to].items():
            write(model, _made(draft, part))
    return target


def _made(draft: Path, part: str) -> Path:
    folder = draft / part
    folder.mkdir(exist_ok=True)
    return folder


def _zipped(model: Exported, called: ModelName, to: str, folder: Path, version: str | None) -> Path:
    """Write the zip file of an export, with digests of its files inside where they are no form of Spark's."""
    versions = f"{SPARK_NLP}_{SPARK}" if to == "spark-nlp" else f"{version or _release(model.folder)}_{SPARK}"
    target = folder / file_name(called, versions, model.milliseconds)
    if target.exists():
        raise OutputTaken(f"{target} exists: remove it first")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as scratch:
        content, draft = Path(scratch) / "content", Path(scratch) / target.name
        content.mkdir()
        _WRITERS[to][SAVED if to == "spark-nlp" else ""](model, content)
        if to != "spark-nlp":
            files = (path for path in content.rglob("*") if path.is_file())
            write_sums(content, [path.relative_to(content).as_posix() for path in files])
        write_zip(content, draft)
        for path in (draft.with_name(f"{draft.name}.sha256"), draft):
            path.rename(folder / path.name)
    return target


def _hugging_face(model: Exported, folder: Path) -> None:
    folder.rmdir()
    write_plain(model.folder, folder)


def _onnx(model: Exported, folder: Path) -> None:
    model.write_graph(folder / GRAPH)
    for name in (*COPIED, *(name for name in content_files(model.folder) if name in TOKEN_FILES)):
        if (model.transformer / name).is_file():
            shutil.copyfile(model.transformer / name, folder / name)
    model.write_sentence_head(folder)


def _saved_model(model: Exported, folder: Path) -> None:
    model.write_graph(folder / GRAPH, any_id=True)
    (folder / ASSETS).parent.mkdir()
    shutil.copyfile(model.transformer / VOCABULARY, folder / ASSETS)


def _saved(model: Exported, folder: Path) -> None:
    graph = folder / GRAPH
    model.write_graph(graph, any_id=True)
    cased, dimension = not model.vocabulary.do_lower_case, model.config.hidden_size
    try:
        write_saved(
            folder, graph, model.transformer / VOCABULARY, dimension, cased=cased, milliseconds=model.milliseconds
        )
    finally:
        graph.unlink()


_WRITERS: Final[Mapping[str, Mapping[str, Callable[[Exported, Path], None]]]] = {
    "hf": {"": _hugging_face},
    "onnx": {"": _onnx},
    "spark-nlp": {SAVED_MODEL: _saved_model, SAVED: _saved},
}
"""For each form the folders of an export and who writes them; the empty name is the export's own folder."""


def _name(folder: Path, name: str, lang: str) -> ModelName:
    """Return name and language: as asked for, else as the folder is called."""
    if Path(name).expanduser().is_dir():
        return split(folder.resolve().name) or candidates(folder.resolve().name, lang)[0]
    return candidates(name, lang)[0]


def _release(folder: Path) -> str:
    """Return the version under which a model was imported."""
    origin = Provenance.read(folder)
    told = VERSIONED.fullmatch(origin.release or "") if origin is not None else None
    return told["version"].partition("_")[0] if told else FIRST
