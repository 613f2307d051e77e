"""Bulk jobs of more and more rows with the bundled model: is time linear, and memory flat?

``PYTHONPATH=src python benchmarks/growth.py --rows 1000 10000 100000`` prints one table and writes it, as JSON too, to
``benchmarks/results/``. Each job runs in a process of its own; the rows are short texts.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from annopipe.albert.threads import thread_count
from report import RESULTS, machine
from sentences import WORDS

PER_BATCH = 50_000
JOB = """
import json, sys
import annopipe
report = annopipe.embed_dataset(sys.argv[1], sys.argv[2], progress=False, **json.loads(sys.argv[3]))
print(json.dumps(report.described()))
"""


def write_rows(path: Path, count: int, equal: float) -> None:
    """Write ``count`` texts of 3 to 8 words, the share ``equal`` of them repeating others."""
    different = max(1, round(count * (1 - equal)))
    schema = pa.schema([("id", pa.int64()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for first in range(0, count, PER_BATCH):
            numbers = np.arange(first, min(first + PER_BATCH, count))
            writer.write_batch(pa.record_batch({"id": numbers, "text": list(_texts(numbers % different))}))


def _texts(numbers: Any) -> Iterator[str]:
    """A text for each number, which stands at its end and makes it unlike all others."""
    for number in numbers.tolist():
        chance = np.random.default_rng(number)
        words = [WORDS[i] for i in chance.integers(len(WORDS), size=chance.integers(2, 7))]
        yield f"{' '.join(words)} {number}"


def job(count: int, given: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Run one job; return its report."""
    source, output = scratch / f"{count}.parquet", scratch / f"out{count}"
    write_rows(source, count, given.equal)
    options = {"level": given.level, "memory": given.memory, "deduplicate": not given.no_deduplicate}
    options |= {"processes": given.processes, "float16": given.level == "sentence", "flat": given.level == "word"}
    command = [sys.executable, "-c", JOB, str(source), str(output), json.dumps(options)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--level", choices=("sentence", "word"), default="sentence")
    parser.add_argument("--equal", type=float, default=0.0, help="share of rows that repeat others")
    parser.add_argument("--no-deduplicate", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--memory", default="1GB")
    given = parser.parse_args()
    reports = []
    print(f"{'rows':>9} {'seconds':>9} {'rows/s':>8} {'tokens/s':>9} {'peak MB':>8} {'unique':>9}")
    with tempfile.TemporaryDirectory() as scratch:
        for count in given.rows:
            report = job(count, given, Path(scratch))
            reports.append(report)
            peak = (report["peak_memory"] or 0) / 1e6
            rate = f"{report['rows_per_second']:8.0f} {report['tokens_per_second']:9.0f}"
            print(f"{count:9d} {report['seconds']:9.1f} {rate} {peak:8.0f} {report['unique']:9d}", flush=True)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"growth-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps({"machine": machine(thread_count()), "options": vars(given), "jobs": reports}, indent=1))
    print(f"written to {path}")


if __name__ == "__main__":
    main()
