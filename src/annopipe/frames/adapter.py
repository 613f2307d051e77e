"""What the pipeline sees of a frame, whatever its library."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeAlias

import pyarrow as pa

Batches: TypeAlias = Iterator[pa.RecordBatch]
Run: TypeAlias = Callable[[Batches], Batches]


class Adapter(Protocol):
    """A frame as Arrow batches, and the way back to a frame of its kind."""

    @property
    def schema(self) -> pa.Schema:
        """The columns of the frame, known before data moves.

        Annotation columns have the type `annopipe.annotation.COLUMN_TYPE` and, where the frame can tell, their kind
        in the field's metadata (``annotatorType``). Each field bears the mark of `annopipe.frames.carrying`; frames
        that keep columns out of Arrow add a column of row numbers.
        """
        ...

    def apply(self, run: Run, schema: pa.Schema) -> Any:
        """Feed the frame's batches to ``run`` and return a frame of the same kind from what it yields.

        Args:
            run: from batches to batches, lazily. It may yield more or fewer rows, in other batches, but in the
                order of its input; what it yields has the columns of ``schema``. Batches may bring one column more
                than the adapter's schema: `annopipe.surrogates.NOTE_COLUMN`.
            schema: the columns of the result. A field of the adapter's schema that is still there, mark included,
                is a column that nobody changed; a column that was made anew has a field that was made anew. The
                column of row numbers stays.

        Returns:
            A frame of the same kind; the caller's is not changed.
        """
        ...
