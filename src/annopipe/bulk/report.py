"""What a bulk job did."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from annopipe.bulk.amounts import shown
from annopipe.bulk.durable import naming
from annopipe.bulk.journal import COUNTED, Done


@dataclass(frozen=True, slots=True)
class Report:
    """What a bulk job did, in all its runs together, and how fast this run was.

    Attributes:
        output: the dataset's folder.
        rows: rows of the inputs that are done.
        texts: texts that were embedded: rows without those that failed.
        unique: texts that were met for the first time, as far as memory reaches.
        cached, computed: of these, how many came from the cache of earlier runs, and how many were computed.
        tokens: tokens of all texts.
        truncated: tokens without a vector in the ``sparknlp`` dialect; pieces of texts past the length of the model's
            own sentence vectors (`Sentence.cut`). 0 otherwise.
        padding: share of padding in what was computed; always 0.
        failed: rows, and damaged lines, that are named in ``_failures.jsonl``.
        shards, bytes: files' groups and their size.
        rows_before: rows that earlier runs had done.
        seconds: of this run.
        rows_per_second, tokens_per_second: of this run.
        peak_memory: most bytes of memory that this process has had, None where the system does not tell.
    """

    output: Path
    rows: int
    texts: int
    unique: int
    cached: int
    computed: int
    tokens: int
    truncated: int
    failed: int
    shards: int
    bytes: int
    rows_before: int
    seconds: float
    rows_per_second: float
    tokens_per_second: float
    peak_memory: int | None
    padding: float = 0.0

    def described(self) -> dict[str, Any]:
        """Return all by name, ready for JSON."""
        return {**asdict(self), "output": str(self.output)}

    def write(self, path: Path) -> None:
        """Write all as JSON.

        Raises:
            OutputError: the file cannot be written.
        """
        with naming(path):
            path.write_text(json.dumps(self.described(), indent=2) + "\n", encoding="utf-8")

    def __str__(self) -> str:
        failed = f", {self.failed} failed" if self.failed else ""
        before = f" ({self.rows_before} of them before)" if self.rows_before else ""
        return (
            f"{self.output}: {self.rows} rows{before}{failed}, {self.tokens} tokens in {self.seconds:.1f} s "
            f"({self.rows_per_second:.0f} rows/s, {self.tokens_per_second:.0f} tokens/s); texts {self.texts}, "
            f"unique {self.unique}, cached {self.cached}, computed {self.computed}; padding 0, truncated "
            f"{self.truncated}; {self.shards} shards, {shown(self.bytes)}"
        )


def make_report(output: Path, before: Iterable[Done], now: Iterable[Done], *, seconds: float, faults: int) -> Report:
    """Sum up what was counted shard by shard."""
    before, now = list(before), list(now)
    every = [*before, *now]
    counts = {name: sum(done.counts.get(name, 0) for done in every) for name in COUNTED}
    rows_before = sum(done.counts.get("rows", 0) for done in before)
    tokens = sum(done.counts.get("tokens", 0) for done in now)
    return Report(
        output=output,
        **counts,
        failed=faults + sum(len(done.failures) for done in every),
        shards=len(every),
        bytes=sum(file.bytes for done in every for file in done.files),
        rows_before=rows_before,
        seconds=round(seconds, 3),
        rows_per_second=round((counts["rows"] - rows_before) / max(seconds, 1e-9), 1),
        tokens_per_second=round(tokens / max(seconds, 1e-9), 1),
        peak_memory=peak_memory(),
    )


def peak_memory() -> int | None:
    """Return the most bytes of memory that this process has had.

    Linux is asked by its own file: ``ru_maxrss`` of a new process begins with what its parent had.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        most = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM:")), None)
        if most is not None:
            return int(most.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024
