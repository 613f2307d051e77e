"""Does memory stay flat? Many batches of random lengths in a process of its own; prints JSON.

``python benchmarks/memory.py --sentences 200000 --layers 1`` runs by itself, ``engine.py`` asks it for fewer. Buffers
are as large with one layer as with twelve, since a loop reuses them: few layers measure the same in less time.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from annopipe.albert.batches import pack
from annopipe.albert.encoder import Encoder
from base_model import BASE, random_weights

PER_PLAN = 500


def peak() -> float:
    """Peak resident memory of this process in MB; Linux's ``ru_maxrss`` would be the parent's if that is larger."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / (1 << 10)
    import resource

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(count: int, layers: int, seed: int = 0) -> dict[str, float]:
    """Peak after the warm-up, the first tenth of the sentences, and at the end."""
    config = replace(BASE, num_hidden_layers=layers)
    encoder = Encoder(config, random_weights(config))
    source = np.random.default_rng(seed)
    encoder.run(np.zeros((1, config.max_position_embeddings), np.int64))
    done, warm = 0, 0.0
    while done < count:
        lengths = np.exp(source.normal(2.75, 0.9, PER_PLAN)).clip(1, 510).astype(np.int64) + 2
        for batch in pack(lengths):
            encoder.run_packed(source.integers(0, config.vocab_size, lengths[batch].sum()), lengths[batch])
        done += PER_PLAN
        if not warm and done >= count / 10:
            warm = peak()
    return {"sentences": done, "warm_mb": warm, "end_mb": peak()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=200_000)
    parser.add_argument("--layers", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(measure(given.sentences, given.layers)))
