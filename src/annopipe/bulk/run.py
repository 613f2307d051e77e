"""A bulk job from beginning to end."""

import hashlib
import json
import math
import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnxruntime
import pyarrow as pa

from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import content_hash
from annopipe.albert.parameters import needed
from annopipe.albert.threads import thread_count
from annopipe.bulk.assembly import Assembled, Assembler
from annopipe.bulk.boundaries import Boundary, check_writable, refuse_inside, refuse_same
from annopipe.bulk.budget import Budget
from annopipe.bulk.cache import Cache
from annopipe.bulk.computing import Computed, Computing, InProcess, Processes
from annopipe.bulk.engine import EngineChoice
from annopipe.bulk.inputs import Inputs
from annopipe.bulk.job import Job
from annopipe.bulk.journal import COUNTED, Done, Layout
from annopipe.bulk.ledger import FORMAT, Ledger
from annopipe.bulk.places import path_of
from annopipe.bulk.planning import Planned, Planner
from annopipe.bulk.progress import Progress
from annopipe.bulk.report import Report, make_report
from annopipe.bulk.seen import Seen
from annopipe.bulk.shard import ShardWriter
from annopipe.bulk.slices import Slice, slices
from annopipe.errors import RowFailed
from annopipe.hub import locate
from annopipe.interrupts import cleaned
from annopipe.sentence_head import read_head, transformer_folder
from annopipe.version import __version__

SHOWN_CHARACTERS = 200
NUMBER_BYTES = 4


def run_job(job: Job) -> Report:
    """Carry out a job, or what is left of it; see `annopipe.embed_dataset`."""
    start = perf_counter()
    settings = job.settings
    folder = locate(job.model, job.lang)
    model_hash = content_hash(folder)
    choices = _choices(job, folder, model_hash)
    inputs = Inputs.open(job.inputs, job.output, settings.column, skip=settings.on_error == "skip")
    _refuse_overlaps(job, inputs)
    manifest = _manifest(job, model_hash, inputs)
    layout = Layout(inputs.rows, settings.shard_rows, settings.parts)
    faults = inputs.faults()
    ledger = Ledger(job.output)
    before = None if job.restart else ledger.finished(manifest, layout)
    if before is not None:
        return make_report(job.output, before.values(), [], seconds=perf_counter() - start, faults=len(faults))
    with cleaned(), ledger.held():
        before = ledger.open(manifest, layout, restart=job.restart)
        todo = [number for number in range(layout.shards) if number not in before]
        run = None
        if todo:
            run = _Run(job, inputs, ledger, choices, model_hash)
            run.work(todo, sum(map(layout.rows_of, before)))
        now = run.done if run is not None else []
        report = make_report(job.output, before.values(), now, seconds=perf_counter() - start, faults=len(faults))
        every = sorted([*before.values(), *now], key=lambda done: done.shard)
        ledger.finish(report.described(), [*faults, *(entry for done in every for entry in done.failures)])
    return report


def check_report(job: Job) -> None:
    """Find before the job that its report cannot be written.

    Raises:
        OutputError: there is no such folder, or no right to write there.
        OutputOverlap: it is the job's TOML file, or lies inside the output.
    """
    if job.report is None:
        return
    if job.config is not None:
        refuse_same(job.report, [job.config], "the report", "the config")
    if job.remote is None:
        refuse_inside(job.report, Boundary(job.output), "the report")
    check_writable(job.report, beside=False)


def _refuse_overlaps(job: Job, inputs: Inputs) -> None:
    """Refuse to write where something is read from."""
    read = [path for file in inputs.files if (path := path_of(file.place)) is not None]
    boundary = Boundary(job.output)
    for path, what in ((job.cache, "the cache"), (job.report, "the report")):
        if path is not None:
            refuse_inside(path, boundary, what)
            refuse_same(path, read, what, "the input")
    if job.cache is not None and job.report is not None:
        refuse_same(job.report, [job.cache], "the report", "the cache")


def _manifest(job: Job, model_hash: str, inputs: Inputs) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "annopipe": __version__,
        "model": {"content": model_hash},
        "settings": job.settings.described(),
        "inputs": inputs.prints,
        "begun_with": {
            "model": job.model,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pyarrow": pa.__version__,
            "onnxruntime": onnxruntime.__version__,
        },
    }


