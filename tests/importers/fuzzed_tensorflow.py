"""Readers of TensorFlow's files, with small sound files for them."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import tiny_model
from annopipe.importers import google_research
from annopipe.importers.facts import Facts, completed
from annopipe.importers.found import Choices
from annopipe.importers.tensorflow.checksum import masked_crc32c
from annopipe.importers.tensorflow.saved_model import SavedModel
from annopipe.importers.tensorflow.table import FOOTER, TRAILER
from annopipe.importers.wire import Message
from importers.bundle_writer import write_bundle
from importers.fuzzed import Fuzzed
from importers.tensorflow_model import google_names

TENSORFLOW = Path(__file__).parent / "tensorflow_files"
SMALLEST = replace(
    tiny_model.CONFIG,
    embedding_size=2,
    hidden_size=4,
    intermediate_size=4,
    max_position_embeddings=4,
    vocab_size=8,
)


def saved_model(name: str) -> Callable[[Path], Fuzzed]:
    """Graphs of a SavedModel, with the weights beside it or, where it has none there, in it."""

    def made(folder: Path) -> Fuzzed:
        path = folder / "saved_model.pb"
        prefix = TENSORFLOW / name / "variables" / "variables"

        def read() -> None:
            model = SavedModel(path, prefix)
            model.lowers_case()
            model.facts(model.tensors())

        return Fuzzed(((TENSORFLOW / name / path.name).read_bytes(),), path, read)

    return made


def _google_research(folder: Path) -> Path:
    """The smallest ALBERT as a checkpoint, beside another one that is not the latest."""
    model = folder / "model"
    model.mkdir()
    weights = google_names(tiny_model.random_weights(SMALLEST, 1))
    write_bundle(model / "model.ckpt-best", dict(weights.values()))
    (model / "model.ckpt-old.index").write_bytes(b"")
    (model / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-best"\n')
    (model / "albert_config.json").write_text(json.dumps(asdict(SMALLEST)))
    (model / "spiece.model").write_bytes(b"not looked at")
    return model


def google_file(name: str) -> Callable[[Path], Fuzzed]:
    def made(folder: Path) -> Fuzzed:
        model = _google_research(folder)
        path = model / name
        return Fuzzed((path.read_bytes(),), path, lambda: google_research.read(model, Choices()))

    return made


def blocks_of(index: bytes) -> list[tuple[int, int]]:
    """Begin and end of every block's content; those of the index of blocks come last."""
    footer = memoryview(index)[-FOOTER:]
    message, at, numbers = Message(footer, "footer"), 0, []
    for _ in range(4):
        number, at = message.varint(footer, at)
        numbers.append(number)
    meta, last = numbers[:2], numbers[2:]
    return [(0, meta[0] - TRAILER), (meta[0], sum(meta)), (last[0], sum(last))]


def mended(index: bytes, blocks: list[tuple[int, int]]) -> bytes:
    """A changed index whose blocks have the right checksums again, so that what lies in them is looked at."""
    out = bytearray(index)
    for begin, end in blocks:
        if end + TRAILER <= len(out):
            out[end + 1 : end + TRAILER] = masked_crc32c(bytes(out[begin : end + 1])).to_bytes(4, "little")
    return bytes(out)


def google_config(folder: Path) -> Fuzzed:
    """The config alone, beside weights that were read before."""
    model = _google_research(folder)
    tensors = google_research.read(model, Choices()).tensors
    path = model / "albert_config.json"
    return Fuzzed(
        (path.read_bytes(),),
        path,
        lambda: completed(tensors, Facts(), Choices(), google_research._config(model, Choices())),
    )


def mended_index(folder: Path) -> Fuzzed:
    model = _google_research(folder)
    path = model / "model.ckpt-best.index"
    seed = path.read_bytes()
    blocks, footer = blocks_of(seed), seed[-FOOTER:]

    def prepare(data: bytes) -> bytes:
        kept = (data + bytes(len(seed)))[: len(seed) - FOOTER]
        return mended(kept + footer, blocks)

    return Fuzzed((seed,), path, lambda: google_research.read(model, Choices()), prepare)
