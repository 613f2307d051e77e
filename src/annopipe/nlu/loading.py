"""``nlu.load``: a pipe from references or from a folder."""

import os
from pathlib import Path

from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.stage import Transformer
from annopipe.dialect import Dialect, as_dialect, options
from annopipe.errors import SavedPipelineError
from annopipe.nlu.building import Recipe, named, word_embeddings
from annopipe.nlu.pipe import NLUPipeline
from annopipe.nlu.reference import FROM_DISK, references
from annopipe.nlu.saving import saved_names
from annopipe.persistence import MANIFEST, load_any
from annopipe.pipeline.pipeline import PipelineModel, flat_stages
from annopipe.remote_folders import RemoteFolder, fetched_for_this_process, is_address, path_here


def load(
    request: str = FROM_DISK,
    path: str | os.PathLike[str] | None = None,
    verbose: bool = False,  # noqa: ARG001
    gpu: bool = False,  # noqa: ARG001
    streamlit_caching: bool = False,  # noqa: ARG001
    apple_silicon: bool = False,  # noqa: ARG001
    *,
    dialect: str | None = None,
) -> NLUPipeline:
    """Return a pipe for one or more references, or for a folder.

    Args:
        request: references, divided by spaces, such as ``en.embed.albert_base_v1`` or ``albert``; a model that is not
            on this machine is fetched. The bundled one is ``en.embed.albert_mini``.
        path: in place of a request: a folder that ``NLUPipeline.save``, ``PipelineModel.save`` or
            ``AlbertEmbeddings.save`` wrote, or a model's folder.
        verbose, gpu, streamlit_caching, apple_silicon: accepted, without effect.
        dialect: ``albert`` or ``sparknlp``; None = ``annopipe.options.dialect``. Saved pipelines keep their own.

    Sentences are found by `SentenceDetector`'s rules; NLU itself uses a neural model.

    Raises:
        NluReferenceError: a reference means no ALBERT model.
        ModelNotFound, FetchError, ModelError: the model is not here, or damaged.
        SavedPipelineError: the folder holds nothing that can be loaded.
    """
    chosen = options.dialect if dialect is None else as_dialect(dialect)
    if path is not None:
        return _from_folder(_near(path), chosen)
    found = references(request)
    models = [word_embeddings(reference.model, reference.language, chosen) for reference in found]
    names = {str(model.getOutputCol()): reference.name for model, reference in zip(models, found, strict=True)}
    return NLUPipeline(Recipe(models, chosen), names, request)


def _near(path: str | os.PathLike[str]) -> Path:
    """Return a folder of this machine; of what lies at an address, a copy for this process."""
    if not is_address(path):
        return path_here(path)
    remote = RemoteFolder.at(path)
    return fetched_for_this_process(remote, remote.files())


def _from_folder(folder: Path, dialect: Dialect) -> NLUPipeline:
    if (folder / MANIFEST).is_file():
        return _saved(folder)
    if not folder.is_dir():
        msg = f"Input path does not exist: {folder}; give a folder that a pipe, a pipeline or a stage was saved into"
        raise SavedPipelineError(msg)
    return _single(AlbertEmbeddings.pretrained(str(folder)).setDialect(dialect), folder.name, dialect)


def _saved(folder: Path) -> NLUPipeline:
    saved = load_any(folder)
    if isinstance(saved, AlbertEmbeddings):
        return _single(saved, str(saved.getOrDefault("storageRef")), saved.getDialect())
    if isinstance(saved, PipelineModel):
        stages = flat_stages(saved.stages)
        saved_as = saved_names(folder)
        if saved_as is None:
            return NLUPipeline(stages, _from_disk(stages))
        return NLUPipeline(stages, saved_as.names, saved_as.reference, saved_as.sentences)
    msg = f"{folder} holds a {type(saved).__name__}: nlu.load reads pipelines and AlbertEmbeddings"
    raise SavedPipelineError(msg)


def _single(stage: AlbertEmbeddings, name: str, dialect: Dialect) -> NLUPipeline:
    model = named(stage, name)
    return NLUPipeline(Recipe([model], dialect), {model.getOutputCol(): FROM_DISK})


def _from_disk(stages: list[Transformer]) -> dict[str, str]:
    """Call word embeddings of a folder by NLU's name for them; several by their output columns."""
    outputs = [stage.getOrDefault("outputCol") for stage in stages if isinstance(stage, AlbertEmbeddings)]
    return dict.fromkeys(outputs, FROM_DISK) if len(outputs) == 1 else {}
