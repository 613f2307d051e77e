"""A bulk job on a Spark or Sail cluster: the engine reads, calls the stages where the rows are, and writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import pyarrow as pa

from annopipe.albert.model import AlbertModel
from annopipe.annotators.model_reference import ModelReference
from annopipe.arrow_buffers import numbers
from annopipe.bulk.endings import ENDINGS
from annopipe.bulk.engine import VECTOR, Engine, EngineChoice
from annopipe.bulk.job import ADDRESS, Job
from annopipe.bulk.report import Report
from annopipe.bulk.result import empty
from annopipe.bulk.settings import ROWS, Settings
from annopipe.bulk.slices import slices
from annopipe.columns import rows_of
from annopipe.errors import DatasetError, InputFileError, OutputOverlap, ParamValueError, WiringError
from annopipe.frames.carrying import ROW_COLUMN
from annopipe.hub import locate
from annopipe.spark.adapter import SparkAdapter
from annopipe.spark.session import start

CHARACTERS: Final = 50_000
"""Characters of texts that a worker computes together."""
PART_BYTES: Final = 16_000_000
_LIST: Final = pa.list_(pa.field("element", pa.float32(), nullable=False))
_HERE_ONLY: Final = ("cache", "processes", "threads")


def run_remotely(job: Job, remote: str) -> Report:
    """Carry out a job on a server; see `annopipe.embed_dataset` and docs/bulk.md for what it keeps of a job here.

    Raises:
        ParamValueError: an option that the engine has no place for.
        SessionError: nobody answers at the address.
        WiringError: an input has a column with the name of a new one.
        DatasetError: the output is there already, or the engine cannot write it.
        InputFileError: the engine cannot read an input.
    """
    begin = perf_counter()
    _check(job)
    _refuse_overlaps(job)
    model = AlbertModel.shared(locate(job.model, job.lang))
    session = start(remote=remote)
    made = _embedded(_read(session, job), job.settings, model)
    output = _address(job.output.as_posix())
    _write(made, output, job)
    return _report(session, output, job, perf_counter() - begin)


def _check(job: Job) -> None:
    settings, default = job.settings, Job((), Path(), Settings())
    for name in _HERE_ONLY:
        if getattr(job, name) != getattr(default, name):
            msg = f"{name} is for jobs on this machine: with remote the engine decides, leave it out"
            raise ParamValueError(msg)
    refused = {
        "flat": (settings.flat, "has no order of rows to number: leave flat, and explode the annotations there"),
        "float16": (settings.float16, "has no numbers of 16 bits: leave float16"),
        "on_error": (settings.on_error == "skip", "ends with the first error: leave on_error"),
    }
    for name, (given, reason) in refused.items():
        if given:
            msg = f"{name} does not go with remote: a Spark engine {reason}"
            raise ParamValueError(msg)


def _refuse_overlaps(job: Job) -> None:
    """Refuse inputs in the output: an engine that replaces it deletes them."""
    output = _address(job.output.as_posix()).rstrip("/")
    for entry in job.inputs:
        address = _address(entry).rstrip("/")
        if address == output or address.startswith(output + "/"):
            msg = f"the input {entry} lies inside the output {job.output}: choose another output"
            raise OutputOverlap(msg)


def _address(path: str) -> str:
    """Return an address as the engine understands it, also one that went through ``Path``; files by whole paths."""
    if not ADDRESS.match(path):
        return str(Path(path).resolve())
    scheme, _, rest = path.partition(":")
    return f"{scheme}:{'///' if scheme == 'file' else '//'}{rest.lstrip('/')}"


def _read(session: Any, job: Job) -> Any:
    """Return all inputs as one frame, columns put together by name."""
    frames = [_read_one(session, _address(entry), job.settings.column) for entry in job.inputs]
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.unionByName(frame, allowMissingColumns=True)
    if job.settings.column not in whole.columns:
        msg = f"the inputs have no column {job.settings.column!r} but {', '.join(whole.columns)}: name it with column"
        raise WiringError(msg)
    return whole


def _read_one(session: Any, address: str, column: str) -> Any:
    ending = next((ending for ending in ENDINGS if address.lower().endswith(ending)), ".parquet")
    reader = session.read
    readers = {
        ".parquet": reader.parquet,
        ".jsonl": reader.json,
        ".csv": reader.option("header", True).option("inferSchema", True).csv,
        ".txt": reader.text,
    }
    from pyspark.errors import PySparkException

    try:
        frame = readers[ending](address)
        names = frame.columns
    except PySparkException as error:
        msg = f"{address}: the engine cannot read it ({_first_line(error)})"
        raise InputFileError(msg) from None
    if not names:  # Sail's answer for what is not there
        msg = f"{address}: the engine finds no rows there, or no such file"
        raise InputFileError(msg)
    return frame.withColumnRenamed(names[0], column) if ending == ".txt" else frame


def _embedded(frame: Any, settings: Settings, model: AlbertModel) -> Any:
    """Return the lazy frame with the new columns."""
    adapter = SparkAdapter(frame)
    step = Step(ModelReference.of(model), settings)
    new = step.schema()
    clash = [name for name in new.names if name in frame.columns]
    if clash:
        msg = f"the inputs have a column {clash[0]!r} already: prefix gives the new columns other names"
        raise WiringError(msg)
    return adapter.apply(step.run, pa.schema([*adapter.schema, *new]))


@dataclass(frozen=True)
class Step:
    """What a worker does with its rows; it pickles as settings and the model's folder and content."""

    model: ModelReference
    settings: Settings

    def _engine(self) -> Engine:
        model = self.model.model()
        return Engine(EngineChoice(model.folder, self.settings, None, PART_BYTES), model)

    def schema(self) -> pa.Schema:
        """Return the new columns, as Spark can have them."""
        return self._plain(empty(self._engine().schemas[ROWS])).schema

    def run(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield new columns and row numbers."""
        engine = self._engine()
        for batch in batches:
            for piece in slices(batch, 0, self.settings.column, batch.num_rows, CHARACTERS):
                (result,) = engine.compute(piece.texts, alone=False)
                for reason in result.failures.values():
                    raise DatasetError(reason)
                made = self._plain(result.parts[ROWS].table)
                rows = piece.batch.column(piece.batch.schema.get_field_index(ROW_COLUMN))
                schema = made.schema.append(pa.field(ROW_COLUMN, rows.type))
                yield pa.RecordBatch.from_arrays([*made.columns, rows], schema=schema)

    def _plain(self, table: pa.RecordBatch) -> pa.RecordBatch:
        """Return vectors as lists: Spark knows none of one size."""
        name = self.settings.prefix + VECTOR
        if name not in table.schema.names:
            return table
        place = table.schema.get_field_index(name)
        vectors = table.column(place)
        offsets = numbers(rows_of([vectors.type.list_size] * len(vectors)).astype("int32"))
        lists = pa.ListArray.from_arrays(offsets, vectors.flatten(), type=_LIST)
        schema = table.schema.set(place, pa.field(name, _LIST))
        return pa.RecordBatch.from_arrays([*table.columns[:place], lists, *table.columns[place + 1 :]], schema=schema)


def _write(made: Any, output: str, job: Job) -> None:
    """Write, and never over anything unless ``restart`` says so: Sail has no mode that would refuse it."""
    from pyspark.errors import PySparkException

    if not job.restart and _is_there(made.sparkSession, output):
        msg = f"the output {output} is there already: restart replaces it, or choose another"
        raise DatasetError(msg)
    writer = made.write.mode("overwrite" if job.restart else "append")
    try:
        writer.option("compression", job.settings.compression).parquet(output)
    except PySparkException as error:
        msg = f"{output}: the engine did not write it ({_first_line(error)})"
        raise DatasetError(msg) from None


def _is_there(session: Any, output: str) -> bool:
    from pyspark.errors import PySparkException

    try:
        return bool(session.read.parquet(output).columns)
    except PySparkException:
        return False


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _report(session: Any, output: str, job: Job, seconds: float) -> Report:
    """Count what was written; what only a job here knows is 0."""
    written = session.read.parquet(output)
    rows, tokens = written.count(), 0
    if job.settings.has_words:
        tokens = written.selectExpr(f"sum(size(`{job.settings.prefix}token`))").first()[0] or 0
    counts = dict.fromkeys(("cached", "truncated", "failed", "bytes", "rows_before"), 0)
    return Report(
        output=Path(output),
        rows=rows,
        texts=rows,
        unique=rows,
        computed=rows,
        tokens=tokens,
        shards=len(written.inputFiles()) if hasattr(written, "inputFiles") else 0,
        seconds=round(seconds, 3),
        rows_per_second=round(rows / max(seconds, 1e-9), 1),
        tokens_per_second=round(tokens / max(seconds, 1e-9), 1),
        peak_memory=None,
        **counts,
    )
