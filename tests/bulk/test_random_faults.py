"""A bulk job under random faults: no wrong dataset with exit code 0, no file of others touched, each job can go on.

``ANNOPIPE_FAULT_SEED`` chooses other faults, ``ANNOPIPE_FAULT_RUNS`` how many runs. A run is named by its seed.
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .job_server import JobServer, Started
from .jobs import contents, make_texts, write_parquet

RUNS: Final = int(os.environ.get("ANNOPIPE_FAULT_RUNS", "100"))
SEED: Final = int(os.environ.get("ANNOPIPE_FAULT_SEED", "0"))
LEASE: Final = 0.4
ROWS, SHARD_ROWS = 600, 20
SHARDS: Final = ROWS // SHARD_ROWS
TEXTS: Final = [f"{text} {number % 400}" for number, text in enumerate(make_texts(ROWS))]
OTHERS: Final = [f"other {text}" for text in TEXTS]
TRIES: Final = 4
FOREIGN: Final = (
    "part-{0:05d}-77-c000.snappy.parquet",
    "part-{0:05d}.parquet",
    ".part-{0:05d}.parquet.7.part",
    "words/part-{0:05d}.parquet",
    "words/mine-{0}.txt",
    "mine-{0}.parquet",
    ".hidden-{0}",
    "_annopipe/part-{0:05d}.parquet",
    "_annopipe/run-{0}-0123abcd/part-00001.parquet.part",
    "_annopipe/mine-{0}.jsonl",
)
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))
JOURNALS: Final = ("shards.jsonl", "made.jsonl", "generation.json")


@dataclass
class Faults:
    """One job and what happens to it."""

    server: JobServer
    folder: Path
    model: Path
    seed: int
    flat: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    foreign: dict[Path, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311
        self.flat = self.chance.random() < 0.3
        self.out, self.cache = self.folder / "out", self.folder / "cache.sqlite"
        self.source = write_parquet(self.folder / "in.parquet", list(TEXTS))
        self.original = self.source.read_bytes()

    def words(self, output: Path, *more: object) -> list[str]:
        level = ("--flat", "--level", "both") if self.flat else ("--level", "sentence")
        words = ["embed", self.source, "-o", output, "--model", self.model, *level, "--shard-rows", SHARD_ROWS, *more]
        return list(map(str, words))

    def start(self, host: str = "", *, cached: bool = True) -> Started:
        cache = ("--cache", self.cache) if cached and self.seed % 3 else ()
        return self.server.start(self.words(self.out, *cache), host)

    @property
    def parts(self) -> tuple[str, ...]:
        return ("words", "sentences") if self.flat else ("",)

    def placed(self) -> list[Path]:
        files = (self.out / part / f"part-{number:05d}.parquet" for number in range(SHARDS) for part in self.parts)
        return [file for file in files if file.exists() and file not in self.foreign]

    def wait(self, job: Started) -> None:
        """Let the job make some more shards, or end."""
        goal = min(SHARDS, len(self.placed()) + self.chance.randint(0, 8))
        pause, deadline = self.chance.uniform(0, 0.03), time.monotonic() + 60
        while job.is_there() and len(self.placed()) < goal and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(pause)

    def ended(self, job: Started) -> int:
        """Look at a run that ended: right with 0, else one line that says why; files of others as they were."""
        code, said = job.end()
        if code == 0:
            assert self.is_right(), f"seed {self.seed}: wrong with exit code 0"
            self.counts["finished"] += 1
        lines = [line for line in said.splitlines() if "lock of" not in line and "also holds" not in line]
        silent = {-signal.SIGKILL, *(128 + number for number in SIGNALS)}  # those end an import without a word
        assert len(lines) <= 1, f"seed {self.seed}: {said}"
        assert lines or code in silent, f"seed {self.seed}: {code}"
        assert {path: path.read_bytes() for path in self.foreign} == self.foreign, f"seed {self.seed}: files of others"
        for path in [path for path in self.foreign if f"{path} is in the way" in said]:
            path.unlink()  # what a user does who reads the message
            del self.foreign[path]
            self.counts["named"] += 1
        return code

    def expected(self) -> list[pa.Table]:
        whole = self.folder.parent / f"whole-{self.flat}"
        if not whole.exists():
            code, said = self.server.start(self.words(whole)).end()
            assert code == 0, said
        return self.dataset(whole)

    def dataset(self, folder: Path | None = None) -> list[pa.Table]:
        names = [f"part-{number:05d}.parquet" for number in range(SHARDS)]
        paths = [[(folder or self.out) / part / name for name in names] for part in self.parts]
        return [pa.concat_tables(pq.ParquetFile(path).read() for path in some) for some in paths]

    def is_right(self) -> bool:
        return all(made.equals(right) for made, right in zip(self.dataset(), self.expected(), strict=True))

    def end_by(self, number: int, host: str = "") -> None:
        job = self.start(host)
        self.wait(job)
        job.signal(number)
        code = self.ended(job)
        assert code in {0, 2, -number if number == signal.SIGKILL else 128 + number}, f"seed {self.seed}: {code}"

    def suspend(self) -> None:
        first = self.start(
            cached=False
        )  # asleep within a transaction of the cache it would hold others up for a minute
        self.wait(first)
        first.signal(signal.SIGSTOP)
        had_turn = self.has_turn(first)
        second = self.start(self.chance.choice(["", "elsewhere"]))
        if self.chance.random() < 0.3:
            self.wait(second)
            second.signal(signal.SIGKILL)
        taken = self.ended(second) != -signal.SIGKILL
        before = contents(self.out)
        first.signal(signal.SIGCONT)
        self.ended(first)
        if had_turn and taken:
            assert contents(self.out) == before, f"seed {self.seed}: a suspended run wrote"

    def spoil_lock(self) -> None:
        self.end_by(signal.SIGKILL)
        lock = self.out / "_annopipe" / "lock"
        if lock.exists():
            old = lock.read_text()
            alive = "".join(
                f"pid={os.getpid()}\n" if line.startswith("pid=") else f"{line}\n" for line in old.split("\n")
            )
            lock.write_text(self.chance.choice(["", "\0\0", "{}", old[: len(old) // 2], alive.rstrip("\n") + "\n"]))

    def put_foreign(self) -> None:
        job = self.start()
        self.wait(job)
        for name in self.chance.sample(FOREIGN, 3):
            path = self.out / name.format(self.chance.randrange(SHARDS + 3))
            if not os.path.lexists(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                try:
                    with path.open("xb") as file:
                        file.write(b"mine")
                except FileExistsError:  # the job was faster
                    continue
                self.foreign[path] = b"mine"
        self.ended(job)

    def read_the_output(self) -> None:
        self.end_by(signal.SIGTERM)
        files = [path for path in self.out.rglob("*.parquet") if path.is_file()]
        if files:
            before = contents(self.out)
            words = self.words(self.out, "--restart")
            words.insert(1, str(self.chance.choice([*files, self.out, self.out / "*.parquet"])))
            code, said = self.server.start(words).end()
            assert code == 2, said
            assert "OutputOverlap" in said
            assert contents(self.out) == before

    def has_turn(self, job: Started) -> bool:
        begun = self.out / "_annopipe" / "generation.json"
        return begun.exists() and f'"pid": {job.process}}}' in begun.read_text("utf-8", "replace")

    def rewrite_input(self) -> None:
        job = self.start()
        while job.is_there() and not self.has_turn(job):  # before that it may read the other input alone
            time.sleep(0.002)
        self.wait(job)
        write_parquet(self.source, list(OTHERS))
        code, said = job.end()
        self.source.write_bytes(self.original)
        if code == 0:
            assert self.is_right(), f"seed {self.seed}: rows of two inputs"
        else:
            assert "in.parquet" in said or "was begun with something else" in said or "is in the way" in said, said

    def turn_bit(self, path: Path) -> None:
        if path.is_file() and path.stat().st_size:
            data = bytearray(path.read_bytes())
            data[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
            path.write_bytes(data)

    def turn_bits(self) -> None:
        self.end_by(self.chance.choice([signal.SIGINT, signal.SIGKILL]))
        where = self.chance.choice(["cache", "journal", "shard"])
        self.counts[f"bit in {where}"] += 1
        if where == "cache":
            self.turn_bit(self.cache)
            self.cache.with_name("cache.sqlite-wal").unlink(missing_ok=True)
        elif where == "journal":
            self.turn_bit(self.out / "_annopipe" / self.chance.choice(JOURNALS))
        elif files := self.placed():
            self.turn_bit(self.chance.choice(files))

    def come_through(self) -> None:
        for _ in range(TRIES + len(self.foreign)):
            job = self.start()
            code, said = job.end()
            if "the cache" in said and "cannot be used" in said:
                self.cache.unlink()  # as the message says
                self.counts["cache named"] += 1
                continue
            job.end = lambda code=code, said=said: (code, said)  # type: ignore[method-assign, misc]
            if self.ended(job) == 0:
                return
        pytest.fail(f"seed {self.seed}: the job cannot be gone on with")


def _ends(*numbers: int, host: str = "") -> Callable[[Faults], None]:
    return lambda faults: faults.end_by(faults.chance.choice(numbers), host)


FAULTS: Final[dict[str, Callable[[Faults], None]]] = {
    "kill": _ends(signal.SIGKILL),
    "term": _ends(signal.SIGTERM),
    "hup": _ends(SIGNALS[2]),
    "int": _ends(signal.SIGINT),
    "other host": _ends(signal.SIGKILL, signal.SIGTERM, host="elsewhere"),
    "lock": Faults.spoil_lock,
    "suspend": Faults.suspend,
    "foreign": Faults.put_foreign,
    "inside": Faults.read_the_output,
    "rewritten": Faults.rewrite_input,
    "bits": Faults.turn_bits,
}


def _run(server: JobServer, folder: Path, model: Path, seed: int) -> Counter[str]:
    folder.mkdir()
    faults = Faults(server, folder, model, seed)
    for name in faults.chance.choices([*FAULTS], k=faults.chance.randint(2, 4)):
        faults.counts[name] += 1
        FAULTS[name](faults)
    faults.come_through()
    return faults.counts


@pytest.mark.skipif(sys.platform != "linux", reason="forks, signals and host names as on Linux")
def test_some_random_faults(tiny_model_folder: Path, tmp_path: Path) -> None:
    _all(tiny_model_folder, tmp_path, range(3))


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="forks, signals and host names as on Linux")
def test_random_faults(tiny_model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = _all(tiny_model_folder, tmp_path, range(SEED, SEED + RUNS))
    with capsys.disabled():
        print(f"\n{RUNS} runs: {dict(counts)}")
    if RUNS >= 100:
        assert all(counts[name] for name in FAULTS)


def _all(model: Path, folder: Path, seeds: range) -> Counter[str]:
    counts: Counter[str] = Counter()
    with JobServer(folder, LEASE) as server:
        for seed in seeds:
            counts += _run(server, folder / f"run-{seed}", model, seed)
    return counts
