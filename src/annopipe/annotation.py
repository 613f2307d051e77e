"""One annotation as users see it, and the Arrow type of a column of annotations.

The six fields, their order and their types are Spark NLP's (``Annotation.dataType()`` of 5.5.3).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

STRUCT_TYPE: Final = pa.struct(
    [
        pa.field("annotatorType", pa.string()),
        pa.field("begin", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("result", pa.string()),
        pa.field("metadata", pa.map_(pa.string(), pa.string())),
        pa.field("embeddings", pa.list_(pa.field("element", pa.float32(), nullable=False))),
    ]
)
COLUMN_TYPE: Final = pa.list_(pa.field("element", STRUCT_TYPE))
FIELDS: Final = tuple(field.name for field in STRUCT_TYPE)


class Annotation:
    """One annotation: a span of a document with what an annotator says of it.

    Attributes:
        annotatorType: kind, such as ``document``, ``token``, ``word_embeddings``.
        begin: place of the first character in the document's (cleaned) text, from 0.
        end: place of the LAST character, inclusive; -1 for empty text.
        result: the text of the span, or what the annotator makes of it.
        metadata: string to string, such as ``{"sentence": "0"}``.
        embeddings: the vector (float32 array or list), empty where the annotator gives none.

    ``begin`` and ``end`` count Unicode code points in the ``albert`` dialect and UTF-16 units in ``sparknlp``. The
    class is Spark NLP's ``sparknlp.annotation.Annotation``, printed in the same way; ``embeddings`` may be left out.
    """

    __slots__ = ("annotatorType", "begin", "embeddings", "end", "metadata", "result")

    def __init__(
        self,
        annotatorType: str,
        begin: int,
        end: int,
        result: str,
        metadata: Mapping[str, str | None],
        embeddings: Sequence[float] | Any = (),
    ) -> None:
        self.annotatorType = annotatorType
        self.begin = begin
        self.end = end
        self.result = result
        self.metadata = dict(metadata)
        self.embeddings = list(embeddings) if isinstance(embeddings, tuple) else embeddings

    def copy(self, result: str) -> "Annotation":
        """Return the same annotation with another ``result``."""
        return Annotation(self.annotatorType, self.begin, self.end, result, self.metadata, self.embeddings)

    def asDict(self) -> dict[str, Any]:
        """Return the six fields by name."""
        return {name: getattr(self, name) for name in FIELDS}

    def __eq__(self, other: object) -> bool:
        """All six fields are equal."""
        if not isinstance(other, Annotation):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.annotatorType, self.begin, self.end, self.result))

    def _key(self) -> tuple[object, ...]:
        floats = [float(value) for value in self.embeddings]
        return (self.annotatorType, self.begin, self.end, self.result, self.metadata, floats)

    def __repr__(self) -> str:
        """Spark NLP's form: ``Annotation(token, 0, 0, a, {'sentence': '0'}, [])``."""
        floats = [float(str(value)) for value in self.embeddings]
        return f"Annotation({self.annotatorType}, {self.begin}, {self.end}, {self.result}, {self.metadata}, {floats})"

    @staticmethod
    def toRow(annotation: "Annotation") -> tuple[object, ...]:
        """Return the six fields as a tuple, in the order of the schema."""
        return tuple(getattr(annotation, name) for name in FIELDS)

    @staticmethod
    def fromRow(row: Any) -> "Annotation":
        """Make an annotation from anything with the six fields as attributes, keys or in order."""
        if isinstance(row, Mapping):
            return Annotation(**{name: row[name] for name in FIELDS})
        if hasattr(row, "annotatorType"):
            return Annotation(*(getattr(row, name) for name in FIELDS))
        return Annotation(*row)

    @staticmethod
    def dataType() -> pa.StructType:
        """Return the Arrow struct of one annotation."""
        return STRUCT_TYPE

    @staticmethod
    def arrayType() -> pa.ListType:
        """Return the Arrow type of an annotation column: a list of structs."""
        return COLUMN_TYPE


def is_annotation_type(type_: pa.DataType) -> bool:
    """Tell whether an Arrow type holds lists of annotations (nullability and list width aside)."""
    if not (pa.types.is_list(type_) or pa.types.is_large_list(type_)):
        return False
    item = type_.value_type
    return pa.types.is_struct(item) and tuple(item.field(i).name for i in range(item.num_fields)) == FIELDS