def _choices(job: Job, folder: Path, content: str) -> tuple[EngineChoice, Budget]:
    """Return what is to be loaded, and how memory is shared out; threads are shared out among processes."""
    config, head = AlbertConfig.read(transformer_folder(folder)), read_head(folder)
    width = job.settings.width(config, 0 if head is None else max(head.width, head.pooled_width))
    weights = NUMBER_BYTES * sum(math.prod(shape) for shape in needed(config).values())
    memory = Budget.default(job.processes) if job.memory is None else job.memory
    budget = Budget.of(memory, weights=weights, width=width, processes=job.processes)
    threads = job.threads
    if job.processes > 1:
        threads = max(1, (threads or thread_count()) // job.processes)
    return EngineChoice(folder, job.settings, threads, budget.part_bytes, budget.row_bytes, content), budget


@dataclass
class _Run:
    """The work of one run."""

    job: Job
    inputs: Inputs
    ledger: Ledger
    choices: tuple[EngineChoice, Budget]
    model_hash: str
    done: list[Done] = field(default_factory=list)

    def work(self, todo: list[int], rows_before: int) -> None:
        """Make the shards that are not done."""
        choice, budget = self.choices
        engine = choice.load()
        schemas = engine.schemas
        assembler = Assembler(self.job.settings, self.inputs.schema, schemas, budget.part_bytes)
        salt = self._salt(schemas)
        seen = Seen(budget.seen_bytes if self.job.deduplicate else 0, salt)
        computing: Computing = InProcess(engine)
        if self.job.processes > 1:
            computing = Processes(choice, self.job.processes, self.job.stall_seconds)
        del engine
        cache = None if self.job.cache is None else Cache(self.job.cache, self.job.cache_size, schemas)
        with (
            computing,
            closing(cache) if cache is not None else nullcontext(),
            Progress(self.inputs.rows, done=rows_before, shown=self.job.progress) as progress,
        ):
            planner = Planner(seen, cache, deduplicate=self.job.deduplicate)
            stream = computing.stream(planner.plan(self._slices(todo, budget.slice_characters)))
            maker = _Maker(self, assembler, seen, cache, progress)
            maker.make(todo, stream)

    def _salt(self, schemas: Mapping[str, pa.Schema]) -> bytes:
        """What results depend on besides their text; a hash, as a key may have 64 bytes."""
        described = {
            "annopipe": __version__,
            "model": self.model_hash,
            "settings": self.job.settings.of_vectors(),
            "schemas": {name: str(schema) for name, schema in schemas.items()},
        }
        return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).digest()

    def _slices(self, todo: list[int], characters: int) -> Iterator[Slice]:
        size = self.job.settings.shard_rows
        for first, batch in self.inputs.batches(_merged(todo, size)):
            yield from slices(batch, first, self.job.settings.column, size, characters)


@dataclass
class _Maker:
    """Takes results as they come and commits shard after shard."""

    run: _Run
    assembler: Assembler
    seen: Seen
    cache: Cache | None
    progress: Progress

    def make(self, todo: list[int], stream: Iterator[Computed]) -> None:
        """Make shards in order."""
        ahead = next(stream, None)
        for number in todo:
            counts: Counter[str] = Counter()
            failures: list[dict[str, Any]] = []
            with self._writer(number) as writer:
                while ahead is not None and ahead[0].slice.shard == number:
                    mark, before = writer.mark(), counts.copy()
                    for assembled in self._finished(*ahead, counts):
                        writer.write(assembled.batches)
                        self._note(ahead[0], assembled, counts, failures)
                        if ahead[0].alone and assembled.failures:
                            writer.withdraw(mark)
                            counts["tokens"], counts["truncated"] = before["tokens"], before["truncated"]
                    self.progress.add(len(ahead[0].slice.texts), counts["tokens"], counts["truncated"])
                    ahead = next(stream, None)
                size = self.run.job.settings.shard_rows
                self.run.inputs.check(number * size, (number + 1) * size)
                self.run.choices[0].check()
                files = writer.commit()
            self.progress.commit()
            done = Done(number, files, {name: counts[name] for name in COUNTED}, failures)
            self.run.ledger.add(done)
            self.run.done.append(done)
            if self.cache is not None:
                self.cache.commit()

    def _writer(self, number: int) -> ShardWriter:
        tenure, compression = self.run.ledger.tenure, self.run.job.settings.compression
        return ShardWriter(tenure, number, self.assembler.schemas, compression, self.run.choices[1].group_bytes)

    def _finished(self, planned: Planned, results: Any, counts: Counter[str]) -> Iterator[Assembled]:
        counts["rows"] += len(planned.slice.texts)
        counts["computed"] += len(planned.texts)
        counts["cached"] += planned.cached
        counts["unique"] += len(planned.texts) + planned.cached
        if planned.alone:
            for result in results:
                yield self.assembler.assemble_part(planned, result)
            return
        for result in results:
            group = planned.group or 0
            self.seen.fill(group, result)
            if self.cache is not None:
                self.cache.put(self.seen.keys(group), result)
        yield self.assembler.assemble(planned, self.seen)
        self.seen.release(planned.groups)

    def _note(
        self, planned: Planned, assembled: Assembled, counts: Counter[str], failures: list[dict[str, Any]]
    ) -> None:
        counts["tokens"] += assembled.tokens
        counts["truncated"] += assembled.cut
        counts["texts"] = counts["rows"] - len(failures) - len(assembled.failures)
        for place, reason in assembled.failures.items():
            row = planned.slice.first + place
            file, inside = self.run.inputs.place_of(row)
            if self.run.job.settings.on_error == "stop":
                msg = f"row {row} ({file}, its row {inside}): {reason}. To leave such rows out: on_error skip"
                raise RowFailed(msg)
            text = planned.slice.texts[place][:SHOWN_CHARACTERS]
            failures.append({"row": row, "file": file, "row_in_file": inside, "text": text, "reason": reason})


def _merged(shards: list[int], size: int) -> list[tuple[int, int]]:
    """Return the ranges of rows of some shards, neighbours as one."""
    found: list[tuple[int, int]] = []
    for number in shards:
        first, end = number * size, (number + 1) * size
        if found and found[-1][1] == first:
            found[-1] = (found[-1][0], end)
        else:
            found.append((first, end))
    return found
