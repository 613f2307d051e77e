"""The engine's speed: ratios of runs that took turns on one machine, medians of several blocks.

``PYTHONPATH=src python benchmarks/engine.py`` prints one table and writes it to ``benchmarks/results/``. With
``ANNOPIPE_REFERENCE_DATA`` set the sentences are real ones; with torch, transformers and onnx installed peers run too.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from annopipe.albert.batches import pack
from annopipe.albert.encoder import Encoder
from annopipe.albert.threads import thread_count
from base_model import BASE, random_weights
from ceiling import Ceiling
from race import Clock, Figure, Race, Runner
from report import AT_LEAST, AT_MOST, Row, machine, save, show, vectors
from sentences import Sentences, sentences

CORPUS = 20_000
SHORT = (4, 16)
PAUSE = 0.1
PEER = "Hugging Face, batches of {}"
PEER_GOALS = {(PEER.format(8), "avx512f"): 3.3, (PEER.format(32), "avx2"): 2.4}
"""What is promised against transformers, by the processor's vectors."""


class Corpus:
    """The encoder over a large corpus: its batches in random order, one a run."""

    def __init__(self, encoder: Encoder, texts: Sentences) -> None:
        self._encoder, self._texts = encoder, texts
        self._batches = pack(texts.lengths)
        self._source = np.random.default_rng(1)

    def run(self) -> int:
        ids, lengths = self._texts.packed(self._batches[self._source.integers(len(self._batches))])
        self._encoder.run_packed(ids, lengths)
        return ids.size


class MicroBatches:
    """The encoder over ``size`` random sentences at a time; ``times`` of them a run."""

    def __init__(self, encoder: Encoder, texts: Sentences, size: int, times: int) -> None:
        self._encoder, self._texts, self._size, self._times = encoder, texts, size, times
        self._source = np.random.default_rng(2)

    def run(self) -> int:
        return sum(self._once() for _ in range(self._times))

    def _once(self) -> int:
        places = self._source.integers(len(self._texts.ids), size=self._size)
        for batch in pack(self._texts.lengths[places]):
            self._encoder.run_packed(*self._texts.packed(places[batch]))
        return int(self._texts.lengths[places].sum())


def throughput(encoder: Encoder, texts: Sentences, peers: dict[str, Runner], rounds: int, clock: Clock) -> list[Row]:
    """Rows of tokens per second and their ratios."""
    ours: dict[str, Runner] = {
        "ceiling": Ceiling(encoder.config, encoder.threads).run,
        "engine": Corpus(encoder, texts).run,
        "micro-batches of 64": MicroBatches(encoder, texts, 64, 1).run,
        "micro-batches of 16": MicroBatches(encoder, texts, 16, 3).run,
    }
    race = Race(ours | peers, clock).run(rounds)
    rows = [Row.of(name, race.rate(name), "tok/s") for name in race.runners]
    rows.append(Row.of("engine ÷ ceiling", race.ratio("engine", "ceiling"), bound=AT_LEAST, goal=0.86))
    for size, goal in ((64, 0.92), (16, 0.85)):
        name = f"micro-batches of {size}"
        rows.append(Row.of(f"{name} ÷ engine", race.ratio(name, "engine"), bound=AT_LEAST, goal=goal))
    for name in peers:
        goal = PEER_GOALS.get((name, vectors()))
        rows.append(Row.of(f"engine ÷ {name}", race.ratio("engine", name), bound=AT_LEAST, goal=goal))
    return rows


def short_sentences(encoder: Encoder, model: object, rounds: int, clock: Clock) -> list[Row]:
    """Rows of the time for one short sentence, beside a plain export's."""
    from peers import PlainExport

    export = PlainExport(model, encoder.threads)
    rows = []
    for pieces in SHORT:
        ids = np.random.default_rng(3).integers(0, encoder.config.vocab_size, (1, pieces))
        if np.abs(encoder.run(ids) - export.run(ids)).max() > 1e-5:
            raise SystemExit("the export computes something else: its time says nothing")
        runners = {"engine": lambda ids=ids: encoder.run(ids).size, "export": lambda ids=ids: export.run(ids).size}
        race = Race(runners, clock, PAUSE).run(rounds)
        rows.append(Row.of(f"one sentence of {pieces} pieces", _milliseconds(race.seconds_of("engine")), "ms"))
        ratio = race.time_ratio("engine", "export")
        rows.append(Row.of(f"… ÷ plain ONNX export's time, {pieces} pieces", ratio, bound=AT_MOST, goal=1.0))
    return rows


def loading(rounds: int = 7) -> Row:
    """Time from weights in memory to the first vectors."""
    weights = random_weights(BASE)
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        Encoder(BASE, weights).run(np.ones((1, 4), np.int64))
        seconds.append(time.perf_counter() - start)
    return Row.of("session loaded, first vectors", _milliseconds(Figure.of(seconds)), "ms")


def memory(count: int) -> list[Row]:
    """Rows of peak memory and its growth after the warm-up, where the system tells."""
    if importlib.util.find_spec("resource") is None:
        return []
    command = [sys.executable, str(Path(__file__).with_name("memory.py")), "--sentences", str(count)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    growth = found["end_mb"] / found["warm_mb"]
    return [
        Row("peak memory, base model", found["end_mb"], "MB"),
        Row(f"… after {count:,} sentences ÷ after a tenth", growth, bound=AT_MOST, goal=1.05),
    ]


def _milliseconds(figure: Figure) -> Figure:
    return Figure(figure.median * 1000, figure.spread)


def rows(texts: Sentences, given: argparse.Namespace, with_peers: bool) -> list[Row]:
    """All rows of the table."""
    weights, clock = random_weights(BASE), time.process_time if given.cpu_time else time.perf_counter
    encoder = Encoder(BASE, weights, threads=given.threads)
    peers: dict[str, Runner] = {}
    found: list[Row] = []
    if with_peers:
        from peers import ArrivalOrder, hugging_face

        model = hugging_face(BASE, weights, given.threads)
        peers = {PEER.format(size): ArrivalOrder(model, texts, size).run for size in (8, 32)}
        found += short_sentences(encoder, model, 3 * given.rounds, clock)
    found = throughput(encoder, texts, peers, given.rounds, clock) + found
    return [*found, loading(), *memory(given.memory)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30, help="rounds of the race; more for a noisy machine")
    parser.add_argument("--threads", type=int, default=thread_count(), help="threads of everything that runs")
    parser.add_argument("--cpu-time", action="store_true", help="processor time, for busy machines and one thread")
    parser.add_argument("--no-peers", action="store_true", help="leave torch and transformers out")
    parser.add_argument("--memory", type=int, default=5_000, help="sentences of the memory test")
    given = parser.parse_args()
    lacking = [name for name in ("torch", "transformers", "onnx") if importlib.util.find_spec(name) is None]
    if lacking and not given.no_peers:
        print(f"without peers: {', '.join(lacking)} not installed")
    facts, texts = machine(given.threads), sentences(CORPUS, BASE.vocab_size)
    found = rows(texts, given, with_peers=not (lacking or given.no_peers))
    facts |= {"load after": machine(given.threads)["load"], "clock": "processor" if given.cpu_time else "wall"}
    facts |= {"sentences": texts.source, "model": "ALBERT base, random weights"}
    show("annopipe: the engine", facts, found)
    print(f"\nwritten to {save('engine', facts, found)}")


if __name__ == "__main__":
    main()
