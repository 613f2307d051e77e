"""The encoder: frozen answers of Hugging Face, what must not move a vector, and bad arguments."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from albert.random_models import TINY, random_ids, random_weights
from annopipe.albert.batches import pack
from annopipe.albert.config import AlbertConfig
from annopipe.albert.encoder import Encoder
from annopipe.errors import ParamTypeError, ParamValueError

GOLDEN = Path(__file__).parents[1] / "golden" / "encoder.npz"
TOLERANCE = 1e-5
STEADY = 1e-6


def golden_cases() -> list[str]:
    with np.load(GOLDEN) as frozen:
        return [name for name in frozen.files if "." not in name]


@pytest.mark.parametrize("name", golden_cases())
def test_equals_frozen_hugging_face(name: str) -> None:
    with np.load(GOLDEN) as frozen:
        case = json.loads(str(frozen[name]))
        config = AlbertConfig(**case["config"])
        encoder = Encoder(config, random_weights(config, case["seed"], case["spread"]), threads=1)
        for number in range(case["shapes"]):
            ids, states = frozen[f"{name}.ids.{number}"].astype(np.int64), frozen[f"{name}.states.{number}"]
            layers = range(-len(states), 0)
            assert np.abs(encoder.run_layers(ids, layers) - states).max() <= TOLERANCE
            assert np.abs(encoder.run(ids) - states[-1]).max() <= TOLERANCE


WEIGHTS = random_weights(TINY, seed=5, spread=0.1)
ONE, TWO = (Encoder(TINY, WEIGHTS, threads=threads) for threads in (1, 2))
SENTENCES = st.lists(
    st.lists(st.integers(0, TINY.vocab_size - 1), min_size=1, max_size=TINY.max_position_embeddings),
    min_size=1,
    max_size=12,
)


def of_equal_length(
    sentences: list[list[int]], token_budget: int = 512, max_sentences: int = 1000
) -> Iterator[list[int]]:
    """Places of sentences by batches of equal length, the longest first."""
    for length in sorted({len(sentence) for sentence in sentences}, reverse=True):
        places = [place for place, sentence in enumerate(sentences) if len(sentence) == length]
        most = max(1, min(max_sentences, token_budget // max(1, length)))
        yield from (places[at : at + most] for at in range(0, len(places), most))


def vectors(encoder: Encoder, sentences: list[list[int]], **limits: int) -> list[NDArray[np.float32]]:
    """Vectors of each sentence, through batches of equal length."""
    found: list[NDArray[np.float32]] = [np.empty((0, 0), np.float32)] * len(sentences)
    for batch in of_equal_length(sentences, **limits):
        states = encoder.run(np.array([sentences[place] for place in batch]))
        for place, state in zip(batch, states, strict=True):
            found[place] = state
    return found


def packed_vectors(encoder: Encoder, sentences: list[list[int]], **limits: int) -> list[NDArray[np.float32]]:
    """Vectors of each sentence, through packed batches."""
    found: list[NDArray[np.float32]] = [np.empty((0, 0), np.float32)] * len(sentences)
    lengths = np.array([len(sentence) for sentence in sentences])
    for batch in pack(lengths, **limits):
        states = encoder.run_packed(np.concatenate([sentences[place] for place in batch]), lengths[batch])
        for place, state in zip(batch, np.split(states, np.cumsum(lengths[batch])[:-1]), strict=True):
            found[place] = state
    return found


def assert_steady(ours: list[NDArray[np.float32]], others: list[NDArray[np.float32]]) -> None:
    for one, other in zip(ours, others, strict=True):
        assert one.shape == other.shape
        assert np.abs(one - other).max() <= STEADY


@given(SENTENCES, st.integers(1, 5), st.integers(1, 200))
def test_batches_and_threads_move_no_vector(sentences: list[list[int]], most: int, budget: int) -> None:
    alone = [ONE.run(np.array([sentence]))[0] for sentence in sentences]
    assert_steady(vectors(ONE, sentences), alone)
    assert_steady(vectors(TWO, sentences, token_budget=budget, max_sentences=most), alone)
    assert_steady(packed_vectors(ONE, sentences), alone)
    assert_steady(packed_vectors(TWO, sentences, token_budget=budget, max_sentences=most), alone)


@given(SENTENCES, st.randoms(use_true_random=False))
def test_order_and_mates_move_no_vector(sentences: list[list[int]], random: Random) -> None:
    order = list(range(len(sentences)))
    random.shuffle(order)
    doubled = vectors(ONE, [sentences[place] for place in order] * 2)
    whole = vectors(ONE, sentences)
    assert_steady(doubled, [whole[place] for place in order] * 2)


@given(SENTENCES)
def test_packed_sentences_may_come_in_any_order(sentences: list[list[int]]) -> None:
    lengths = np.array([len(sentence) for sentence in sentences])
    states = ONE.run_packed(np.concatenate([np.array(sentence) for sentence in sentences]), lengths)
    assert_steady(np.split(states, np.cumsum(lengths)[:-1]), vectors(ONE, sentences))


def test_packed_layers_are_those_of_equal_lengths() -> None:
    first, second = random_ids(TINY, 2, 5), random_ids(TINY, 1, 3)
    ids, lengths = np.concatenate([first.ravel(), second.ravel()]), np.array([5, 5, 3])
    every = ONE.run_layers_packed(ids, lengths, [0, -1, 2])
    assert every.shape == (3, 13, TINY.hidden_size)
    assert np.abs(every[:, :10].reshape(3, 2, 5, -1) - ONE.run_layers(first, [0, -1, 2])).max() <= STEADY
    assert np.abs(every[:, 10:] - ONE.run_layers(second, [0, -1, 2])[:, 0]).max() <= STEADY


def test_a_base_sized_layer_is_as_steady() -> None:
    """The products of a base model are cut into blocks that a tiny one never fills."""
    config = AlbertConfig(
        hidden_size=768, num_hidden_layers=2, num_attention_heads=12, intermediate_size=3072, vocab_size=100
    )
    weights = random_weights(config)
    one, two = Encoder(config, weights, threads=1), Encoder(config, weights, threads=2)
    for pieces in (1, 2, 15, 130):
        ids = random_ids(config, 7, pieces)
        whole = two.run(ids)
        mixed = two.run_packed(np.concatenate([ids.ravel(), ids[0, :1], ids[1]]), np.array([pieces] * 7 + [1, pieces]))
        assert np.abs(mixed[-pieces:] - whole[1]).max() <= STEADY
        for place in range(len(ids)):
            assert np.abs(whole[place] - one.run(ids[place : place + 1])[0]).max() <= STEADY


def test_many_threads_at_once_agree() -> None:
    encoder = Encoder(TINY, WEIGHTS, threads=1)
    ids = [random_ids(TINY, 2, pieces, seed=pieces) for pieces in range(1, 33)]
    found: dict[int, NDArray[np.float32]] = {}

    def work(start: int) -> None:
        for place in range(start, len(ids), 4):
            found[place] = encoder.run_layers(ids[place], [1, -1])

    workers = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == len(ids)
    for place, states in found.items():
        assert np.abs(states - ONE.run_layers(ids[place], [1, -1])).max() <= STEADY


FORKED = """
import os
import numpy as np
from albert.random_models import TINY, random_ids, random_weights
from annopipe.albert.encoder import Encoder

