"""A peer's process seen from outside."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

PROCESSES = Path(__file__).parent / "processes"


class PeerFailed(Exception):
    """A peer's process ended; the text is the end of what it printed."""


class Process:
    """A peer that is loaded and waits for commands; used as a context.

    Args:
        python: interpreter of its environment.
        program: file in ``processes``.
        job: the JSON file that all share.
        scratch: a folder of its own; what it prints goes to ``log.txt`` there.
        setting: with which it makes its first vectors.
        first: texts of its first vectors.

    Attributes:
        start_seconds: from start of the process to its first vectors.
        versions: what it says of its packages.
    """

    def __init__(self, python: Path, program: str, job: Path, scratch: Path, setting: str, first: str) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._log = scratch / "log.txt"
        environment = {key: value for key, value in os.environ.items() if key not in _LEFT_OUT}
        environment |= {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}
        environment |= {"PYSPARK_PYTHON": str(python), "FLAIR_CACHE_ROOT": str(scratch)}
        command = [str(python), "-W", "ignore", str(PROCESSES / f"{program}.py"), str(job), str(scratch)]
        command += [setting, first]
        start = time.perf_counter()
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        told = self._answer()
        self.start_seconds = time.perf_counter() - start
        self.versions: dict[str, str] = told["versions"]

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *raised: object) -> None:
        self.end()

    def run(self, setting: str, texts: str, times: int = 1) -> tuple[list[float], int | None]:
        """Time a setting; gives the seconds of each time, and the pieces if they are not the texts'."""
        found = self._ask({"do": "run", "setting": setting, "texts": texts, "times": times})
        return found["seconds"], found["pieces"]

    def vectors(self, setting: str, texts: str) -> dict[str, Any]:
        """Return what the peer computes."""
        file = self._log.with_name("vectors.npz")
        self._ask({"do": "vectors", "setting": setting, "texts": texts, "file": str(file)})
        with np.load(file) as found:
            return dict(found)

    def memory(self) -> dict[str, int]:
        """Peak ``bytes`` of the process and those below it, of them the largest Python ``worker`` of Spark."""
        return self._ask({"do": "memory"})

    def end(self) -> None:
        """Let it end, by force where it will not."""
        if self._process.poll() is None:
            try:
                self._process.communicate('{"do": "end"}\n', timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None  # noqa: S101
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise PeerFailed(self._said()) from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise PeerFailed(self._said())
        found: dict[str, Any] = json.loads(line)
        return found

    def _said(self) -> str:
        return self._log.read_text(errors="replace").strip()[-600:] or f"exit code {self._process.returncode}"


_LEFT_OUT = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS", "SPARK_HOME", "SPARK_REMOTE"}
"""Variables that would change what a peer does by itself."""


def installed_bytes(environment: Path) -> tuple[int, int]:
    """Return what an environment takes on the disk, and how much of it is CUDA's; the interpreter is not counted."""
    sizes = {False: 0, True: 0}
    for file in environment.rglob("*"):
        if file.is_file() and not file.is_symlink() and "__pycache__" not in file.parts:
            cuda = any(part.startswith(("nvidia", "triton", "cuda")) for part in file.relative_to(environment).parts)
            cuda = cuda or file.name.startswith(("libtorch_cuda", "libc10_cuda"))
            sizes[cuda] += file.stat().st_size
    return sum(sizes.values()), sizes[True]


if sys.platform == "win32":
    raise SystemExit("the contest reads what Linux or macOS tell of processes: run it there")
