"""PretrainedPipeline: a saved pipeline, ready for texts and frames."""

import os
from collections.abc import Sequence
from typing import Any

from annopipe.annotators.plan import text_column
from annopipe.errors import ModelNotFound, ParamTypeError, SavedPipelineError
from annopipe.hub.known import known_model
from annopipe.pipeline.light import LightPipeline
from annopipe.pipeline.pipeline import PipelineModel, flat_stages
from annopipe.remote_folders import is_address, path_here

PIPELINE = "_pipeline"


class PretrainedPipeline:
    """A saved pipeline, with the methods of Spark NLP's class of this name.

    Args:
        name: the folder that ``PipelineModel.save`` wrote. Names of Spark NLP's pipelines are not resolved: an error
            says how to make the pipeline.
        lang: language of a name.
        remote_loc: accepted and not used.
        parse_embeddings: as of `LightPipeline`.
        disk_location: the folder, in place of ``name``.

    Attributes:
        model: the `PipelineModel`.
        light_model: the `LightPipeline` over it.

    Raises:
        ModelNotFound: no folder of this name.
        SavedPipelineError: the folder holds no pipeline.
    """

    def __init__(
        self,
        name: str | os.PathLike[str] | None,
        lang: str = "en",
        remote_loc: str | None = None,  # noqa: ARG002
        parse_embeddings: bool = False,
        disk_location: str | os.PathLike[str] | None = None,
    ) -> None:
        folder = disk_location if disk_location is not None else name
        if folder is None or not _may_be(folder):
            raise ModelNotFound(_unknown(str(folder), lang))
        self.model = PipelineModel.load(folder)
        self.light_model = LightPipeline(self.model, parse_embeddings)

    @staticmethod
    def from_disk(path: str | os.PathLike[str], parse_embeddings: bool = False) -> "PretrainedPipeline":
        """Return the pipeline of a folder that ``PipelineModel.save`` wrote.

        Raises:
            SavedPipelineError: no such folder, or it holds no pipeline.
        """
        if not _may_be(path):
            msg = f"Input path does not exist: {path}; give a folder that PipelineModel.save(...) wrote"
            raise SavedPipelineError(msg)
        return PretrainedPipeline(None, parse_embeddings=parse_embeddings, disk_location=path)

    def annotate(self, target: Any, column: str | None = None) -> Any:
        """Return `LightPipeline.annotate` of texts, or a frame transformed with ``column`` as its text.

        Raises:
            ParamTypeError: a frame without ``column``.
        """
        if isinstance(target, str | list):
            return self.light_model.annotate(target)
        if not column:
            msg = f"annotate() column arg needed when targeting a DataFrame ({type(target).__name__})"
            raise ParamTypeError(msg)
        return self.model.transform(renamed(target, column, text_column(flat_stages(self.model.stages))))

    def fullAnnotate(self, target: str | Sequence[str], optional_target: str = "") -> Any:
        """Return `LightPipeline.fullAnnotate` of texts."""
        return self.light_model.fullAnnotate(target, optional_target)

    def transform(self, data: Any) -> Any:
        """Return the frame with the output columns of all stages."""
        return self.model.transform(data)


def _may_be(folder: str | os.PathLike[str]) -> bool:
    """Tell whether a folder is there; of an address that is found when it is read."""
    return is_address(folder) or path_here(folder).is_dir()


def renamed(frame: Any, old: str, new: str) -> Any:
    """Return a Spark, pandas, Polars or Arrow frame with a column under another name; the frame is not changed."""
    if old == new:
        return frame
    if hasattr(frame, "withColumnRenamed"):
        return frame.withColumnRenamed(old, new)
    if hasattr(frame, "rename_columns"):
        return frame.rename_columns([new if name == old else name for name in frame.schema.names])
    if hasattr(frame, "collect_schema"):
        return frame.rename({old: new})
    if hasattr(frame, "rename"):
        return frame.rename(columns={old: new})
    msg = f"a {type(frame).__name__} has no columns to rename: pass a list of texts, or a frame"
    raise ParamTypeError(msg)


def _unknown(name: str, lang: str) -> str:
    text = (
        f"no saved pipeline {name!r}: PretrainedPipeline takes a folder that PipelineModel.save(...) wrote; "
        "pipelines are not fetched by name"
    )
    model = known_model(name.removesuffix(PIPELINE), lang)
    if model is None:
        return text
    return (
        f"{text}. The model of that name is here for the making: stages DocumentAssembler, Tokenizer, "
        f"AlbertEmbeddings.pretrained({model.name!r}, {model.language!r})"
    )
