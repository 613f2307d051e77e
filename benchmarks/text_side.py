"""What words cost outside the encoder: processor microseconds per piece of everything but ``Encoder.run``.

Usage: python benchmarks/text_side.py MODEL_FOLDER UD_JSON_LINES...
(files of ``{"text": ..., "tokens": [{"begin": ..., "end": ...}]}``, as in the evaluation pack's ``pos``.)
"""

import json
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from annopipe.albert.gather import gather
from annopipe.albert.model import PLANS, AlbertModel
from annopipe.albert.settings import WordSettings
from annopipe.albert.words import Words, WordVectors

ROUNDS = 7


def read(paths: list[str]) -> Words:
    """Sentences with their tokens."""
    rows: list[dict[str, Any]] = [
        json.loads(line) for path in paths for line in Path(path).read_text("utf-8").split("\n") if line
    ]
    spans = np.array([(token["begin"], token["end"]) for row in rows for token in row["tokens"]], np.int64)
    offsets = np.cumsum([0, *(len(row["tokens"]) for row in rows)])
    return Words([row["text"] for row in rows], spans[:, 0], spans[:, 1], offsets)


def empty_states(width: int, ids: Any, lengths: Any) -> Any:
    """In place of the encoder: rows of nothing in particular."""
    del lengths
    return np.zeros((*ids.shape, width), np.float32)


def run(model: AlbertModel, words: Words, settings: WordSettings) -> tuple[float, float, int]:
    """Processor seconds of planning and of batching and gathering, and how many pieces."""
    result = WordVectors.empty(len(words.begin), len(words.texts), model.dimension)
    start = time.process_time()
    plan = PLANS[settings.dialect](model.vocabulary, model.config, words, settings)
    planned = time.process_time()
    gather(plan.sequences, plan.parts, partial(empty_states, model.dimension), result.vectors)
    return planned - start, time.process_time() - planned, len(plan.sequences.ids)


def main() -> None:
    model = AlbertModel.load(sys.argv[1])
    words = read(sys.argv[2:])
    for settings in (WordSettings(), WordSettings(pooling="mean"), WordSettings(dialect="sparknlp")):
        runs = [run(model, words, settings) for _ in range(ROUNDS)]
        pieces = runs[0][2]
        plan, rest = (statistics.median(seconds) / pieces * 1e6 for seconds in list(zip(*runs, strict=True))[:2])
        size = f"{pieces} pieces, {len(words.begin)} tokens"
        cost = f"encode and align {plan:.2f}, batch and gather {rest:.2f}, together {plan + rest:.2f} us a piece"
        print(f"{settings.dialect:9} {settings.pooling:6} {size}: {cost}")


if __name__ == "__main__":
    main()
