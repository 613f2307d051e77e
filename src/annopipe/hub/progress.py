"""Bytes that came, as a bar where a person looks: on a terminal or in a notebook, never on a pipe."""

import importlib.util
import sys
from types import TracebackType
from typing import Any, Self


class Progress:
    """A bar on stderr from ``tqdm``; silent where nobody looks or tqdm is not installed."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = total
        self._bar: Any = None

    def __enter__(self) -> Self:
        """Show the bar, where there is someone to see it."""
        if _somebody_looks() and importlib.util.find_spec("tqdm") is not None:
            from tqdm import tqdm

            self._bar = tqdm(
                total=self._total, desc=self._title, unit="B", unit_scale=True, file=sys.stderr, dynamic_ncols=True
            )
        return self

    def add(self, count: int) -> None:
        """Count bytes that came; a negative number takes back what has to come again."""
        if self._bar is not None:
            self._bar.update(count)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()


def _somebody_looks() -> bool:
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)
