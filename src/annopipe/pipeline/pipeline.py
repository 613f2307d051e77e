"""Pipeline and PipelineModel: stages in order, over frames of any kind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self, overload

from annopipe.annotators.stage import Stage, Transformer
from annopipe.errors import ParamTypeError, SavedPipelineError
from annopipe.params import Param, Params
from annopipe.persistence import Savable, Shelf, restore_any
from annopipe.pipeline.foreign import fit_stages, is_foreign, run_stages


def _to_stages(name: str, value: Any) -> list[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        msg = f"{name} must be a list of stages, not {type(value).__name__}"
        raise ParamTypeError(msg)
    for place, stage in enumerate(value):
        if not isinstance(stage, Stage | Pipeline | PipelineModel) and not is_foreign(stage):
            msg = (
                f"{name}[{place}] is {stage!r}, which is no stage of annopipe (an annotator, Pipeline or PipelineModel)"
            )
            raise ParamTypeError(msg)
    return list(value)


def flat_stages(stages: Sequence[Any]) -> list[Transformer]:
    """Return stages with the models of inner pipelines laid out in their place."""
    flat: list[Transformer] = []
    for stage in stages:
        flat.extend(flat_stages(stage.stages) if isinstance(stage, PipelineModel) else [stage])
    return flat


class PipelineModel(Params):
    """Fitted stages in order; ``transform`` gives a frame of the kind it was given.

    All stages run over one slice of rows before the next, so memory follows the slice and not the table.
    """

    def __init__(self, stages: Sequence[Transformer | Self]) -> None:
        super().__init__()
        self.stages = _to_stages("stages", stages)

    def transform(self, dataset: Any, params: Mapping[Any, Any] | None = None) -> Any:
        """Return the frame with the output columns of all stages.

        Args:
            dataset: list or iterator of str (None allowed), pandas, Polars or Spark frame, Arrow table, batch, reader.
            params: values for this call only, by parameter.

        Returns:
            A frame of the same kind: dicts of `Annotation` lists for a list or iterator, else the frame's columns with
            those of the stages appended; lazy for iterators, readers and lazy frames. The input is never changed.

        Raises:
            WiringError: a column is missing, of another kind or there already; before any data moves.
            ColumnTypeError: a kind of frame or column that cannot be read.
            RowTooLarge: one row's vectors pass ``maxRowBytes``.
        """
        model = self.copy(params) if params else self
        return run_stages(flat_stages(model.stages), dataset)

    def copy(self, extra: Mapping[Any, Any] | None = None) -> Self:
        """Return a pipeline of copied stages, with the values of ``extra`` over theirs."""
        other = super().copy()
        other.stages = [stage.copy(extra) for stage in self.stages]
        return other

    def describe(self, shelf: Shelf) -> dict[str, Any]:
        """Return what a saved pipeline holds: its stages in order."""
        return {"uid": self.uid, "stages": _describe_all(self.stages, shelf)}

    @classmethod
    def restore(cls, description: Mapping[str, Any], shelf: Shelf) -> Self:
        """Return the saved pipeline."""
        model = cls(_restore_all(description, shelf))
        model.uid = str(description["uid"])
        return model


class Pipeline(Params):
    """Stages in order; ``fit`` turns the estimators among them (`Tokenizer`) into models."""

    stages = Param(_to_stages, "the stages, in order")

    def __init__(self, *, stages: Sequence[Any] | None = None) -> None:
        super().__init__()
        if stages is not None:
            self.setStages(stages)

    def setStages(self, value: Sequence[Any]) -> Self:
        """Set the stages, in order."""
        return self._set("stages", value)

    def getStages(self) -> list[Any]:
        """Return the stages, in order."""
        stages: list[Any] = self.getOrDefault("stages")
        return stages

    @overload
    def fit(self, dataset: Any = None, params: Mapping[Any, Any] | None = None) -> PipelineModel: ...

    @overload
    def fit(self, dataset: Any, params: Sequence[Mapping[Any, Any]]) -> list[PipelineModel]: ...

    def fit(self, dataset: Any = None, params: Any = None) -> PipelineModel | list[PipelineModel]:
        """Return the fitted pipeline; with several maps of parameters one for each, as pyspark does.

        No stage of annopipe looks at the data to fit, so ``dataset`` may be left out; wrong columns are found by
        ``transform``, as in Spark NLP. Estimators of pyspark among the stages are fitted to a Spark frame.

        Raises:
            ParamUnset: there are no stages yet.
        """
        if isinstance(params, list | tuple):
            return [model for _, model in self.fitMultiple(dataset, params)]
        stages = [stage.copy(params) if params else stage for stage in self.getStages()]
        return PipelineModel(fit_stages(stages, dataset))

    def fitMultiple(self, dataset: Any, paramMaps: Sequence[Mapping[Any, Any]]) -> Iterator[tuple[int, PipelineModel]]:
        """Return each map's place and the pipeline fitted with it, as pyspark's validators ask for them."""
        return map(lambda place: (place, self.fit(dataset, paramMaps[place])), range(len(paramMaps)))  # noqa: C417

    def _stages(self) -> list[Any]:
        return self.getStages() if self.isSet("stages") else []

    def copy(self, extra: Mapping[Any, Any] | None = None) -> Self:
        """Return a pipeline of copied stages, with the values of ``extra`` over theirs."""
        other = super().copy()
        return other.setStages([stage.copy(extra) for stage in self._stages()])

    def describe(self, shelf: Shelf) -> dict[str, Any]:
        """Return what a saved pipeline holds: its stages in order."""
        return {"uid": self.uid, "stages": _describe_all(self._stages(), shelf)}

    @classmethod
    def restore(cls, description: Mapping[str, Any], shelf: Shelf) -> Self:
        """Return the saved pipeline."""
        pipeline = cls(stages=_restore_all(description, shelf))
        pipeline.uid = str(description["uid"])
        return pipeline


def _describe_all(stages: Sequence[Savable], shelf: Shelf) -> list[dict[str, Any]]:
    for stage in stages:
        if is_foreign(stage):
            msg = (
                f"{stage} is a stage of pyspark, which annopipe does not save: pyspark saves both, "
                "pyspark.ml.PipelineModel(model.stages).save(path)"
            )
            raise SavedPipelineError(msg)
    return [{"class": type(stage).__name__, **stage.describe(shelf)} for stage in stages]


def _restore_all(description: Mapping[str, Any], shelf: Shelf) -> list[Any]:
    return [restore_any(stage, shelf) for stage in description["stages"]]
