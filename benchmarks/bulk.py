"""The bulk job's speed beside the engine's alone: what files, deduplication, shards and alignment cost.

``PYTHONPATH=src python benchmarks/bulk.py`` prints one table and writes it to ``benchmarks/results/``. The engine gets
the piece ids of a file's texts, packed beforehand; the job reads the Parquet file and writes a dataset of word vectors,
once as one row a token and once as annotations. Every file has other texts, no text comes twice; all take turns.
"""

import argparse
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import annopipe
from annopipe.albert.batches import pack
from annopipe.albert.model import AlbertModel
from annopipe.albert.threads import thread_count
from annopipe.hub import locate
from base_model import BASE, random_weights
from model_folder import write_model_folder
from race import Race
from report import AT_LEAST, Row, machine, save, show
from sentences import texts_of_all_kinds


class Files:
    """The same files through the engine and through a bulk job."""

    def __init__(self, model: str, texts: list[str], scratch: Path, count: int) -> None:
        self._name, self._model = model, AlbertModel.shared(model)
        self._output = scratch / "dataset"
        self._files, self._ids = [], []
        for number in range(count):
            chosen = texts[number::count]
            self._files.append(scratch / f"{Path(model).name}-{number}.parquet")
            pq.write_table(pa.table({"text": chosen}), self._files[-1])
            self._ids.append(self._encoded(chosen))
        self._done = {"engine": 0, "flat": 0, "annotations": 0}

    def _encoded(self, texts: list[str]) -> list[np.ndarray]:
        vocabulary = self._model.vocabulary
        pieces = vocabulary.encode(texts)
        ends = zip(pieces.offsets[:-1].tolist(), pieces.offsets[1:].tolist(), strict=True)
        return [np.array([vocabulary.cls_id, *pieces.ids[a:b], vocabulary.sep_id], np.int64)[:512] for a, b in ends]

    def _next(self, who: str) -> int:
        self._done[who] += 1
        return self._done[who] % len(self._files)

    def engine(self) -> int:
        ids = self._ids[self._next("engine")]
        lengths = np.array([len(one) for one in ids], np.int64)
        for places in pack(lengths):
            self._model.encoder.run_packed(np.concatenate([ids[i] for i in places]), lengths[places])
        return int(lengths.sum())

    def flat(self) -> int:
        return self._job("flat", flat=True)

    def annotations(self) -> int:
        return self._job("annotations", flat=False)

    def _job(self, who: str, *, flat: bool) -> int:
        place = self._next(who)
        shutil.rmtree(self._output, ignore_errors=True)
        annopipe.embed_dataset(
            self._files[place], self._output, model=self._name, flat=flat, memory="4GB", progress=False
        )
        return sum(map(len, self._ids[place]))


def beside_engine(name: str, files: Files, rounds: int, goal: float | None) -> list[Row]:
    """Rows of the rates and of what part of the engine's each job keeps."""
    race = Race({"engine": files.engine, "flat": files.flat, "annotations": files.annotations}).run(rounds)
    rows = [Row.of(f"{name}: {who}", race.rate(who), "tok/s") for who in race.runners]
    jobs = {"flat": "job, a row a token", "annotations": "job, annotations"}
    return rows + [
        Row.of(f"{name}: {words} ÷ engine", race.ratio(who, "engine"), bound=AT_LEAST, goal=goal)
        for who, words in jobs.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--rows", type=int, default=2000, help="texts of the base model's files together")
    given = parser.parse_args()
    texts, source = texts_of_all_kinds(10 * given.rows)
    texts = list(dict.fromkeys(texts))
    facts = machine(thread_count())
    with tempfile.TemporaryDirectory() as scratch:
        base = write_model_folder(Path(scratch) / "base", asdict(BASE), random_weights(BASE))
        files = Files(str(base), texts[: given.rows], Path(scratch), given.files)
        rows = beside_engine("base", files, given.rounds, 0.90)
        bundled = Files(str(locate("albert_mini")), texts, Path(scratch), given.files)
        rows += beside_engine("bundled", bundled, given.rounds, None)
    facts |= {"load after": machine(thread_count())["load"], "texts": source, "distinct texts": len(texts)}
    show("annopipe: the bulk job", facts, rows)
    print(f"\nwritten to {save('bulk', facts, rows)}")


if __name__ == "__main__":
    main()
