"""What the finishers share: annotation columns in, a plain column for each out."""

from typing import Any, Self

import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.stage import Transformer
from annopipe.annotators.wiring import annotator_type, shown
from annopipe.converters import to_str_list
from annopipe.errors import ParamUnset, ParamValueError, WiringError
from annopipe.params import Param


def _names(value: tuple[Any, ...]) -> Any:
    return value[0] if len(value) == 1 and not isinstance(value[0], str) else list(value)


class FinishingStage(Transformer):
    """Base of `EmbeddingsFinisher` and `Finisher`: any number of input columns, an output column for each."""

    inputCols = Param(to_str_list, "names of the annotation columns")
    outputCols = Param(to_str_list, "names of the new columns; unset = finished_<input>", [])

    def setInputCols(self, *value: str | list[str]) -> Self:
        """Set the annotation columns: several names, or one list."""
        return self._set("inputCols", _names(value))

    def setOutputCols(self, *value: str | list[str]) -> Self:
        """Set the names of the new columns: several names, or one list."""
        return self._set("outputCols", _names(value))

    def getOutputCols(self) -> list[str]:
        """Return the names of the new columns, ``finished_<input>`` unless set."""
        outputs: list[str] = self.getOrDefault("outputCols")
        return outputs or [f"finished_{name}" for name in self.getOrDefault("inputCols")]

    def _pairs(self) -> list[tuple[str, str]]:
        try:
            inputs, outputs = self.getOrDefault("inputCols"), self.getOutputCols()
        except ParamUnset as missing:
            msg = f"{self.uid}: inputCols not provided: call setInputCols('<annotation column>')"
            raise WiringError(msg) from missing
        if len(inputs) != len(outputs):
            msg = f"{self.uid}: inputCols and outputCols length must match ({len(inputs)} and {len(outputs)})"
            raise ParamValueError(msg)
        return list(zip(inputs, outputs, strict=True))

    def _kind(self, schema: pa.Schema, name: str) -> str | None:
        """Return the kind of a column's annotations, "" where it is not told, None where it holds none."""
        if name not in schema.names:
            msg = f"{self.uid}: no column {name!r}; columns: {shown(schema)}"
            raise WiringError(msg)
        return annotator_type(schema.field(name))

    def _cleaned_schema(self, schema: pa.Schema) -> pa.Schema:
        """Return the schema after ``cleanAnnotations``."""
        if not self.getOrDefault("cleanAnnotations"):
            return schema
        kept = [field for field in schema if annotator_type(field) is None]
        return pa.schema(kept, metadata=schema.metadata)

    def _cleaned(self, batch: Batch, schema: pa.Schema) -> Batch:
        """Return the batch after ``cleanAnnotations``; ``schema`` is the one before this stage."""
        if not self.getOrDefault("cleanAnnotations"):
            return batch
        return batch.drop(field.name for field in schema if annotator_type(field) is not None)
