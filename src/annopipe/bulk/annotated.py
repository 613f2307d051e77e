"""Word vectors as columns of annotations, one row a text."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.albert.codepoints import offsets_of
from annopipe.albert.model import AlbertModel
from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.batch import Batch
from annopipe.annotators.model_reference import ModelReference
from annopipe.annotators.plan import Plan
from annopipe.arrow_buffers import texts as texts_array
from annopipe.bulk.result import Part, Result
from annopipe.bulk.settings import ROWS, Settings
from annopipe.bulk.stages import Choice
from annopipe.errors import ModelError, RowTooLarge
from annopipe.pipeline.pipeline import PipelineModel

REF_DIGITS = 12
SOURCE = "__text__"


def choice_of(settings: Settings) -> Choice:
    """Return columns and stages for a job's settings."""
    return Choice(dialect=settings.dialect, sentences=settings.sentences, column=SOURCE, prefix=settings.prefix)


def pipeline_of(model: AlbertModel, settings: Settings) -> PipelineModel:
    """Return the pipeline from texts to word vectors with a model that is loaded.

    ``storageRef`` is the model's content, so that all runs and processes write the same schema.
    """
    choice = choice_of(settings)
    stage: Any = AlbertEmbeddings()
    stage._take(ModelReference.of(model), "ALBERT_EMBEDDINGS").setDialect(settings.dialect)
    stage.setInputCols(choice.sentence, choice.token).set("outputCol", choice.embeddings)
    stage.set("storageRef", f"albert_{model.content_hash[:REF_DIGITS]}")
    stage.set("layers", settings.layers)
    for name, value in (("pooling", settings.pooling), ("maxSentenceLength", settings.window)):
        if value is not None:
            stage.set(name, value)
    return choice.pipeline(stage)


def source_batch(texts: Sequence[str]) -> pa.RecordBatch:
    """Return texts as the column from which the pipeline starts."""
    array = texts_array(texts, large=True)
    return pa.RecordBatch.from_arrays([array], [SOURCE])


class Annotated:
    """Texts to the columns ``document``, ``sentence`` (where asked for), ``token`` and ``embeddings``."""

    def __init__(self, model: AlbertModel, settings: Settings) -> None:
        self._choice = choice_of(settings)
        self._plan = Plan(pipeline_of(model, settings).stages, source_batch([]).schema)
        names = self._plan.schema.names
        self._schema = pa.schema([self._plan.schema.field(name) for name in names if name != SOURCE])

    def compute(self, texts: Sequence[str]) -> Result:
        """Return the rows of texts; one whose vectors pass ``maxRowBytes``, or that the model refuses, fails alone."""
        places, failures = list(range(len(texts))), dict[int, str]()
        while True:
            try:
                rows = self._plan.run_rows(source_batch([texts[place] for place in places]))
            except (RowTooLarge, ModelError) as error:
                if error.row is None:
                    raise
                failures[places.pop(error.row)] = _reason(error)
            else:
                return self._result(rows, failures, len(texts))

    def failed(self, reason: str) -> Result:
        """Return what comes of one text that is not to be computed."""
        return self._result(self._plan.run_rows(source_batch([])), {0: reason}, 1)

    def _result(self, rows: Batch, failures: dict[int, str], texts: int) -> Result:
        kept = np.array([place not in failures for place in range(texts)], np.bool_)
        tokens, cut = np.zeros(texts, np.int64), np.zeros(texts, np.int64)
        tokens[kept] = np.diff(rows.annotations(self._choice.token).offsets)
        cut[kept] = tokens[kept] - np.diff(rows.annotations(self._choice.embeddings).offsets)
        part = Part(rows.to_arrow(self._schema), offsets_of(kept.astype(np.int64)))
        return Result({ROWS: part}, tokens, cut, failures)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
