"""The pipeline's speed beside the engine's alone, from the same texts: what the annotators, frames and alignment cost.

``PYTHONPATH=src python benchmarks/pipeline.py`` prints one table and writes it to ``benchmarks/results/``. The engine
gets the piece ids of the same texts, packed beforehand; the pipeline an Arrow table of the texts. Both take turns.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, PipelineModel, SentenceDetector, Tokenizer
from annopipe.albert.batches import pack
from annopipe.albert.model import AlbertModel
from annopipe.albert.threads import thread_count
from annopipe.hub import locate
from base_model import BASE, random_weights
from memory import peak
from model_folder import write_model_folder
from race import Figure, Race
from report import AT_LEAST, AT_MOST, Row, machine, save, show
from sentences import texts_of_all_kinds

CORPUS = 4_000
START = """
import time
from annopipe import *
model = Pipeline(stages=[
    DocumentAssembler().setInputCol("text").setOutputCol("document"),
    Tokenizer().setInputCols("document").setOutputCol("token"),
    AlbertEmbeddings.pretrained("albert_mini").setInputCols("document", "token").setOutputCol("e"),
]).fit()
assert len(model.transform(["I love Spark NLP"])[0]["e"][0].embeddings) == 384
"""


def pipeline(folder: str, *, sentences: bool = False) -> PipelineModel:
    """The pipeline of the model cards, over documents or over sentences."""
    source = "sentence" if sentences else "document"
    detector = [SentenceDetector(inputCols=["document"], outputCol="sentence")] if sentences else []
    albert = AlbertEmbeddings.pretrained(folder).setInputCols(source, "token").setOutputCol("words")
    return Pipeline(
        stages=[
            DocumentAssembler(inputCol="text", outputCol="document"),
            *detector,
            Tokenizer(inputCols=[source], outputCol="token"),
            albert,
        ]
    ).fit()


class Turns:
    """The same random texts through the engine and through the pipeline."""

    def __init__(self, folder: str, texts: list[str], per_run: int) -> None:
        self._model = AlbertModel.shared(folder)
        self._pipeline = pipeline(folder)
        self._texts, self._per_run = texts, per_run
        self._sources = {"engine": np.random.default_rng(1), "pipeline": np.random.default_rng(1)}
        pieces = self._model.vocabulary.encode(texts)
        ends = zip(pieces.offsets[:-1].tolist(), pieces.offsets[1:].tolist(), strict=True)
        special = (self._model.vocabulary.cls_id, self._model.vocabulary.sep_id)
        self._ids = [np.array([special[0], *pieces.ids[a:b], special[1]], np.int64)[:512] for a, b in ends]
        self._lengths = np.array([len(ids) for ids in self._ids], np.int64)

    def _chosen(self, who: str) -> np.ndarray:
        return self._sources[who].integers(len(self._texts), size=self._per_run)

    def engine(self) -> int:
        chosen = self._chosen("engine")
        for batch in pack(self._lengths[chosen]):
            places = chosen[batch]
            self._model.encoder.run_packed(np.concatenate([self._ids[i] for i in places]), self._lengths[places])
        return int(self._lengths[chosen].sum())

    def pipeline(self) -> int:
        chosen = self._chosen("pipeline")
        self._pipeline.transform(pa.table({"text": [self._texts[i] for i in chosen]}))
        return int(self._lengths[chosen].sum())


def beside_engine(name: str, folder: str, texts: list[str], rounds: int, per_run: int, goal: float) -> list[Row]:
    """Rows of both rates and their ratio."""
    turns = Turns(folder, texts, per_run)
    race = Race({"engine": turns.engine, "pipeline": turns.pipeline}).run(rounds)
    rows = [Row.of(f"{name}: {who}", race.rate(who), "tok/s") for who in race.runners]
    ratio = race.ratio("pipeline", "engine")
    return [*rows, Row.of(f"{name}: pipeline ÷ engine", ratio, bound=AT_LEAST, goal=goal)]


def starting(rounds: int = 9) -> Row:
    """Process start to the first vector of the bundled model, in new processes."""
    seconds = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", START], check=True)
        seconds.append(time.perf_counter() - begin)
    return Row.of("process start to first vector", Figure.of(seconds[1:]), "s", bound=AT_MOST, goal=0.6)


def memory(folder: str, texts: list[str], count: int) -> list[Row]:
    """Peak memory of the whole pipeline over many sentences, after a tenth of them and at the end."""
    command = [sys.executable, __file__, "--only-memory", str(count), "--model", folder]
    found = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True, input="\n".join(texts)).stdout
    )
    growth = found["end_mb"] / found["warm_mb"]
    return [
        Row(f"peak memory, {Path(folder).name}, pipeline", found["end_mb"], "MB"),
        Row(f"… after {count:,} sentences ÷ after a tenth", growth, bound=AT_MOST, goal=1.05),
    ]


def only_memory(folder: str, count: int) -> dict[str, float]:
    """Run in a process of its own: a stream of batches whose results are dropped."""
    texts = sys.stdin.read().split("\n")
    model, source = pipeline(folder, sentences=True), np.random.default_rng(0)
    done, warm = 0, 0.0
    while done < count:
        batch = pa.record_batch({"text": [texts[i] for i in source.integers(len(texts), size=1000)]})
        reader = model.transform(pa.RecordBatchReader.from_batches(batch.schema, [batch]))
        done += sum(part.num_rows for part in reader)
        if not warm and done >= count / 10:
            warm = peak()
    return {"warm_mb": warm, "end_mb": peak()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--memory", type=int, default=20_000, help="sentences of the memory test")
    parser.add_argument("--only-memory", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--model", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only_memory:
        print(json.dumps(only_memory(given.model, given.only_memory)))
        return
    texts, source = texts_of_all_kinds(CORPUS)
    facts = machine(thread_count())
    start = starting()  # before any model is loaded here, whose threads would be company
    with tempfile.TemporaryDirectory() as scratch:
        base = write_model_folder(Path(scratch) / "base", asdict(BASE), random_weights(BASE))
        bundled = str(locate("albert_mini"))
        rows = beside_engine("bundled", bundled, texts, given.rounds, 1000, 0.80)
        rows += beside_engine("base", str(base), texts, given.rounds // 2, 200, 0.95)
        rows += [start, *memory(bundled, texts, given.memory)]
    facts |= {"load after": machine(thread_count())["load"], "texts": source}
    show("annopipe: the pipeline", facts, rows)
    print(f"\nwritten to {save('pipeline', facts, rows)}")


if __name__ == "__main__":
    main()
