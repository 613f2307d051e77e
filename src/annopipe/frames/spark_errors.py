"""Errors of stages on workers, read on the driver as what they are: by name, in one line.

An engine hands a worker's error to the driver as text, inside a message of its own that has the worker's traceback. The
text names our error.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from annopipe import errors
from annopipe.errors import AnnopipeError, SessionError
from annopipe.frames.spark_workers import read_worker

Reading: TypeAlias = Callable[[Exception], AnnopipeError | None]
"""Tells which of our errors pyspark's error is, None for none of ours."""

_NAMED: Final = re.compile(r"\bannopipe\.errors\.(\w+): (.+)")
_STOPPED: Final = re.compile(r'on a stopped SparkContext|SparkContext\.\w+\(\)" is null|SparkContext has been shutdown')
_ROW: Final = re.compile(r"row (\d+) of its partition, (\w+):")


def one_line(error: AnnopipeError) -> AnnopipeError:
    """Return a worker's error without line breaks and frames: its name and text are what reaches the driver.

    A worker counts the rows of its partition, which the text says then.
    """
    told = " ".join(str(error).split())
    if error.row is not None:
        told = told.replace(f"row {error.row},", f"row {error.row} of its partition,", 1)
    return type(error)(told)


def by_name(error: Exception) -> AnnopipeError | None:
    """Return the error of annopipe that an engine's message names; that of a worker that died or does not start too."""
    java = getattr(error, "_stackTrace", None) or getattr(error, "stackTrace", "")  # pyspark 4 and 3.5
    text = f"{error}\n{java}"
    found = _NAMED.search(text)
    kind = getattr(errors, found.group(1), None) if found else None
    if found is None or kind is None:
        told = session_stopped() if _STOPPED.search(text) else read_worker(text)
        return None if told is None else _plain(told)
    named: AnnopipeError = kind(found.group(2).rstrip())
    row = _ROW.match(str(named))
    return _plain(named if row is None else named.at(int(row.group(1)), row.group(2)))


def session_stopped() -> AnnopipeError:
    """Return the error of a session that was stopped, and of its frames."""
    return SessionError("this Spark session was stopped, and its frames with it: annopipe.start() gives a new one")


def _plain(error: AnnopipeError) -> AnnopipeError:
    """Let notebooks draw the error as its one line, without the frames of pyspark's client."""
    error._render_traceback_ = lambda: [f"{type(error).__name__}: {error}"]  # type: ignore[attr-defined]
    return error
