"""One peer's process: commands come as lines of JSON on standard input, answers go out as lines of JSON.

Only the standard library and NumPy: each peer lives in an environment of its own. What libraries print goes to standard
error, so that it cannot get among the answers.

A command is ``{"do": "run", "setting", "texts", "times"}`` (seconds of each time), ``{"do": "vectors", "setting",
"texts", "file"}`` (arrays into an ``.npz`` file), ``{"do": "memory"}`` (peak bytes of this process and those below it,
and of the largest Python worker of Spark among them) or ``{"do": "end"}``. The first answer says that the model is
there and gave vectors: the program is called with the job's file, a folder of its own, and setting and texts of these
first vectors.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Texts:
    """Texts with a name, and a Parquet file that holds them in the column ``text``."""

    name: str
    values: list[str]
    parquet: str


@dataclass(frozen=True)
class Job:
    """What all processes of a contest share.

    Attributes:
        model: folder with the model: ``config.json``, weights, vocabulary, ``model.onnx``, ``assets``.
        threads: processor threads.
        texts: name → texts.
        scratch: a folder of this process' own.
        extra: facts of the environment, such as ``jars``.
    """

    model: Path
    threads: int
    texts: dict[str, Texts]
    scratch: Path
    extra: dict[str, str]


class Peer(Protocol):
    """A peer, loaded."""

    def versions(self) -> dict[str, str]:
        """Packages that matter, and their versions."""
        ...

    def run(self, setting: str, texts: Texts) -> "int | None":
        """Compute the vectors of all texts; a number of pieces is given where it is not that of the texts."""
        ...

    def vectors(self, setting: str, texts: Texts) -> "dict[str, Any]":
        """Return ``values`` [n, width] and ``counts`` [texts]; for words also ``begin`` [n], code points."""
        ...


def serve(load: Any) -> None:
    """Load a peer and answer until ``end`` or the end of input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = _job(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
    setting, first = sys.argv[3:5]
    peer = load(job)
    peer.run(setting, job.texts[first])
    _say(answers, {"versions": peer.versions()})
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "end":
            break
        _say(answers, _answer(peer, job, command))
    answers.flush()
    os._exit(0)


def _answer(peer: Peer, job: Job, command: "dict[str, Any]") -> "dict[str, Any]":
    if command["do"] == "memory":
        found = peaks(os.getpid())
        workers = [peak for command, peak in found if "pyspark.daemon" in command]
        return {"bytes": sum(peak for _, peak in found), "worker": max(workers, default=0)}
    texts = job.texts[command["texts"]]
    if command["do"] == "vectors":
        np.savez(command["file"], **peer.vectors(command["setting"], texts))
        return {}
    seconds, pieces = [], None
    for _ in range(command["times"]):
        start = time.perf_counter()
        pieces = peer.run(command["setting"], texts)
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "pieces": pieces}


def _say(answers: Any, answer: "dict[str, Any]") -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _job(found: "dict[str, Any]", scratch: Path) -> Job:
    texts = {name: Texts(name, one["values"], one["parquet"]) for name, one in found["texts"].items()}
    scratch.mkdir(parents=True, exist_ok=True)
    return Job(Path(found["model"]), found["threads"], texts, scratch, found["extra"])


def peaks(pid: int) -> "list[tuple[str, int]]":
    """Command and peak resident bytes of a process and of all below it that live, as Linux tells; none elsewhere."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return []
    command = Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    line = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    below = [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]
    return [(command, int(line.split()[1]) * 1024), *(found for child in below for found in peaks(child))]


def batches(order: Sequence[int], size: int) -> "list[list[int]]":
    """Cut an order of places into batches."""
    return [list(order[first : first + size]) for first in range(0, len(order), size)]


def equal_lengths(lengths: Sequence[int], budget: int) -> "list[list[int]]":
    """Cut places into batches of one length each and at most ``budget`` pieces, or one text."""
    by_length: dict[int, list[int]] = {}
    for place, length in enumerate(lengths):
        by_length.setdefault(length, []).append(place)
    return [batch for length, places in by_length.items() for batch in batches(places, max(1, budget // length))]


def padded(ids: "Sequence[Sequence[int]]") -> "tuple[Any, Any]":
    """Return ids padded to the longest, and the mask."""
    width = max(map(len, ids))
    array, mask = np.zeros((len(ids), width), np.int64), np.zeros((len(ids), width), np.int64)
    for row, one in enumerate(ids):
        array[row, : len(one)], mask[row, : len(one)] = one, 1
    return array, mask


def end_to_end(arrays: "list[Any]") -> "dict[str, Any]":
    """Return arrays of one text each as `Peer.vectors` gives them."""
    return {"values": np.concatenate(arrays), "counts": np.array([len(array) for array in arrays])}
