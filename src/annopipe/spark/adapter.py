"""Spark's DataFrames and all that share their ``mapInArrow``: classic, Connect, Sail.

Nothing is moved here: ``transform`` gives a lazy frame of the same class, and the engine calls the stages with its own
batches. Columns that no stage made go back as the engine handed them over, whatever their type.
"""

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import pyarrow as pa

from annopipe.errors import WiringError
from annopipe.frames.adapter import Run
from annopipe.frames.carrying import ROW_COLUMN, ROW_FIELD, check_names, has_vectors, is_kept, kept_field
from annopipe.spark.hooks.raising import raise_ours
from annopipe.spark.shipping import shipped
from annopipe.spark.step import SparkStep
from annopipe.spark.types import check_types, to_arrow_field, to_spark_field
from annopipe.spark.vectors import check_vectors

_ODD_NAME: Final = re.compile(r"[.`]")
_NO_COLUMNS: Final = (
    "this DataFrame has no columns. Sail's answer is such a one where nothing is at the path that spark.read was "
    "given, or files without rows: look at the path, or give the schema, spark.read.schema('text string')"
)


class SparkAdapter:
    """A Spark frame as the batches that its engine will bring.

    Raises:
        UnsupportedColumn: a column of a type that engines do not hand to Python.
        ColumnTypeError: several columns of one name.
        WiringError: no column at all; a stage's column and one of the frame's differ by case alone (when stages are
            applied).
    """

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self._own = frame.schema
        if not self._own.names:
            raise WiringError(_NO_COLUMNS)
        check_names(self._own.names, "DataFrame")
        check_types(self._own)

    @property
    def schema(self) -> pa.Schema:
        """See `Adapter.schema`."""
        return pa.schema([*(kept_field(to_arrow_field(field)) for field in self._own.fields), ROW_FIELD])

    def apply(self, run: Run, schema: pa.Schema) -> Any:
        """Return the engine's lazy frame; ``run`` is pickled here and now, and works where the rows are."""
        types = import_module(type(self._own).__module__)
        own = {field.name: field for field in self._own.fields}
        fields = [field for field in schema if field.name != ROW_COLUMN]
        self._check_case([field.name for field in fields if not is_kept(field)])
        result = [own[f.name] if is_kept(f) else to_spark_field(types, f) for f in fields]
        places = [self._own.names.index(field.name) if is_kept(field) else None for field in fields]
        step = SparkStep(run, self.schema, [field.name for field in fields], places)
        raise_ours(self._frame.sparkSession)
        made = self._plainly_named().mapInArrow(shipped(step), types.StructType(result))
        check_vectors(made, [field.name for field in fields if not is_kept(field) and has_vectors(field)])
        return made

    def _check_case(self, made: Sequence[str]) -> None:
        """Check that Spark can tell the stages' columns from the frame's own and from each other.

        Raises:
            WiringError: names differ by case alone, and the session does not look at case.
        """
        known = {name.lower(): name for name in self._own.names}
        alike = {name: other for name in made if (other := known.setdefault(name.lower(), name)) != name}
        if not alike or self._frame.sparkSession.conf.get("spark.sql.caseSensitive", "false") == "true":
            return
        name, other = next(iter(alike.items()))
        msg = (
            f"the output column {name!r} exists already as {other!r}, which Spark does not tell apart "
            "(spark.sql.caseSensitive): choose another name with setOutputCol(...), or drop or rename the column first"
        )
        raise WiringError(msg)

    def _plainly_named(self) -> Any:
        """Return the frame under names that every engine resolves; the result bears the frame's own."""
        names = self._own.names
        if not any(_ODD_NAME.search(name) for name in names):
            return self._frame
        return self._frame.toDF(*(f"c{place}" for place in range(len(names))))
