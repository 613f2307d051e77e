"""``sparknlp.annotation``: `Annotation` with pyspark's types."""

from collections.abc import Mapping, Sequence
from typing import Any

from annopipe import annotation as own
from annopipe.spark.types import to_spark_type


class _AnyAnnotation(type):
    """Every annotation of annopipe's is an instance."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, own.Annotation)


class Annotation(own.Annotation, metaclass=_AnyAnnotation):
    """Spark NLP's class: all six fields must be given, and ``dataType`` is pyspark's."""

    def __init__(
        self,
        annotatorType: str,
        begin: int,
        end: int,
        result: str,
        metadata: Mapping[str, str | None],
        embeddings: Sequence[float] | Any,
    ) -> None:
        super().__init__(annotatorType, begin, end, result, metadata, embeddings)

    @staticmethod
    def dataType() -> Any:
        """Return pyspark's struct type of one annotation."""
        return _spark_type(own.STRUCT_TYPE)

    @staticmethod
    def arrayType() -> Any:
        """Return pyspark's array type of an annotation column."""
        return _spark_type(own.COLUMN_TYPE)


for _name in own.FIELDS:
    setattr(Annotation, _name, None)  # over the base's slots, so that vars(annotation) shows the fields


def _spark_type(type_: Any) -> Any:
    from pyspark.sql import types

    return to_spark_type(types, type_)


__all__ = ["Annotation"]
