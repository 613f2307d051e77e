"""Starts jobs quickly: a process that has imported everything forks for each one. Run as a program by `JobServer`.

A line of JSON with ``words``, ``host`` and ``stderr`` on standard input starts a job and gives its process number; a
number alone waits for that job and gives its exit code. The model is loaded in the child: its threads would not survive
a fork.
"""

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))
NEW_HOST_NAME: Final = 0x04000000


class Started:
    """A job that was started."""

    def __init__(self, server: "JobServer", process: int, stderr: Path) -> None:
        self._server, self.process, self._stderr = server, process, stderr

    def signal(self, number: int) -> None:
        os.kill(self.process, number)

    def is_there(self) -> bool:
        return Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"

    def end(self) -> tuple[int, str]:
        """Wait for the job; return its exit code (negative: the signal) and what it said."""
        code = self._server.ask(self.process)
        return code, self._stderr.read_text("utf-8") if self._stderr.exists() else ""


class JobServer:
    """The server, from the tests' side; used as a context."""

    def __init__(self, folder: Path, lease: float) -> None:
        self._folder, self._count = folder, 0
        environment = {**os.environ, "ANNOPIPE_LEASE_SECONDS": str(lease), "PYTHONPATH": os.pathsep.join(sys.path)}
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def __enter__(self) -> "JobServer":
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.kill()
        self._server.communicate()

    def ask(self, question: Any) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(question) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def start(self, words: list[str], host: str = "") -> Started:
        self._count += 1
        stderr = self._folder / f"said-{self._count}.txt"
        return Started(self, self.ask({"words": words, "host": host, "stderr": str(stderr)}), stderr)


def _child(order: dict[str, Any]) -> None:
    from annopipe.cli import main
    from annopipe.interrupts import at_once

    said = os.open(order["stderr"], os.O_CREAT | os.O_WRONLY)
    os.dup2(said, 2)
    os.dup2(said, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if order["host"] and not ctypes.CDLL(None).unshare(NEW_HOST_NAME):
        socket.sethostname(order["host"])
    with at_once():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        code = main(order["words"])
    sys.stderr.flush()
    os._exit(code)


def _serve() -> None:
    import filelock

    import annopipe.bulk.embedding
    import annopipe.cli.command  # noqa: F401

    _ = filelock.SoftFileLease
    with contextlib.suppress(ImportError):
        import pandas  # noqa: F401 - pyarrow does, if it is there, in each child that has not

    while line := sys.stdin.readline():
        order = json.loads(line)
        if isinstance(order, int):
            print(os.waitstatus_to_exitcode(os.waitpid(order, 0)[1]), flush=True)
            continue
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        process = os.fork()
        if not process:
            _child(order)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        print(process, flush=True)


if __name__ == "__main__":
    _serve()
