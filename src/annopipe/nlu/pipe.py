"""NLUPipeline: a pipeline with ``predict``."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.plan import Plan, text_column
from annopipe.annotators.sentence_embeddings import SentenceEmbeddings
from annopipe.annotators.stage import Transformer
from annopipe.arrow_buffers import numbers, values_of
from annopipe.columns import AnnotationColumn
from annopipe.errors import ParamTypeError, WiringError
from annopipe.nlu.building import Recipe
from annopipe.nlu.components import NEURAL, PRAGMATIC, Component, components_of, inferred_level
from annopipe.nlu.info import info
from annopipe.nlu.inputs import Given, read
from annopipe.nlu.options import Wanted
from annopipe.nlu.reference import wants_embeddings
from annopipe.nlu.saving import SavedNames, save_pipe
from annopipe.nlu.spark_results import spark_frame
from annopipe.nlu.table import Gathered
from annopipe.pipeline.pipeline import PipelineModel, flat_stages

if TYPE_CHECKING:
    import pandas as pd

ROW = "__annopipe_nlu_row__"


class NLUPipeline(dict[str, Transformer]):
    """A pipeline as NLU has it: components by key, and ``predict``.

    ``pipe["albert_embeddings@albert_mini"].setBatchSize(8)`` sets a parameter of a component; `print_info` prints them.
    Made by `annopipe.nlu.load` and `to_nlu_pipe`.
    """

    def __init__(
        self,
        stages: Recipe | Sequence[Transformer],
        names: Mapping[str, str] | None = None,
        reference: str = "",
        sentences: str = PRAGMATIC,
    ) -> None:
        self._source = stages
        self._sentences = NEURAL if isinstance(stages, Recipe) else sentences
        self.names = dict(names or {})
        self.nlu_ref = reference
        super().__init__((component.key, component.stage) for component in self._listed())

    def _listed(self) -> list[Component]:
        """Return the components in the order in which NLU lists them."""
        if isinstance(self._source, Recipe):
            recipe = self._source
            return components_of([recipe.assembler, recipe.tokenizer, *recipe.models], self.names, self._sentences)
        return components_of(self._source, self.names, self._sentences)

    def _stages(self, level: str) -> list[Transformer]:
        return self._source.stages(level) if isinstance(self._source, Recipe) else list(self._source)

    def __repr__(self) -> str:
        """The keys of the components."""
        return f"NLUPipeline({', '.join(self)})"

    def predict(
        self,
        data: Any,
        output_level: str = "",
        output_path: str = "",  # noqa: ARG002 -- NLU's, which does nothing with it either
        positions: bool = False,
        keep_stranger_features: bool = True,
        metadata: bool = False,
        multithread: bool = True,
        drop_irrelevant_cols: bool = True,
        return_spark_df: bool = False,
        get_embeddings: bool | None = True,
        parser_output: bool = False,  # noqa: ARG002
        parser_config: str = "",  # noqa: ARG002
        partition: int | None = None,  # noqa: ARG002
    ) -> Any:
        """Return what the pipeline makes of texts as a pandas frame, a row a token, sentence, document or chunk.

        Args:
            data: see `annopipe.nlu.inputs.read`.
            output_level: ``token``, ``sentence``, ``document`` or ``chunk``; "" = the level of the last component. For
                a pipeline loaded by reference it chooses what is encoded together too: with "", ``token`` and
                ``sentence`` each sentence alone, with others the whole text.
            output_path: accepted, without effect, as in NLU.
            positions: add ``<column>_begin`` and ``<column>_end`` (inclusive), of columns of other levels as lists.
            keep_stranger_features: keep the frame's other columns, repeated on every row of theirs.
            metadata: add sentence, piece id and the like, and keep the columns of all levels.
            multithread: False keeps a frame's ``text`` column without embeddings too; nothing else depends on it.
            drop_irrelevant_cols: leave out ``document``, ``sentence``, ``token`` and ``chunk`` of other levels.
            return_spark_df: return the Spark frame of annotations instead; starts a session unless there is one.
            get_embeddings: False leaves vectors out; None does unless the reference holds "embed".
            parser_output, parser_config, partition: accepted, without effect.

        Returns:
            Columns in alphabetical order; vectors as float64 arrays, texts as objects. The index repeats the caller's
            labels of a pandas Series or frame, else the number of the input's row. A text without tokens gives one row
            of NaN. An unknown level gives a row a text.

        Raises:
            ColumnTypeError: data that holds no texts.
            WiringError: a column of the frame has the name of one that is made.
        """
        given = read(data)
        stages = self._stages(output_level)
        if return_spark_df:
            return spark_frame(stages, data, given)
        components = components_of(stages, self.names, self._sentences)
        embeddings = wants_embeddings(self.nlu_ref) if get_embeddings is None else bool(get_embeddings)
        wanted = Wanted(
            level=output_level or inferred_level(components),
            positions=positions,
            metadata=metadata,
            strangers=keep_stranger_features,
            drop_irrelevant=drop_irrelevant_cols,
            embeddings=embeddings,
            keeps_text=embeddings or given.is_spark or not multithread,
        )
        needed = [c.stage for c in components if embeddings or not c.is_vector]
        return _gather(needed, components, given, wanted).frame(given)

    def predict_embeds(self, data: Any) -> list[Any]:
        """Return a sentence vector of each text, its first, as float32 arrays; an empty array where there is none.

        Raises:
            WiringError: there are no `SentenceEmbeddings` in the pipeline.
        """
        stages = self._stages("document")
        pooled = [stage for stage in stages if isinstance(stage, SentenceEmbeddings)]
        if not pooled:
            msg = "No Sentence Embedder found in pipeline: predict_embeds needs a SentenceEmbeddings stage"
            raise WiringError(msg)
        name = pooled[-1]._output_name()
        return [vector for rows in _run(stages, read(data)) for vector in _first_vectors(rows.annotations(name))]

    def print_info(self, minimal: bool = True) -> None:  # noqa: ARG002
        """Print the parameters of all components as code to copy."""
        print(info(self))  # noqa: T201

    def save(self, path: str | os.PathLike[str], component: str = "entire_pipeline", overwrite: bool = False) -> None:
        """Save the pipeline, or one component by its key, into a folder that ``nlu.load(path=...)`` reads.

        Raises:
            SavedPipelineError: the folder exists.
            KeyError: no component has this key.
        """
        if component != "entire_pipeline":
            self[component].save(path, overwrite=overwrite)
            return
        names = SavedNames(self.names, self.nlu_ref, self._sentences)
        save_pipe(PipelineModel(self._stages("")), names, path, overwrite=overwrite)


def to_nlu_pipe(model: PipelineModel | Sequence[Transformer]) -> NLUPipeline:
    """Return a fitted pipeline, or its stages, as an `NLUPipeline`; columns are called by the output columns.

    Raises:
        ParamTypeError: something else than a fitted pipeline.
    """
    stages = model.stages if isinstance(model, PipelineModel) else model
    if not isinstance(stages, list | tuple) or not stages:
        msg = f"to_nlu_pipe takes a fitted PipelineModel or a list of its stages, not {type(model).__name__}"
        raise ParamTypeError(msg)
    flat = flat_stages(PipelineModel([stage.fit() if hasattr(stage, "fit") else stage for stage in stages]).stages)
    return NLUPipeline(flat)


def to_pretty_df(model: PipelineModel | Sequence[Transformer], data: Any, **options: Any) -> "pd.DataFrame":
    """Return ``to_nlu_pipe(model).predict(data, **options)``."""
    frame: pd.DataFrame = to_nlu_pipe(model).predict(data, **options)
    return frame


def _gather(stages: Sequence[Transformer], components: Sequence[Component], given: Given, wanted: Wanted) -> Gathered:
    gathered = Gathered(components, wanted)
    for rows in _run(stages, given):
        gathered.add(rows, values_of(rows.array(ROW)))
    return gathered


def _run(stages: Sequence[Transformer], given: Given) -> Iterator[Batch]:
    """Yield the annotations of the texts, slice by slice; of no texts one batch without rows."""
    schema = pa.schema([pa.field(text_column(stages), given.texts.type), pa.field(ROW, pa.int64())])
    batch = pa.RecordBatch.from_arrays([given.texts, numbers(np.arange(len(given)))], schema=schema)
    plan = Plan([stage.copy() for stage in stages], schema)
    return plan.run_batches(iter([batch])) if len(given) else iter([plan.run_rows(batch)])


def _first_vectors(column: AnnotationColumn) -> list[Any]:
    bounds = zip(column.offsets[:-1].tolist(), column.offsets[1:].tolist(), strict=True)
    return [column.floats_of(first) if first < end else np.empty(0, np.float32) for first, end in bounds]