encoder = Encoder(TINY, random_weights(TINY), threads=2)
ids = random_ids(TINY, 4, 30)
before = encoder.run(ids)
child = os.fork()
same = np.array_equal(encoder.run(ids), before)
if not child:
    del encoder
    os._exit(0 if same else 1)
assert same
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


FORKED_AT_ONCE = FORKED.replace("before = encoder.run(ids)", "encoder.prepare()").replace(
    "same = np.array_equal(encoder.run(ids), before)",
    "same = np.array_equal(encoder.run(ids), Encoder(TINY, random_weights(TINY), threads=2).run(ids))",
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("program", [FORKED, FORKED_AT_ONCE], ids=["used before", "while it is prepared"])
def test_a_forked_child_runs_too(program: str) -> None:
    """The child ends as multiprocessing's and Spark's do; an ordinary exit hangs, whoever imported onnxruntime."""
    path = os.pathsep.join(sys.path)
    command = [sys.executable, "-W", "ignore", "-c", program]
    assert subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, timeout=120, check=False).returncode == 0


def test_a_prepared_session_is_the_one_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build = Encoder._build

    def noted(encoder: Encoder, every_layer: bool) -> object:
        built.append(threading.current_thread().name)
        return build(encoder, every_layer)

    ids = random_ids(TINY, 2, 5)
    expected = ONE.run(ids)
    monkeypatch.setattr(Encoder, "_build", noted)
    encoder = Encoder(TINY, WEIGHTS, threads=1)
    encoder.prepare()
    for thread in threading.enumerate():
        if thread.name == "annopipe-encoder":
            thread.join()
    assert np.array_equal(encoder.run(ids), expected)
    assert built == ["annopipe-encoder"]


