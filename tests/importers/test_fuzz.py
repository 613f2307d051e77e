"""Readers of files from elsewhere, fed with faults: only our own errors come out, soon, and nothing lies outside.

Run by hand for a hundred thousand files each: ``pytest -m long tests/importers/test_fuzz.py -s``.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import annopipe
from albert.random_models import write_safetensors
from annopipe.errors import AnnopipeError
from importers.fuzzed import Fuzzed
from importers.fuzzed_readers import READERS
from importers.mutations import all_mutated, changed_values, mutated

SOME, MANY = 200, 100_000
SHARED = {"SavedModel, TensorFlow 1": 3, "SavedModel, TensorFlow 2": 3, "SavedModel, frozen": 3}
SHARED |= {"ONNX, run": 5, "Spark NLP's model": 5}
"""By what the many are divided: a reader's kinds of files have them together, and some were read once before."""

SLOWEST = 10.0
"""Seconds of this process' work on one small file; a reader that goes astray takes minutes."""


def faulty(fuzzed: Fuzzed, count: int) -> Iterator[bytes]:
    """Yield changed files: each sound one in turn; of JSON every other one with other values."""
    for number in range(count):
        seed = fuzzed.seeds[number % len(fuzzed.seeds)]
        values = seed.startswith(b"{") and number // len(fuzzed.seeds) % 2
        yield changed_values(seed, number) if values else fuzzed.prepare(mutated(seed, number))


def fuzz(name: str, folder: Path, count: int) -> int:
    """Feed a reader with faults; return how many files it refused."""
    fuzzed = READERS[name](folder)
    for seed in fuzzed.seeds:
        fuzzed.path.write_bytes(fuzzed.prepare(seed))
        fuzzed.read()
    refused = 0
    for number, data in enumerate(faulty(fuzzed, count)):
        fuzzed.path.write_bytes(data)
        begun = time.process_time()
        try:
            fuzzed.read()
        except AnnopipeError:
            refused += 1
        except Exception as error:
            raise AssertionError(f"{name}, changed file {number}: {type(error).__name__} came out") from error
        assert time.process_time() - begun < SLOWEST, f"{name}, changed file {number}"
    return refused


@pytest.mark.filterwarnings("ignore::annopipe.errors.AnnopipeWarning")
@pytest.mark.parametrize("name", READERS)
def test_only_our_errors_come_out(name: str, tmp_path: Path) -> None:
    assert fuzz(name, tmp_path, SOME) > SOME // 10


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::annopipe.errors.AnnopipeWarning")
@pytest.mark.parametrize("name", READERS)
def test_only_our_errors_come_out_of_many(name: str, tmp_path: Path) -> None:
    begun = time.monotonic()
    count = -(-MANY // SHARED.get(name, 1))
    refused = fuzz(name, tmp_path, count)
    print(f"{name}: {refused} of {count} refused, {time.monotonic() - begun:.0f} s")
    assert refused > count // 10


@pytest.mark.parametrize(
    "file", ["config.json", "tokenizer_config.json", "spiece.model", "model.safetensors.index.json"]
)
def test_a_whole_import(file: str, repository: Path, store: Path, weights: object) -> None:
    write_safetensors(repository / "shard.safetensors", weights)  # type: ignore[arg-type]
    index = {"weight_map": dict.fromkeys(weights, "shard.safetensors")}  # type: ignore[call-overload]
    (repository / "model.safetensors.index.json").write_text(json.dumps(index))
    sound = (repository / file).read_bytes()
    for data in all_mutated(sound, SOME // 20, seed=7):
        (repository / file).write_bytes(data)
        try:
            annopipe.import_model(repository, "fuzzed", replace=True)
        except AnnopipeError:
            continue
