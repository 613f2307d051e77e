"""annopipe beside its peers: the same weights, the same texts, one run, all in turns.

``PYTHONPATH=src python benchmarks/all_peers.py ENVIRONMENTS --full`` prints the table and writes ``peers.json``,
``peers.md`` and, with matplotlib, ``peers.png`` to ``benchmarks/results/``. `benchmarks/README.md` tells how.
"""

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from annopipe.albert.model import AlbertModel
from annopipe.albert.threads import thread_count
from contest.chart import draw
from contest.corpora import EQUAL_TEXTS, MIXED, MIXES, ONE, PLAIN, ROW, SAMPLE, corpora
from contest.equality import compare
from contest.model_files import NAME, write_model
from contest.process import PeerFailed, Process, installed_bytes
from contest.roster import IN_JOBS, SEATS, TRUTH, YARDSTICK, Seat, alone, one_text_setting
from contest.rounds import Times, Turns, ratio
from contest.table import markdown
from peer_environments import RECORD, python_of
from race import Figure
from report import RESULTS, machine

REPEATS = 15
WARM = "warm"


@dataclass
class Contest:
    """One run; what it finds collects in ``results``."""

    given: argparse.Namespace
    scratch: Path
    seats: list[Seat]
    absent: dict[str, str]
    pieces: dict[str, int] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    job: Path = Path()

    def prepare(self) -> dict[str, Any]:
        """Write model and texts; return what they are."""
        model = write_model(self.scratch / "model", self._python("hugging-face"))
        vocabulary = AlbertModel.load(model, threads=1).vocabulary

        def count(texts: Any) -> Any:
            return np.diff(vocabulary.encode(list(texts)).offsets) + 2

        texts, origin = corpora(self.given.pieces, count)
        texts[WARM] = texts[MIXED][:8]
        self.pieces = {name: int(count(values).sum()) for name, values in texts.items()}
        told = {}
        for name, values in texts.items():
            path = self.scratch / f"{name.replace(' ', '_')}.parquet"
            pq.write_table(pa.table({"text": values}), path)
            told[name] = {"values": values, "parquet": "" if name == ONE else str(path)}
        jars = {"jars": str((self.given.environments / "spark-nlp" / "jars").resolve())}
        job = {"model": str(model), "threads": self.given.threads, "texts": told, "extra": jars}
        self.job = self.scratch / "job.json"
        self.job.write_text(json.dumps(job), "utf-8")
        shown = {name: {"texts": len(texts[name]), "pieces": self.pieces[name]} for name in (*MIXES, EQUAL_TEXTS, ONE)}
        return {"origin": origin, "texts": shown}

    def _python(self, environment: str) -> Path:
        return python_of(self.given.environments.resolve() / environment)

    def _start(self, seat: Seat, name: str, first: str = ONE) -> Process:
        folder = self.scratch / "processes" / f"{name}-{seat.program}-{seat.environment}"
        setting = one_text_setting(seat) if first == ONE else seat.setting
        return Process(self._python(seat.environment), seat.program, self.job, folder, setting, first)

    def whole_processes(self, starts: int) -> None:
        """Start, peak memory and size, each process by itself."""
        seconds: dict[str, list[float]] = {}
        jobs: dict[str, list[float]] = {}
        memory: dict[str, dict[str, int]] = {}
        for number in range(starts):
            for seat in alone():
                if seat not in self.seats:
                    continue
                self._say(f"start {number + 1} of {starts}: {seat.name}")
                try:
                    with self._start(seat, f"start{number}") as process:
                        seconds.setdefault(seat.name, []).append(process.start_seconds)
                        if number == 0:
                            process.run(seat.setting, MIXED)
                            memory[seat.name] = process.memory()
                    if seat.program in IN_JOBS:
                        with self._start(seat, f"job{number}", ROW) as process:
                            jobs.setdefault(seat.name, []).append(process.start_seconds)
                except PeerFailed as failed:
                    self._leave_out(seat, str(failed))
        for seat in self.seats:
            if seat.name in memory:
                size, cuda = installed_bytes(self.given.environments / seat.environment)
                start = asdict(Figure.of(seconds[seat.name]))
                job = asdict(Figure.of(jobs[seat.name])) if seat.name in jobs else None
                peak = {"memory": memory[seat.name]["bytes"], "worker": memory[seat.name]["worker"] or None}
                whole = {"start": start, "job": job, **peak, "installed": size, "cuda": cuda}
                self.results[seat.name]["whole"] = whole

    def _leave_out(self, seat: Seat, reason: str) -> None:
        for other in [other for other in self.seats if other.process == seat.process]:
            self.seats.remove(other)
            self.absent[other.name] = reason

    def turns(self, rounds: int) -> None:
        """Equality, rates and latency, with all processes there."""
        with ExitStack() as stack:
            processes: dict[tuple[str, str], Process] = {}
            for seat in list(self.seats):
                if seat.process not in processes and seat in self.seats:
                    self._say(f"loading {seat.program} of {seat.environment}")
                    try:
                        processes[seat.process] = stack.enter_context(self._start(seat, "turns"))
                    except PeerFailed as failed:
                        self._leave_out(seat, str(failed))
            turns = Turns(processes)
            self._equality(turns)
            for mix in (*MIXES, EQUAL_TEXTS):
                self._rates(turns, mix, rounds)
            self._latency(turns, rounds)
            self.absent |= turns.failed
            for seat in self.seats:
                versions = processes[seat.process].versions
                self.results[seat.name]["versions"] = ", ".join(f"{name} {it}" for name, it in versions.items())

    def _equality(self, turns: Turns) -> None:
        if TRUTH.process not in turns.processes:
            return
        for texts, name in ((PLAIN, "plain"), (SAMPLE, "sample")):
            truth = turns.processes[TRUTH.process].vectors(TRUTH.setting, texts)
            for seat in self.seats:
                if not seat.kind or seat.name in turns.failed:
                    continue
                self._say(f"vectors, {name}: {seat.name}")
                try:
                    found = turns.processes[seat.process].vectors(seat.setting, texts)
                except PeerFailed as gone:
                    turns.failed[seat.name] = str(gone)
                    continue
                self.results[seat.name].setdefault("equality", {})[name] = asdict(compare(seat, found, truth))

    def _rates(self, turns: Turns, mix: str, rounds: int) -> None:
        seats = self.seats
        if mix == EQUAL_TEXTS:
            seats = [seat for seat in seats if seat.role in {"ours", "default"} and seat.setting != "engine"]
        self._say(f"{rounds} rounds: {mix}")
        times = turns.compete(seats, mix, self.pieces[mix], rounds, WARM)
        for name, one in times.items():
            self.results[name]["rates"][mix] = _told(one, times.get(YARDSTICK))

    def _latency(self, turns: Turns, rounds: int) -> None:
        self._say("one short text")
        seats = [seat for seat in alone() if seat in self.seats]
        settings = {seat.name: one_text_setting(seat) for seat in seats}
        for name, figure in turns.latency(seats, settings, ONE, rounds, REPEATS).items():
            self.results[name]["latency_ms"] = {"median": figure.median * 1000, "spread": figure.spread}

    @staticmethod
    def _say(what: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def _told(times: Times, pipeline: Times | None) -> dict[str, Any]:
    found = {"rate": asdict(times.figure()), "seconds": times.seconds, "pieces": times.pieces}
    return {**found, "pipeline_over": asdict(ratio(pipeline, times)) if pipeline else None}


def _taking_part(environments: Path, only: list[str] | None) -> tuple[list[Seat], dict[str, str]]:
    """Seats whose environment is there, and why the others are not."""
    record = json.loads((environments / RECORD).read_text("utf-8"))
    seats, absent = [], {}
    for seat in SEATS:
        reason = record.get(seat.environment, "its environment was not made")
        if only and not any(word.lower() in seat.name.lower() for word in only):
            continue
        if reason:
            absent[seat.name] = reason
        else:
            seats.append(seat)
    return seats, absent


def _save(results: dict[str, Any], folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("peers.json", json.dumps(results, indent=1, ensure_ascii=False)),
        ("peers.md", markdown(results)),
    ):
        (folder / name).write_text(text, "utf-8")
        yield folder / name
    if importlib.util.find_spec("matplotlib"):
        draw(results, folder / "peers.png")
        yield folder / "peers.png"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("environments", type=Path, help="the folder that peer_environments.py made")
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--full", action="store_true", help="five rounds, 40 minutes on two processors")
    size.add_argument("--quick", action="store_true", help="one round of few texts, to see that all works")
    parser.add_argument("--pieces", type=int, help="pieces of each corpus (default: 3600, quick 300)")
    parser.add_argument("--rounds", type=int, help="rounds (default: 5, quick 1)")
    parser.add_argument("--starts", type=int, help="starts of each process (default: 3, quick 1)")
    parser.add_argument("--threads", type=int, default=thread_count(), help="threads of everything that runs")
    parser.add_argument("--only", nargs="*", help="words: only seats whose name holds one of them")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the files go")
    given = parser.parse_args()
    given.pieces = given.pieces or (3600 if given.full else 300)
    given.rounds = given.rounds or (5 if given.full else 1)
    given.starts = given.starts or (3 if given.full else 1)
    begin, facts = time.monotonic(), machine(given.threads)
    with tempfile.TemporaryDirectory() as scratch:
        contest = Contest(given, Path(scratch), *_taking_part(given.environments, given.only))
        contest.results = {seat.name: {**asdict(seat), "rates": {}, "versions": ""} for seat in contest.seats}
        told = contest.prepare()
        contest.whole_processes(given.starts)
        contest.turns(given.rounds)
    facts |= {"load after": machine(given.threads)["load"], "model": NAME, "texts from": told["origin"]}
    facts |= {"rounds": str(given.rounds), "minutes": f"{(time.monotonic() - begin) / 60:.1f}"}
    seats = [contest.results[seat.name] for seat in contest.seats]
    results = {"facts": facts, "texts": told["texts"], "seats": seats, "absent": contest.absent}
    print(markdown(results))
    for path in _save(results, given.output):
        print(f"written: {path}")


if __name__ == "__main__":
    main()
