"""The pandas frame that ``predict`` returns."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from annopipe.annotators.batch import Batch
from annopipe.columns import Ints
from annopipe.errors import WiringError
from annopipe.nlu.cells import cells_of
from annopipe.nlu.components import Component
from annopipe.nlu.inputs import TEXT, Given
from annopipe.nlu.levels import lay_out, left_out
from annopipe.nlu.options import Wanted

if TYPE_CHECKING:
    import pandas as pd

ORIGIN = "origin_index"


class Gathered:
    """The cells of a result, batch by batch."""

    def __init__(self, components: Sequence[Component], wanted: Wanted) -> None:
        self._wanted = wanted
        self._components = [c for c in components if wanted.embeddings or not c.is_vector]
        self._shown = [c for c in self._components if c.level == wanted.level]
        gone = frozenset() if wanted.whole else left_out(wanted.level)
        self._gone = {c.column for c in self._components if c.column in gone and c.level != wanted.level}
        self.cells: dict[str, list[Any]] = {}
        self.origins: list[Ints] = []
        self._numbered = {f"{c.column}_{end}" for c in self._shown if "embed" in c.output for end in ("begin", "end")}

    def add(self, batch: Batch, rows: Ints) -> None:
        """Take the annotations of a batch, whose rows are of the given numbers in the input."""
        columns = {c.output: batch.annotations(c.output) for c in self._components}
        layout = lay_out(columns, self._shown, batch.rows)
        for component in self._components:
            places = layout.places.get(component.output)
            made = cells_of(component, columns[component.output], places, layout.origin, self._wanted)
            for name, cells in made:
                if name not in self._gone:
                    self.cells.setdefault(name, []).extend(cells)
        self.origins.append(rows[layout.origin])

    def frame(self, given: Given) -> "pd.DataFrame":
        """Return the columns in the order of their names, the input's beside them.

        Raises:
            WiringError: a column of the input has the name of one that was made.
        """
        import pandas as pd

        origin = np.concatenate([np.empty(0, np.int64), *self.origins])
        columns = {name: self._series(name, cells) for name, cells in self.cells.items()}
        if self._wanted.whole:
            columns[ORIGIN] = pd.Series(origin, dtype=np.int64)
        beside = _beside(given, origin, self._wanted)
        _check_names(columns, beside)
        columns |= beside
        index = pd.Index(origin) if given.index is None else given.index.take(origin)
        whole = pd.DataFrame({name: columns[name] for name in sorted(columns, key=str)}, index=range(len(origin)))
        return whole.set_axis(index)

    def _series(self, name: str, cells: Sequence[Any]) -> "pd.Series[Any]":
        import pandas as pd

        if name in self._numbered and all(isinstance(cell, int) for cell in cells):
            return pd.Series(cells, dtype=np.int64)
        if self._is_empty_vector(name, cells):
            return pd.Series(cells, dtype=np.float64)
        values = np.empty(len(cells), object)
        values[:] = cells if not any(isinstance(cell, list | np.ndarray) for cell in cells) else _filled(cells)
        return pd.Series(values, dtype=object)

    def _is_empty_vector(self, name: str, cells: Sequence[Any]) -> bool:
        vectors = {component.column for component in self._shown if component.is_vector}
        return name in vectors and bool(cells) and all(isinstance(cell, float) for cell in cells)


def _filled(cells: Iterable[Any]) -> Any:
    listed = list(cells)
    values = np.empty(len(listed), object)
    for place, cell in enumerate(listed):
        values[place] = cell
    return values


def _beside(given: Given, origin: Ints, wanted: Wanted) -> dict[Any, "pd.Series[Any]"]:
    """Return the columns of the input, each value repeated as its row is; columns without any value are left out."""
    if given.beside is None or not wanted.strangers:
        return {}
    from annopipe.frames.pandas_frames import taken_rows

    names = [name for name in given.beside.columns if name != TEXT or wanted.keeps_text]
    kept = given.beside.loc[:, names].dropna(axis="columns", how="all") if len(given) else given.beside.loc[:, names]
    taken = taken_rows(kept, origin)
    return {name: _plain(taken[name], is_text=name == TEXT) for name in taken.columns}


def _plain(series: "pd.Series[Any]", *, is_text: bool) -> "pd.Series[Any]":
    """Return a column as it is, but texts as objects on every pandas; a missing text is None."""
    import pandas as pd

    series = series.reset_index(drop=True)
    if isinstance(series.dtype, pd.StringDtype) and series.dtype.na_value is not pd.NA:
        series = series.astype(object)
    if is_text and series.dtype == object:
        return series.where(series.notna(), None)
    return series


def _check_names(made: dict[str, Any], beside: dict[Any, Any]) -> None:
    clash = [name for name in beside if name in made]
    if clash:
        msg = (
            f"the frame's column {clash[0]!r} has the name of a column that predict makes: rename it first, or leave "
            "the frame's own columns out with keep_stranger_features=False"
        )
        raise WiringError(msg)
