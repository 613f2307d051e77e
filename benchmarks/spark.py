"""A session without a JVM beside the pipeline alone, and its start beside the bare engine's.

``PYTHONPATH=src python benchmarks/spark.py`` prints one table and writes it to ``benchmarks/results/``. Both read the
same Parquet files and end with an Arrow table in this process, and take turns; so do the starts, each in a new process.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import annopipe
from annopipe.albert.threads import thread_count
from annopipe.hub import locate
from base_model import BASE, random_weights
from model_folder import write_model_folder
from pipeline import pipeline
from race import Figure, Race
from report import AT_LEAST, AT_MOST, Row, machine, save, show
from sentences import texts_of_all_kinds

CORPUS = 4_000
ENGINE = """
import os
os.environ["RUST_LOG"] = "error"
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
from pyspark.sql.connect.session import SparkSession
spark = SparkSession.builder.remote(f"sc://127.0.0.1:{server.listening_address[1]}").getOrCreate()
data = spark.createDataFrame([["I love Spark NLP"]]).toDF("text")
assert data.mapInArrow(lambda batches: batches, data.schema).first().text == "I love Spark NLP"
os._exit(0)
"""
OURS = """
import os
import annopipe
from annopipe import *
spark = annopipe.start()
pipeline = Pipeline(stages=[
    DocumentAssembler().setInputCol("text").setOutputCol("document"),
    Tokenizer().setInputCols("document").setOutputCol("token"),
    AlbertEmbeddings.pretrained("albert_mini").setInputCols("document", "token").setOutputCol("embeddings"),
])
data = spark.createDataFrame([["I love Spark NLP"]]).toDF("text")
assert len(pipeline.fit(data).transform(data).first().embeddings[0].embeddings) == 384
os._exit(0)
"""


class Turns:
    """The same files through the pipeline and through a session."""

    def __init__(self, folder: str, texts: list[str], scratch: Path, files: int, per_file: int) -> None:
        self._model = pipeline(folder)
        self._spark = annopipe.start()
        source = np.random.default_rng(1)
        self._files = []
        for number in range(files):
            chosen = [texts[place] for place in source.integers(len(texts), size=per_file)]
            path = scratch / f"{Path(folder).name}-{number}.parquet"
            pq.write_table(pa.table({"text": chosen}), path)
            self._files.append(str(path))
        self._done = {"pipeline": 0, "session": 0}

    def _next(self, who: str) -> str:
        self._done[who] += 1
        return self._files[self._done[who] % len(self._files)]

    def pipeline(self) -> int:
        return self._tokens(self._model.transform(pq.read_table(self._next("pipeline"))))

    def session(self) -> int:
        frame = self._spark.read.parquet(self._next("session"))
        return self._tokens(self._model.transform(frame).select("words").toArrow())

    def _tokens(self, result: pa.Table) -> int:
        return sum(len(chunk.flatten()) for chunk in result.column("words").chunks)


def rates(name: str, folder: str, texts: list[str], scratch: Path, rounds: int, per_file: int) -> list[Row]:
    """Rows of both rates and their ratio."""
    turns = Turns(folder, texts, scratch, rounds + 1, per_file)
    race = Race({"pipeline": turns.pipeline, "session": turns.session}, pause=0.1).run(rounds)
    rows = [Row.of(f"{name}: {who}", race.rate(who), "tok/s") for who in race.runners]
    ratio = race.ratio("session", "pipeline")
    return [*rows, Row.of(f"{name}: session ÷ pipeline", ratio, bound=AT_LEAST, goal=0.95)]


def starting(rounds: int, scratch: Path) -> list[Row]:
    """Process start to first row, with vectors and without, by the clock and in processor time."""
    scripts = {"first vector": scratch / "ours.py", "the bare engine's first row": scratch / "engine.py"}
    for path, text in zip(scripts.values(), (OURS, ENGINE), strict=True):
        path.write_text(text, encoding="utf-8")
    clock: dict[str, list[float]] = {name: [] for name in scripts}
    processor: dict[str, list[float]] = {name: [] for name in scripts}
    for number in range(rounds + 1):
        for name, script in scripts.items():
            seconds, used = _once(script)
            if number:
                clock[name].append(seconds)
                processor[name].append(used)
    ours, engine = clock.values()
    return [
        Row.of("process start to first vector", Figure.of(ours), "s", bound=AT_MOST, goal=1.2),
        Row.of("process start to the bare engine's first row", Figure.of(engine), "s"),
        Row.of("… ours less the bare engine's", Figure.of([a - b for a, b in zip(ours, engine, strict=True)]), "s"),
        *(Row.of(f"processor time to {name}", Figure.of(processor[name]), "s") for name in scripts),
    ]


def _once(script: Path) -> tuple[float, float]:
    """Seconds on the clock and of processor time, user and system, of a process; bytecode is kept, as installed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", str(script)], check=True, env=environment)
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--rows", type=int, default=2_000, help="rows of one file of the bundled model's")
    given = parser.parse_args()
    texts, source = texts_of_all_kinds(CORPUS)
    facts = machine(thread_count())
    with tempfile.TemporaryDirectory() as scratch:
        rows = starting(given.starts, Path(scratch)) if given.starts else []
        base = write_model_folder(Path(scratch) / "base", asdict(BASE), random_weights(BASE))
        bundled = str(locate("albert_mini"))
        rows += rates("bundled", bundled, texts, Path(scratch), given.rounds, given.rows)
        rows += rates("base", str(base), texts, Path(scratch), given.rounds // 2, max(1, given.rows // 10))
        annopipe.stop()
    engine = ", ".join(f"{name} {version(name)}" for name in ("pysail", "pyspark-client"))
    facts |= {"load after": machine(thread_count())["load"], "engine": engine, "texts": source}
    show("annopipe: a session without a JVM", facts, rows)
    print(f"\nwritten to {save('spark', facts, rows)}")


if __name__ == "__main__":
    main()
