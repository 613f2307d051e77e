"""Bounds of what a server may take of time and memory, however it answers.

The time-outs of HTTP libraries begin again with every byte that comes: a server that sends one now and then keeps its
caller for ever. Libraries also read an answer of any length into memory, and JSON of any depth raises RecursionError.
"""

import concurrent.futures
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final, TypeVar

SLOWEST: float = 4096.0
"""Bytes a second, below which a transfer is given up; modems were faster."""
PATIENCE: Final = 6.0
"""How many time-outs of one read a whole answer's headers may take, and a window in which `SLOWEST` is measured."""
LONGEST_ANSWER: int = 64 << 20
"""Bytes of an answer that is read into memory."""
LARGEST: int = 16 << 30
"""Bytes of a file of weights or an archive, where the server does not announce them."""
LARGEST_SMALL: int = 64 << 20
SMALL: Final = {".json", ".model", ".txt", ".vocab", ".md", ".sha256"}

Value = TypeVar("Value")


class TooLong(ValueError):
    """An answer is longer than `LONGEST_ANSWER`."""


def largest(name: str) -> int:
    """Return how many bytes a file of this name may have: weights many, configurations and vocabularies few."""
    return LARGEST_SMALL if PurePosixPath(name).suffix.lower() in SMALL else LARGEST


def within(seconds: float, call: Callable[[], Value]) -> Value:
    """Return what a call returns, or give up waiting for it; a late answer is closed.

    Raises:
        TimeoutError: it took longer than ``seconds``.
    """
    answer: concurrent.futures.Future[Value] = concurrent.futures.Future()

    def work() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True, name="annopipe request").start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        if answer.done():
            raise
        answer.add_done_callback(_close)
        raise TimeoutError(f"no answer within {seconds:.0f} s") from None
    except KeyboardInterrupt:
        answer.add_done_callback(_close)
        raise


def _close(answer: "concurrent.futures.Future[Any]") -> None:
    with contextlib.suppress(Exception):
        if answer.exception() is None:
            answer.result().close()


def in_pace(chunks: Iterable[bytes], timeout: float) -> Iterator[bytes]:
    """Yield the chunks of a transfer as long as it is not hopelessly slow.

    Args:
        chunks: as they come from the network, each within ``timeout`` or not at all.
        timeout: seconds of one read.

    Raises:
        TimeoutError: in a window of `PATIENCE` time-outs fewer than `SLOWEST` bytes a second came.
    """
    window, began, came = PATIENCE * timeout, time.monotonic(), 0
    for chunk in chunks:
        yield chunk
        came += len(chunk)
        now = time.monotonic()
        if now - began > window:
            if came < SLOWEST * (now - began):
                raise TimeoutError(f"{came} bytes in {now - began:.0f} s")
            began, came = now, 0


def collected(chunks: Iterable[bytes]) -> bytes:
    """Return chunks as one answer.

    Raises:
        TooLong: there are more than `LONGEST_ANSWER` bytes.
    """
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LONGEST_ANSWER:
            raise TooLong(f"more than {LONGEST_ANSWER >> 20} MiB")
    return bytes(content)


def parsed(content: bytes | str) -> Any:
    """Return the value of JSON that came from elsewhere.

    Raises:
        ValueError: it is no JSON, no UTF-8, or nested too deeply.
    """
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None
