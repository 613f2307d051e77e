"""A progress bar on a terminal; nothing where nobody looks."""

import importlib.util
import sys
from time import monotonic
from types import TracebackType
from typing import Any, Self


class Progress:
    """Rows done of all rows, on stderr while it is a terminal (``tqdm``, extra ``annopipe[progress]``).

    The bar shows percent, rows a second and the time that is left; where tokens are counted also tokens a second,
    padding and truncated tokens. Without tqdm one line says which extra brings the bar; on a pipe or in a file nothing
    is written.

    Args:
        total: rows in all.
        done: rows that were done before.
        shown: False for no bar at all.
    """

    def __init__(self, total: int, *, done: int = 0, shown: bool = True) -> None:
        self._total, self._done, self._shown = total, done, shown
        self._bar: Any = None
        self._start = monotonic()
        self._earlier = (0, 0)
        self._shard = (0, 0)

    def __enter__(self) -> Self:
        """Show the bar, where there is someone to see it."""
        if not self._shown or not sys.stderr.isatty():
            return self
        if importlib.util.find_spec("tqdm") is None:
            sys.stderr.write("no progress bar: pip install 'annopipe[progress]' brings it\n")
            return self
        from tqdm import tqdm

        self._bar = tqdm(
            total=self._total, initial=self._done, unit=" rows", file=sys.stderr, dynamic_ncols=True, smoothing=0.1
        )
        return self

    def add(self, rows: int, tokens: int | None = None, truncated: int = 0) -> None:
        """Count rows that are done; ``tokens`` and ``truncated`` are those of the shard so far."""
        if self._bar is None:
            return
        if tokens is not None:
            self._shard = (tokens, truncated)
            rate = (self._earlier[0] + tokens) / max(monotonic() - self._start, 1e-9)
            cut = self._earlier[1] + truncated
            self._bar.set_postfix_str(f"{rate:.0f} tokens/s, padding 0, truncated {cut}", refresh=False)
        self._bar.update(rows)

    def commit(self) -> None:
        """A shard is done: the next counts from 0."""
        self._earlier = (self._earlier[0] + self._shard[0], self._earlier[1] + self._shard[1])
        self._shard = (0, 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
