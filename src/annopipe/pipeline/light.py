"""LightPipeline: a pipeline over bare texts, for services and notebooks."""

from collections.abc import Sequence
from typing import Any

from annopipe.annotation import Annotation
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.finisher import Finisher
from annopipe.annotators.finishing_stage import FinishingStage
from annopipe.annotators.java_text import java_floats
from annopipe.annotators.plan import transform_frame
from annopipe.annotators.stage import Transformer
from annopipe.errors import LightWiringError, ParamTypeError, WiringError
from annopipe.pipeline.foreign import is_foreign
from annopipe.pipeline.pipeline import PipelineModel, flat_stages

Row = dict[str, list[Annotation]]
_EMBEDDINGS = frozenset({"word_embeddings", "sentence_embeddings"})


class LightPipeline:
    """Annotate texts without a frame.

    Args:
        pipelineModel: a fitted pipeline, annopipe's, or pyspark's of annopipe's stages; stages with ``lazyAnnotator``
            are left out, finishers do not act. A `Finisher` among the stages chooses the columns of the answer: those
            that it would finish.
        parse_embeddings: give vectors too (``fullAnnotate``: in the annotations; ``annotate``: as one string of
            numbers a token, as Java writes them). Default False, as Spark NLP's.

    A text gives the same annotations as in a frame; Spark NLP's own vectors differ there (its padding fault), and so
    does its document metadata, which is empty here as recorded from Spark NLP 5.5.3. An empty list gives an empty list.
    """

    def __init__(self, pipelineModel: Any, parse_embeddings: bool = False) -> None:
        if not isinstance(pipelineModel, PipelineModel) and not _is_pysparks(pipelineModel):
            msg = f"LightPipeline takes a fitted PipelineModel, not {type(pipelineModel).__name__}: call fit first"
            raise ParamTypeError(msg)
        stages = flat_stages(pipelineModel.stages)
        for stage in stages:
            if is_foreign(stage):
                msg = f"{stage} is a stage of pyspark and needs a Spark frame: LightPipeline runs annopipe's alone"
                raise ParamTypeError(msg)
        self.pipeline_model = pipelineModel
        self.parse_embeddings = parse_embeddings
        self._ignore_unsupported = False
        self._chosen = [name for s in stages if isinstance(s, Finisher) for name in s.getOrDefault("inputCols")]
        self._stages = [s for s in stages if not isinstance(s, FinishingStage) and not self._lazy(s)]

    @staticmethod
    def _lazy(stage: Transformer) -> bool:
        return stage.hasParam("lazyAnnotator") and bool(stage.getOrDefault("lazyAnnotator"))

    def setIgnoreUnsupported(self, value: bool) -> "LightPipeline":
        """Accept the switch of Spark NLP's; every stage here is supported."""
        self._ignore_unsupported = bool(value)
        return self

    def getIgnoreUnsupported(self) -> bool:
        """Return what ``setIgnoreUnsupported`` was given, False at first."""
        return self._ignore_unsupported

    def annotate(self, target: str | Sequence[str], optional_target: str = "") -> Any:  # noqa: ARG002
        """Return ``{column: [result, …]}`` for a text, a list of them for a list of texts.

        With ``parse_embeddings`` an embedding column gives each vector as one string of numbers, "" without one.

        Raises:
            ParamTypeError: neither a str nor a list of str.
            LightWiringError: a stage's columns do not fit.
        """
        if not isinstance(target, str | list):
            raise ParamTypeError("target for annotation must be 'str' or list")
        rows = self._run([target] if isinstance(target, str) else self._checked(target))
        strings = [{name: [self._shown(a) for a in cell] for name, cell in row.items()} for row in rows]
        return strings[0] if isinstance(target, str) else strings

    def fullAnnotate(self, target: str | Sequence[str], optional_target: str = "") -> list[Row]:  # noqa: ARG002
        """Return a list of ``{column: [Annotation, …]}``, one a text, also for a single text.

        Raises:
            ParamTypeError: neither a str nor a list of str.
            LightWiringError: a stage's columns do not fit.
        """
        if not isinstance(target, str | list):
            raise ParamTypeError("argument for annotation must be 'str' or list[str] (texts to annotate)")
        rows = self._run([target] if isinstance(target, str) else self._checked(target))
        if not self.parse_embeddings:
            for annotation in (a for row in rows for cell in row.values() for a in cell):
                annotation.embeddings = []
        return rows

    def transform(self, dataframe: Any) -> Any:
        """Return ``pipelineModel.transform(dataframe)``."""
        return self.pipeline_model.transform(dataframe)

    @staticmethod
    def _checked(texts: Sequence[Any]) -> list[str]:
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                msg = f"target for annotation must be 'str' or list of str: item {place} is {type(text).__name__}"
                raise ParamTypeError(msg)
        return list(texts)

    def _run(self, texts: list[str]) -> list[Row]:
        try:
            rows: list[Row] = transform_frame(self._stages, texts)
        except WiringError as wrong:
            raise LightWiringError(str(wrong)) from None
        documents = [s.getOrDefault("outputCol") for s in self._stages if isinstance(s, DocumentAssembler)]
        for annotation in (a for row in rows for name in documents for a in row[name]):
            annotation.metadata.pop("sentence", None)
        return [{name: row[name] for name in self._chosen} for row in rows] if self._chosen else rows

    def _shown(self, annotation: Annotation) -> str:
        if self.parse_embeddings and annotation.annotatorType in _EMBEDDINGS:
            return " ".join(java_floats(annotation.embeddings))
        return annotation.result


def _is_pysparks(model: Any) -> bool:
    """Tell pyspark's own PipelineModel."""
    return is_foreign(model) and isinstance(getattr(model, "stages", None), list)
