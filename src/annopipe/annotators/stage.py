"""What every stage of a pipeline is: parameters, a check of its wiring, and one step over a batch."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.plan import transform_frame
from annopipe.annotators.wiring import add_output, annotation_field, match_inputs
from annopipe.columns import AnnotationColumn
from annopipe.converters import to_bool, to_str, to_str_list
from annopipe.dialect import Dialect, as_dialect, options
from annopipe.errors import ColumnNamesMissing, ParamTypeError, WiringError
from annopipe.params import Param, Params
from annopipe.persistence import Shelf


def _to_dialect(name: str, value: Any) -> Dialect:
    return as_dialect(to_str(name, value))


class Stage(Params):
    """Base of all stages that ``Pipeline`` and ``PipelineModel`` hold.

    ``dialect`` is settled when the stage is made: the keyword, else ``annopipe.options.dialect``.
    """

    dialect = Param(
        _to_dialect,
        "albert: Hugging Face's vectors, offsets in code points; sparknlp: Spark NLP's numbers, UTF-16 offsets",
        extra=True,
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._dialect: Dialect = self._explicit("dialect") or options.dialect

    def setDialect(self, value: str) -> Self:
        """Set ``dialect``: ``albert`` or ``sparknlp``; the stages of one pipeline must agree."""
        self._set("dialect", value)
        self._dialect = self._values["dialect"]
        return self

    def getDialect(self) -> Dialect:
        """Return the dialect, as settled when the stage was made."""
        return self._dialect

    def describe(self, shelf: Shelf) -> dict[str, Any]:
        """Return what a saved stage holds, its dialect among it."""
        return {**super().describe(shelf), "dialect": self._dialect}

    @classmethod
    def restore(cls, description: Mapping[str, Any], shelf: Shelf) -> Self:
        """Return the saved stage, in the dialect in which it was made."""
        stage = super().restore(description, shelf)
        stage._dialect = as_dialect(str(description.get("dialect", "albert")))
        return stage

    @abstractmethod
    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """Return the schema after this stage, or raise `WiringError` before any data moves."""


class Transformer(Stage):
    """A stage that makes columns from columns."""

    @abstractmethod
    def run(self, batch: Batch, schema: pa.Schema) -> Batch:
        """Return the batch after this stage; ``schema`` is the one before it."""

    def text_input(self) -> str | None:
        """Return the column from which the stage takes bare texts: a `DocumentAssembler`'s input, else None."""
        return None

    def setParams(self) -> Self:
        """Return the stage: as in Spark NLP, nothing is set here; each parameter has a setter."""
        return self

    def transform(self, frame: Any, params: Any = None) -> Any:
        """Return a frame of the same kind with this stage's output columns appended.

        Args:
            frame: list or iterator of str, pandas or Polars frame, Arrow table, batch or reader.
            params: values for this call only, by parameter (pyspark's second argument).

        Raises:
            WiringError: an input column is missing or of another kind, or the output column exists.
            ColumnTypeError: a kind of frame or column that cannot be read.
        """
        stage = self.copy(params) if params else self
        return transform_frame([stage], frame)


class Wired(Stage):
    """A stage with annotation columns as input and one as output.

    Class attributes name the kinds (``inputAnnotatorTypes``, ``outputAnnotatorType``) as Spark NLP's do.
    """

    inputAnnotatorTypes: ClassVar[tuple[str, ...]] = ()
    outputAnnotatorType: ClassVar[str] = ""
    _usual_inputs: ClassVar[tuple[str, ...] | None] = None
    _usual_output: ClassVar[str | None] = None

    inputCols = Param(to_str_list, "names of the input annotation columns, in any order")
    outputCol = Param(to_str, "name of the output annotation column")
    lazyAnnotator = Param(to_bool, "LightPipeline leaves this stage out; frames run it all the same", False)

    def setInputCols(self, *value: str | list[str]) -> Self:
        """Set the input columns: several names, or one list of names; order does not matter."""
        return self._set("inputCols", self._columns(value))

    def _columns(self, value: tuple[Any, ...]) -> list[str]:
        if not value:
            msg = f"setInputCols in {self.uid} needs column names: {', '.join(self.inputAnnotatorTypes)}"
            raise ColumnNamesMissing(msg)
        first = value[0]
        if not isinstance(first, str | list):
            raise ParamTypeError("InputCols datatype not supported. It must be either str or list")
        names: list[Any] = first if isinstance(first, list) and len(value) == 1 else list(value)
        names = [name for name in names if isinstance(name, str)]
        if len(names) != len(self.inputAnnotatorTypes):
            msg = (
                f"setInputCols in {self.uid} expecting {len(self.inputAnnotatorTypes)} columns. Provided column "
                f"amount: {len(names)}. Which should be columns from the following annotators: "
                f"{list(self.inputAnnotatorTypes)}"
            )
            raise ParamTypeError(msg)
        return names

    def _input_names(self) -> list[str]:
        names = self._values.get("inputCols") or self._usual_inputs
        if names is None:
            kinds = ", ".join(self.inputAnnotatorTypes)
            msg = f"{self.uid}: inputCols not provided. Requires columns for {kinds} annotators: call setInputCols(...)"
            raise WiringError(msg)
        return list(names)

    def _output_name(self) -> str:
        name: str | None = self._values.get("outputCol") or self._usual_output
        if name is None:
            msg = f"{self.uid}: Failed to find a default value for outputCol: call setOutputCol(...)"
            raise WiringError(msg)
        return name

    def _inputs(self, schema: pa.Schema) -> dict[str, str]:
        """Return kind → column."""
        return match_inputs(self.uid, self.inputAnnotatorTypes, self._input_names(), schema)

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`."""
        self._inputs(schema)
        return add_output(self.uid, schema, self._output_field(schema))

    def _output_field(self, schema: pa.Schema) -> pa.Field:  # noqa: ARG002
        return annotation_field(self._output_name(), self.outputAnnotatorType)


class Annotator(Wired, Transformer):
    """A stage from columns of annotations to one more column of annotations."""

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:
        """See `Transformer.run`."""
        inputs = {kind: batch.annotations(name) for kind, name in self._inputs(schema).items()}
        return batch.put(self._output_name(), self.annotate(inputs))

    @abstractmethod
    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """Return the output column of some rows from the input columns by kind."""