def test_a_preparation_that_fails_is_tried_again_by_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def failing(encoder: Encoder, every_layer: bool) -> object:
        tried.append(threading.current_thread().name)
        raise MemoryError(f"{every_layer}")

    monkeypatch.setattr(Encoder, "_build", failing)
    encoder = Encoder(TINY, WEIGHTS, threads=1)
    encoder.prepare()
    with pytest.raises(MemoryError):
        encoder.run(random_ids(TINY, 2, 5))
    assert tried[-1] == threading.current_thread().name


ENDING = """
from albert.random_models import TINY, random_weights
from annopipe.albert.encoder import Encoder

Encoder(TINY, random_weights(TINY), threads=2).prepare()
"""


def test_a_program_may_end_while_a_session_is_built() -> None:
    """A thread that the interpreter leaves behind in C++ code would abort the process."""
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(5):
        subprocess.run([sys.executable, "-c", ENDING], env={**os.environ, **path}, timeout=120, check=True)


def test_layers_count_from_both_ends() -> None:
    ids = random_ids(TINY, 2, 5)
    every = ONE.run_layers(ids, range(4))
    assert every.shape == (4, 2, 5, TINY.hidden_size)
    assert np.array_equal(ONE.run_layers(ids, [-1, 0, -4, 2]), every[[3, 0, 0, 2]])
    assert np.array_equal(ONE.run_layers(ids, [-1, 3]), every[[3, 3]])
    assert np.array_equal(ONE.run(ids), every[3])
    assert not np.array_equal(every[0], every[1])


def test_nothing_to_do() -> None:
    assert ONE.run(np.empty((0, 5), np.int64)).shape == (0, 5, TINY.hidden_size)
    assert ONE.run(np.empty((3, 0), np.int64)).shape == (3, 0, TINY.hidden_size)
    assert ONE.run_layers(np.empty((0, 5), np.int64), [0, 1]).shape == (2, 0, 5, TINY.hidden_size)
    assert ONE.run_layers(random_ids(TINY, 2, 5), []).shape == (0, 2, 5, TINY.hidden_size)
    none = np.empty(0, np.int64)
    assert ONE.run_packed(none, none).shape == (0, TINY.hidden_size)
    assert ONE.run_layers_packed(none, none, [0, 1]).shape == (2, 0, TINY.hidden_size)


def test_ids_may_lie_in_memory_as_they_like() -> None:
    ids = random_ids(TINY, 6, 10)
    assert np.array_equal(ONE.run(ids[::2, 1::3]), ONE.run(ids[::2, 1::3].copy()))


@pytest.mark.parametrize("layer", [4, -5, 100])
def test_a_layer_that_is_not_there(layer: int) -> None:
    with pytest.raises(ParamValueError, match=f"layer is {layer}: this model has 3 layers; give -4 to 3"):
        ONE.run_layers(random_ids(TINY, 1, 2), [0, layer])


@pytest.mark.parametrize("ids", [[[1, 2]], np.array([1, 2]), np.array([[1, 2]], np.int32), np.array([[1.0]])])
def test_ids_of_another_type(ids: object) -> None:
    with pytest.raises(ParamTypeError, match="two-dimensional array of int64"):
        ONE.run(ids)  # type: ignore[arg-type]


def test_ids_that_do_not_fit() -> None:
    with pytest.raises(ParamValueError, match="from -1 to 3: this model's vocabulary has 0 to 49"):
        ONE.run(np.array([[-1, 3]]))
    with pytest.raises(ParamValueError, match="from 2 to 50"):
        ONE.run_layers(np.array([[2, 50]]), [0])
    with pytest.raises(ParamValueError, match="65 pieces a sentence: this model takes at most 64"):
        ONE.run(np.zeros((1, 65), np.int64))


@pytest.mark.parametrize("lengths", [[2], [4], [3, 0], [4, -1], []])
def test_packed_lengths_that_do_not_fit(lengths: list[int]) -> None:
    with pytest.raises(ParamValueError, match="sum up to the 3 ids"):
        ONE.run_packed(np.array([1, 2, 3]), np.array(lengths, np.int64))


def test_packed_arguments_of_another_type() -> None:
    with pytest.raises(ParamTypeError, match="ids must be a one-dimensional array of int64"):
        ONE.run_packed(np.array([[1, 2]]), np.array([2]))
    with pytest.raises(ParamTypeError, match="lengths must be a one-dimensional array of int64"):
        ONE.run_layers_packed(np.array([1, 2]), np.array([2], np.int32), [0])
    with pytest.raises(ParamValueError, match="65 pieces a sentence"):
        ONE.run_packed(np.zeros(66, np.int64), np.array([1, 65]))


@pytest.mark.parametrize("threads", [0, -1])
def test_threads_that_make_no_sense(threads: int) -> None:
    with pytest.raises(ParamValueError, match=f"threads is {threads}"):
        Encoder(TINY, WEIGHTS, threads=threads)
