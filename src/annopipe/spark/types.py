"""Spark's types and Arrow's, each as the other, and the types that no engine hands to Python."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE, is_annotation_type
from annopipe.errors import ColumnTypeError, UnsupportedColumn
from annopipe.frames.carrying import has_vectors, made_field
from annopipe.frames.unheld import unheld

_PLAIN: Final[Mapping[str, pa.DataType]] = {
    "BinaryType": pa.binary(),
    "BooleanType": pa.bool_(),
    "ByteType": pa.int8(),
    "CharType": pa.string(),
    "DateType": pa.date32(),
    "DoubleType": pa.float64(),
    "FloatType": pa.float32(),
    "IntegerType": pa.int32(),
    "LongType": pa.int64(),
    "NullType": pa.null(),
    "ShortType": pa.int16(),
    "StringType": pa.string(),
    "TimestampNTZType": pa.timestamp("us"),
    "TimestampType": pa.timestamp("us", "UTC"),
    "VarcharType": pa.string(),
}
_MADE: Final[Mapping[pa.DataType, str]] = {
    pa.bool_(): "BooleanType",
    pa.float32(): "FloatType",
    pa.float64(): "DoubleType",
    pa.int32(): "IntegerType",
    pa.int64(): "LongType",
    pa.string(): "StringType",
}
REFUSED: Final = frozenset({"CalendarIntervalType", "YearMonthIntervalType"})
"""What Spark and Sail both refuse in ``mapInArrow``, however deep it lies."""

_NUMBERS: Final = frozenset({"dimension"})
"""Entries of column metadata that are numbers in Spark; Arrow's metadata holds text alone."""


def to_arrow_type(type_: Any) -> pa.DataType | None:
    """Return the Arrow type in which an engine hands a column to Python; None where stages need not read it."""
    name = type(type_).__name__
    if name in _PLAIN:
        return _PLAIN[name]
    if name == "DecimalType":
        return pa.decimal128(type_.precision, type_.scale)
    if name == "ArrayType":
        item = to_arrow_type(type_.elementType)
        list_ = None if item is None else pa.list_(pa.field("element", item, type_.containsNull))
        return COLUMN_TYPE if list_ is not None and is_annotation_type(list_) else list_
    if name == "MapType":
        key, value = to_arrow_type(type_.keyType), to_arrow_type(type_.valueType)
        unread = key is None or value is None
        return None if unread else pa.map_(key, pa.field("value", value, type_.valueContainsNull))
    if name == "StructType":
        return _struct(type_)
    return None


def _struct(type_: Any) -> pa.DataType | None:
    inner = [(field, to_arrow_type(field.dataType)) for field in type_.fields]
    if any(found is None for _, found in inner):
        return None
    return pa.struct([pa.field(field.name, found, field.nullable) for field, found in inner])


def to_arrow_field(field: Any) -> pa.Field:
    """Return a Spark field as stages see it; what they need not read is named and empty."""
    type_ = to_arrow_type(field.dataType)
    if type_ is None:
        type_ = unheld(f"Spark {field.dataType.simpleString()}")
    known = {key: str(value) for key, value in (field.metadata or {}).items()} if type_ == COLUMN_TYPE else None
    return pa.field(field.name, type_, metadata=known)


def to_spark_type(types: Any, type_: pa.DataType) -> Any:
    """Return the Spark type of a column that a stage made.

    Args:
        types: the module of Spark's types to which the frame's own belong.
        type_: the column's Arrow type.
    """
    if pa.types.is_map(type_):
        nullable = type_.item_field.nullable
        return types.MapType(to_spark_type(types, type_.key_type), to_spark_type(types, type_.item_type), nullable)
    if pa.types.is_list(type_):
        item = type_.value_field
        return types.ArrayType(to_spark_type(types, item.type), item.nullable)
    if pa.types.is_struct(type_):
        fields = [types.StructField(f.name, to_spark_type(types, f.type), f.nullable) for f in type_]
        return types.StructType(fields)
    if type_ not in _MADE:
        msg = f"a column of the Arrow type {type_} cannot be put into a Spark frame"
        raise ColumnTypeError(msg)
    return getattr(types, _MADE[type_])()


def to_spark_field(types: Any, field: pa.Field) -> Any:
    """Return the Spark field of a column that a stage made, its metadata with it."""
    if has_vectors(field):
        vector = import_module("pyspark.ml.linalg").VectorUDT()
        return types.StructField(field.name, types.ArrayType(vector, containsNull=True), field.nullable)
    field = made_field(field)
    entries = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    metadata = {key: int(value) if key in _NUMBERS else value for key, value in entries.items()}
    return types.StructField(field.name, to_spark_type(types, field.type), field.nullable, metadata)


def check_types(schema: Any) -> None:
    """Check that an engine can hand all columns to Python.

    Raises:
        UnsupportedColumn: it cannot; the text names the column, its type and the ways out.
    """
    for field in schema.fields:
        why = ""
        if not REFUSED.isdisjoint(type(inner).__name__ for inner in _within(field.dataType)):
            why = f"is of type {field.dataType.simpleString()}, which Spark and Sail do not hand to Python"
        elif twice := [name for inner in _within(field.dataType) for name in _repeated(inner)]:
            why = f"has a struct with several fields {twice[0]!r}, which Spark does not hand to Python"
        if why:
            msg = (
                f"column {field.name!r} {why}: drop it (frame.drop({field.name!r})) and join it again by a key, or "
                f"make it text (frame.withColumn({field.name!r}, frame[{field.name!r}].cast('string')))"
            )
            raise UnsupportedColumn(msg)


def _within(type_: Any) -> Iterator[Any]:
    """Yield a type and all types inside it."""
    yield type_
    for part in ("elementType", "keyType", "valueType"):
        if (inner := getattr(type_, part, None)) is not None:
            yield from _within(inner)
    for field in getattr(type_, "fields", ()):
        yield from _within(field.dataType)


def _repeated(type_: Any) -> list[str]:
    """Return the names that several fields of a struct have."""
    names = [field.name for field in getattr(type_, "fields", ())]
    return [name for name in names if names.count(name) > 1]
