"""A process that computes for a bulk job: texts come through a pipe, results go back."""

import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, Final

from annopipe.albert.threads import limit_threads
from annopipe.bulk.engine import EngineChoice
from annopipe.bulk.pulse import Pulse
from annopipe.bulk.result import Result
from annopipe.errors import AnnopipeError

RESULT: Final = "result"
DONE: Final = "done"
FAILED: Final = "failed"

Task = tuple[Sequence[str], bool, int]
"""Texts, whether they are one long text ``alone``, and how many results of them have arrived before."""

Message = tuple[str, Result | Exception | None]


def serve(pipe: "Connection[Message, Task]", choice: EngineChoice, pulse: Pulse) -> None:
    """Compute what comes until the pipe is closed, which it is too when the process at its other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pulse.start()
    if choice.threads is not None:
        limit_threads(choice.threads)
    try:
        _serve(pipe, choice)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _serve(pipe: Any, choice: EngineChoice) -> None:
    try:
        engine = choice.load()
    except (AnnopipeError, OSError, MemoryError) as error:
        pipe.send((FAILED, error))
        return
    while True:
        texts, alone, before = pipe.recv()
        try:
            for number, result in enumerate(engine.compute(texts, alone=alone)):
                if number >= before:
                    pipe.send((RESULT, result))
        except (AnnopipeError, MemoryError) as error:
            pipe.send((FAILED, error))
        else:
            pipe.send((DONE, None))
