"""A progress bar on a terminal; nothing where nobody looks."""

import importlib.util
import sys
from types import TracebackType
from typing import Any, Self


class Progress:
    """Rows done of all rows, on stderr while it is a terminal (``tqdm``, extra ``annopipe[progress]``).

    Without tqdm one line says which extra brings the bar; on a pipe or in a file nothing is written.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._bar: Any = None

    def __enter__(self) -> Self:
        """Show the bar, where there is someone to see it."""
        if not sys.stderr.isatty():
            return self
        if importlib.util.find_spec("tqdm") is None:
            sys.stderr.write("no progress bar: pip install 'annopipe[progress]' brings it\n")
            return self
        from tqdm import tqdm

        self._bar = tqdm(total=self._total, unit=" rows", file=sys.stderr, dynamic_ncols=True)
        return self

    def add(self, rows: int) -> None:
        """Count rows that are done."""
        if self._bar is not None:
            self._bar.update(rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
