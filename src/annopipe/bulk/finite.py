"""No NaN and no infinity reaches a dataset: a text whose numbers do not fit fails, and the others stay."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from annopipe.albert.codepoints import offsets_of
from annopipe.bulk.result import Ints, Part, Result, ranges, take
from annopipe.errors import ModelError

HALF: Final = (
    "its vectors have numbers beyond 65504, the largest of float16: leave float16 out, so that vectors have 32 bits"
)
SINGLE: Final = "its vectors have numbers that are not finite: the model's weights overflow at this text"
EMBEDDINGS: Final = "embeddings"


def finite(result: Result) -> Result:
    """Return a result without the rows of texts whose vectors are not finite, which fail with the reason."""
    failures: dict[int, str] = {}
    for part in result.parts.values():
        for column in part.table.columns:
            reason = HALF if _numbers(column).dtype == np.float16 else SINGLE
            failures.update(dict.fromkeys(_texts(part, column), reason))
    return without(result, failures) if failures else result


def without(result: Result, failures: dict[int, str]) -> Result:
    """Return a result in which some texts fail, without their rows."""
    failed = list(failures)
    parts = {name: _without(part, failed) for name, part in result.parts.items()}
    tokens, cut = result.tokens.copy(), result.cut.copy()
    tokens[failed] = cut[failed] = 0
    return Result(parts, tokens, cut, {**result.failures, **failures})


def one_by_one(texts: Sequence[str], compute: Callable[[Sequence[str]], Result]) -> Result:
    """Compute texts together; one that the model refuses is put empty in its place, and fails.

    Raises:
        ModelError: the model refuses them all, or does not say which.
    """
    texts, failures = list(texts), dict[int, str]()
    while True:
        try:
            result = compute(texts)
        except ModelError as error:
            row = error.row
            if row is None or row in failures:
                raise
            texts[row], failures[row] = "", f"{type(error).__name__}: {error}"
        else:
            return without(result, failures) if failures else result


def until_failure(results: Iterator[Result]) -> Iterator[Result]:
    """Yield the results of one long text; where it fails, the last one says so and has no rows.

    Raises:
        ModelError: the model refuses the text before anything came of it.
    """
    last: Result | None = None
    try:
        for result in results:
            last = finite(result)
            yield last
            if last.failures:
                return
    except ModelError as error:
        if last is None or error.row is None:
            raise
        yield without(last, {0: f"{type(error).__name__}: {error}"})


def _without(part: Part, failed: Sequence[int]) -> Part:
    counts = np.diff(part.offsets)
    counts[failed] = 0
    return Part(take(part.table, ranges(part.offsets[:-1], counts)), offsets_of(counts))


def _texts(part: Part, column: pa.Array) -> list[int]:
    """Return the texts that a column has numbers of which are not finite."""
    if np.isfinite(_numbers(column)).all():
        return []
    rows = [row for row in range(len(column)) if not np.isfinite(_numbers(column.slice(row, 1))).all()]
    found: Ints = np.unique(np.searchsorted(part.offsets, rows, "right") - 1)
    return [int(text) for text in found]


def _numbers(column: pa.Array) -> Any:
    """Return all numbers of vectors in a column: of a list of one size, or of annotations ``list<struct<embeddings>>``.

    ``[[1, 2], [3, 4]] → [1, 2, 3, 4]``; a column of something else has none.
    """
    type_ = column.type
    if pa.types.is_fixed_size_list(type_):
        return column.flatten().to_numpy()
    if pa.types.is_list(type_) and pa.types.is_struct(type_.value_type):
        items = column.flatten()
        if items.type.get_field_index(EMBEDDINGS) >= 0:
            return items.field(EMBEDDINGS).flatten().to_numpy()
    return np.empty(0, np.float32)
