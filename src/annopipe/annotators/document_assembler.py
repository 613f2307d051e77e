"""DocumentAssembler: from a text column to documents."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.cleanup import CLEANUPS
from annopipe.annotators.stage import Transformer
from annopipe.annotators.text_values import (
    check_id_type,
    check_metadata_type,
    check_text_type,
    is_text_list,
    metadata_of,
    text_lists_of,
    texts_of,
)
from annopipe.annotators.wiring import add_output, annotation_field, shown
from annopipe.columns import AnnotationColumn, Metadata, rows_of
from annopipe.converters import to_str
from annopipe.errors import ParamValueError, WiringError
from annopipe.offsets import utf16_length
from annopipe.params import Param

REPLACED = "replacedCharacters"


def _to_mode(name: str, value: Any) -> str:
    mode = to_str(name, value)
    if _folded(mode) not in CLEANUPS:
        msg = f"Cleanup mode possible values: {', '.join(CLEANUPS)} (received {value!r})"
        raise ParamValueError(msg)
    return mode


def _folded(mode: str) -> str:
    return mode.strip().lower()


class DocumentAssembler(Transformer):
    """Make one document of each text: the first stage of every pipeline.

    A null text is an empty one: one annotation, begin 0, end -1. A column of string lists gives one document an
    element, numbered by ``metadata["sentence"]``. Other types are written as text the way Spark writes them. Offsets
    of all later stages refer to the cleaned text. Source: Spark NLP 5.5.3, recorded.

    Beyond Spark NLP: null elements of lists are empty texts, a null metadata map is empty, id and metadata reach
    list elements and later stages too, lone surrogates become U+FFFD and are counted in
    ``metadata["replacedCharacters"]``.
    """

    inputCol = Param(to_str, "name of the text column", lenient=True)
    outputCol = Param(to_str, "name of the output column", "document")
    idCol = Param(to_str, "name of a column to put into metadata as id; unset = none", lenient=True)
    metadataCol = Param(to_str, "name of a map column to put into metadata; unset = none", lenient=True)
    cleanupMode = Param(_to_mode, f"how to clean the text: {', '.join(CLEANUPS)}", "disabled", lenient=True)

    def setCleanupMode(self, value: str) -> Self:
        """Set ``cleanupMode``; case and surrounding spaces do not matter, and are kept as given.

        Raises:
            ParamValueError: none of the eight modes.
        """
        return self._set("cleanupMode", value)

    def text_input(self) -> str:
        """Return ``inputCol``, ``text`` if it is not set."""
        return str(self._explicit("inputCol") or "text")

    def _required(self) -> str:
        name: str | None = self._explicit("inputCol")
        if name is None:
            msg = f"{self.uid}: Failed to find a default value for inputCol: call setInputCol('<text column>')"
            raise WiringError(msg)
        return name

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`."""
        name = self._required()
        for param in ("inputCol", "idCol", "metadataCol"):
            column = self._explicit(param)
            if column is not None and column not in schema.names:
                msg = (
                    f"Dataset does not have any '{column}' column ({param} of {self.uid}); its columns: {shown(schema)}"
                )
                raise WiringError(msg)
        check_text_type(schema.field(name))
        if (column := self._explicit("idCol")) is not None:
            check_id_type(schema.field(column))
        if (metadata := self._explicit("metadataCol")) is not None:
            check_metadata_type(schema.field(metadata).type, metadata)
        field = annotation_field(self.getOrDefault("outputCol"), "document")
        return add_output(self.uid, schema, field, replaces=name)

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:  # noqa: ARG002
        """See `Transformer.run`."""
        name = self._required()
        array = batch.array(name)
        if is_text_list(array.type):
            lists = text_lists_of(array, name)
            counts = [len(row or ()) for row in lists]
            texts: list[str | None] = [text for row in lists for text in row or ()]
            sentences = [str(i) for count in counts for i in range(count)]
        else:
            texts, counts = texts_of(array, name), [1] * batch.rows
            sentences = ["0"] * batch.rows
        column = self._column(texts, counts, sentences, self._more(batch, counts))
        return batch.put(self.getOrDefault("outputCol"), column)

    def _column(
        self, texts: Iterable[str | None], counts: list[int], sentences: list[str], more: list[Metadata | None] | None
    ) -> AnnotationColumn:
        clean = CLEANUPS[_folded(self.getOrDefault("cleanupMode"))]
        results = [clean(text) if text else "" for text in texts]
        length = utf16_length if self._dialect == "sparknlp" else len
        count = len(results)
        return AnnotationColumn(
            annotator_type="document",
            offsets=rows_of(counts),
            begin=np.zeros(count, np.int64),
            end=np.array([length(text) - 1 for text in results], np.int64),
            result=results,
            metadata={"sentence": list(sentences)},
            inherited=more,
        )

    def _more(self, batch: Batch, counts: list[int]) -> list[Metadata | None] | None:
        """Return the metadata that comes from other columns, one an annotation."""
        rows: list[dict[str, str | None]] = [{} for _ in counts]
        if (column := self._explicit("metadataCol")) is not None:
            for row, entries in zip(rows, metadata_of(batch.array(column), column), strict=True):
                row.update(entries)
        if (column := self._explicit("idCol")) is not None:
            for row, value in zip(rows, texts_of(batch.array(column), column), strict=True):
                row["id"] = value
        if batch.replaced is not None:
            for row, replaced in zip(rows, batch.replaced, strict=True):
                if replaced:
                    row[REPLACED] = str(replaced)
        if not any(rows):
            return None
        mended = [{k: v for k, v in row.items() if k != "sentence"} or None for row in rows]
        return [row for row, count in zip(mended, counts, strict=True) for _ in range(count)]
