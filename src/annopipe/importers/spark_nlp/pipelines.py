"""A pipeline that Spark NLP saved as a `PipelineModel` of ours."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from annopipe.dialect import as_dialect, options
from annopipe.errors import AnnopipeError, SourceError
from annopipe.hub.names import is_name
from annopipe.importers.importing import import_model
from annopipe.importers.layout import find_model
from annopipe.importers.naming import VERSIONED
from annopipe.importers.sources import open_source
from annopipe.importers.spark_nlp.metadata import PIPELINE, Saved, read_metadata
from annopipe.importers.spark_nlp.stages import stages_of
from annopipe.params import Params
from annopipe.persistence import Shelf
from annopipe.pipeline.pipeline import PipelineModel
from annopipe.warnings import warn_once

PACKAGE: Final = "com.johnsnowlabs.nlp."
ALBERT: Final = "AlbertEmbeddings"
CLASSES: Final = {
    "DocumentAssembler": "document_assembler",
    "SentenceDetector": "sentence_detector",
    "TokenizerModel": "tokenizer",
    ALBERT: "albert_embeddings",
    "SentenceEmbeddings": "sentence_embeddings",
    "ChunkEmbeddings": "chunk_embeddings",
    "Chunk2Doc": "chunk2doc",
    "Doc2Chunk": "doc2chunk",
    "NGramGenerator": "ngram_generator",
    "EmbeddingsFinisher": "embeddings_finisher",
    "Finisher": "finisher",
}
"""Annotators whose saved form is JSON enough to be made anew, and their modules here."""

OURS: Final = {ALBERT: {"engine"}}
"""Parameters that follow from the model here."""

NOT_NEEDED: Final = {(ALBERT, "signatures")}
RULES: Final = {
    ("TokenizerModel", "rules"): "the rules of Spark NLP's default Tokenizer; if it had other context characters or "
    "prefix, suffix or infix patterns, set them: contextChars, prefixPattern, suffixPattern, infixPatterns"
}
"""Parts of a stage that Java serialised, which are not read, and what is assumed instead."""


def import_pipeline(
    source: str | os.PathLike[str],
    name: str | None = None,
    lang: str | None = None,
    *,
    dialect: str | None = None,
    replace: bool = False,
) -> PipelineModel:
    """Return a pipeline that Spark NLP saved, made of our annotators; its models go into the local store.

    Parameters come from the stages' JSON. What Java serialised is never read: each such part is named in a warning,
    with what is assumed in its place.

    Args:
        source: folder, archive or address of what ``PipelineModel.write().save(...)`` of Spark NLP wrote, or of a
            pipeline of its model hub.
        name, lang: what to call the model in the store; by default as the source is called, and ``en``.
        dialect: ``albert`` or ``sparknlp``; by default ``annopipe.options.dialect``.
        replace: put the model in the place of another one of this name.

    Warns:
        AnnopipeWarning: for each part that is not read, and each parameter that has no counterpart here.

    Raises:
        SourceError, ModelFileMissing: the source is no pipeline, was not written to its end, or has a stage that
            annopipe does not have or cannot make from JSON; the text names it.
        Other errors are those of `annopipe.import_model`.
    """
    with tempfile.TemporaryDirectory(prefix="annopipe-", ignore_cleanup_errors=True) as work:
        opened = open_source(source, Path(work))
        folder, kind = find_model(opened.folder)
        saved = read_metadata(folder) if kind == "spark-nlp" else None
        if saved is None or saved.full_name != PIPELINE:
            what = kind if saved is None else saved.kind
            raise SourceError(f"{opened.told} is no pipeline of Spark NLP but {what}: import_model reads models")
        stages = stages_of(saved)
        _check_known(stages)
        called = name or _called(opened.name)
        maker = _Maker(called, lang, as_dialect(dialect or options.dialect), replace)
        model = PipelineModel([maker.stage(stage) for stage in stages])
    model.uid = saved.uid
    return model


def _check_known(stages: list[Saved]) -> None:
    """Refuse a pipeline before anything of it is stored, if a stage of it cannot be made."""
    for stage in stages:
        if stage.full_name.startswith(PACKAGE) and stage.kind in CLASSES:
            continue
        raise SourceError(
            f"the stage {stage.uid} is a {stage.full_name}, which annopipe does not have or cannot make without "
            f"reading Java's objects; it makes {', '.join(CLASSES)}"
        )


def _called(name: str) -> str:
    told = VERSIONED.fullmatch(name)
    called = told["name"] if told else name
    return called if is_name(called) else "imported"


class _Here(Shelf):
    """A shelf with one model: the folder where it was imported."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._model = folder

    def get(self, digest: str) -> Path:  # noqa: ARG002
        return self._model


class _Maker:
    """Makes stages from what was saved of them."""

    def __init__(self, name: str, lang: str | None, dialect: str, replace: bool) -> None:
        self._name, self._lang, self._dialect, self._replace = name, lang, dialect, replace
        self._models = 0

    def stage(self, saved: Saved) -> Any:
        """Return the stage.

        Raises:
            SourceError: a parameter has a value that the stage refuses.
        """
        module = import_module(f"annopipe.annotators.{CLASSES[saved.kind]}")
        cls: type[Params] = getattr(module, saved.kind)
        _warn_of_java(saved)
        description = {
            "uid": saved.uid,
            "set": dict(_known(cls, saved, saved.explicit, tell=True)),
            "default": dict(_known(cls, saved, saved.defaults, tell=False)),
            "dialect": self._dialect,
        }
        shelf: Shelf = Shelf(saved.folder)
        if saved.kind == ALBERT:
            shelf, description["model"] = _Here(self._model(saved)), "here"
        try:
            return cls.restore(description, shelf)
        except AnnopipeError as error:
            raise SourceError(f"the stage {saved.uid} cannot be made: {error}") from error

    def _model(self, saved: Saved) -> Path:
        """Import a stage's model and return its folder in the store."""
        self._models += 1
        name = self._name if self._models == 1 else f"{self._name}_{self._models}"
        card = import_model(saved.folder, name, self._lang, replace=self._replace)
        if card.folder is None:
            raise SourceError(f"the model of {saved.uid} was imported, but is not in the store")
        return card.folder


def _known(cls: type[Params], saved: Saved, values: Mapping[str, Any], *, tell: bool) -> Iterator[tuple[str, Any]]:
    """Give the parameters that a stage has here; the others are named once if they were set."""
    stage = cls()
    for name, value in values.items():
        if name in OURS.get(saved.kind, ()):
            continue
        if stage.hasParam(name):
            yield name, value
        elif tell:
            warn_once(f"{saved.uid}: its parameter {name} ({str(value)[:80]}) has no counterpart here and was left out")


def _warn_of_java(saved: Saved) -> None:
    for folder in sorted(saved.folder.glob("fields/*")):
        part = (saved.kind, folder.name)
        if part in NOT_NEEDED:
            continue
        assumed = RULES.get(part, "its value as if it had not been set")
        warn_once(f"{saved.uid}: fields/{folder.name} is a Java object, which is not read; assumed: {assumed}")
