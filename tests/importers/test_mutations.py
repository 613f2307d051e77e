"""Files changed at random: whatever the change, a model comes out or an error of ours, soon, and nothing else."""

import contextlib
import gzip
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annopipe.errors import AnnopipeError
from annopipe.importers.onnx_export import read_graph
from annopipe.importers.spark_nlp.metadata import read_metadata
from annopipe.importers.tensorflow.bundle import Bundle
from annopipe.importers.tensorflow.checksum import masked_crc32c
from annopipe.importers.tensorflow.saved_model import SavedModel
from annopipe.importers.tensorflow.table import FOOTER, TRAILER
from annopipe.importers.wire import Message

FILES = Path(__file__).parent
SLOWEST = 10.0
"""Seconds for one small file, on a busy machine; a reader that goes astray takes minutes."""

INTERESTING = st.sampled_from([0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF])
EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.one_of(INTERESTING, st.integers(0, 255)), st.integers(0, 3)),
    min_size=1,
    max_size=8,
)
"""Where in the file, as a share of it; which byte; and whether it replaces, is put in, takes out, or cuts off."""

Read = Callable[[], object]


def changed(data: bytes, edits: list[tuple[float, int, int]]) -> bytes:
    out = bytearray(data)
    for share, byte, kind in edits:
        at = int(share * len(out)) if out else 0
        if kind == 0 and out:
            out[at] = byte
        elif kind == 1:
            out.insert(at, byte)
        elif kind == 2 and out:
            del out[at : at + 1 + byte % 16]
        elif byte > 0xF0:
            del out[at:]
        elif out:
            out[at] ^= 1 << byte % 8
    return bytes(out)


def survives(read: Read) -> None:
    """Read, and pass if it works or if an error of ours says why not."""
    begun = time.monotonic()
    with contextlib.suppress(AnnopipeError):
        read()
    assert time.monotonic() - begun < SLOWEST


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint")
    for path in (FILES / "tensorflow_files" / "google_research").glob("model.ckpt-best*"):
        shutil.copyfile(path, folder / path.name)
    return folder / "model.ckpt-best"


def read_bundle(prefix: Path) -> None:
    bundle = Bundle(prefix)
    for name in bundle.places:
        bundle.floats(name)


def index_with(prefix: Path, content: bytes) -> None:
    prefix.with_name(f"{prefix.name}.index").write_bytes(content)
    survives(lambda: read_bundle(prefix))


INDEX = (FILES / "tensorflow_files" / "google_research" / "model.ckpt-best.index").read_bytes()


def blocks_of(index: bytes) -> list[tuple[int, int]]:
    """Begin and end of every block's content; those of the index of blocks come last."""
    footer = memoryview(index)[-FOOTER:]
    message, at, numbers = Message(footer, "footer"), 0, []
    for _ in range(4):
        number, at = message.varint(footer, at)
        numbers.append(number)
    meta, last = numbers[:2], numbers[2:]
    return [(0, meta[0] - TRAILER), (meta[0], sum(meta)), (last[0], sum(last))]


def mended(index: bytes) -> bytes:
    """A changed index whose blocks have the right checksums again, so that what lies in them is looked at."""
    out = bytearray(index)
    for begin, end in blocks_of(INDEX):
        if end + TRAILER <= len(out):
            out[end + 1 : end + TRAILER] = masked_crc32c(bytes(out[begin : end + 1])).to_bytes(4, "little")
    return bytes(out)


def overwritten(data: bytes, edits: list[tuple[float, int, int]]) -> bytes:
    out = bytearray(data)
    for share, byte, _ in edits:
        out[int(share * (len(out) - FOOTER))] = byte
    return bytes(out)


def index_mutations(edits: list[tuple[float, int, int]], checkpoint: Path) -> None:
    index_with(checkpoint, changed(INDEX, edits))


def mended_mutations(edits: list[tuple[float, int, int]], checkpoint: Path) -> None:
    index_with(checkpoint, mended(overwritten(INDEX, edits)))


def graph_mutations(edits: list[tuple[float, int, int]], folder: Path) -> None:
    for name in ("frozen", "garden"):
        original = FILES / "tensorflow_files" / name
        path = folder / "saved_model.pb"
        path.write_bytes(changed((original / path.name).read_bytes(), edits))

        def read(prefix: Path = original / "variables" / "variables", path: Path = path) -> None:
            model = SavedModel(path, prefix)
            model.facts(model.tensors())

        survives(read)


EXPORTS = {name: gzip.decompress((FILES / "onnx_files" / f"{name}.onnx.gz").read_bytes()) for name in ("optimised",)}
EXPORTS |= {
    name: gzip.decompress((FILES / "onnx_files" / f"{name}.onnx.gz").read_bytes())
    for name in ("script_14_sdpa", "program_23_sdpa")
}


def onnx_mutations(edits: list[tuple[float, int, int]], folder: Path) -> None:
    for data in EXPORTS.values():
        path = folder / "model.onnx"
        path.write_bytes(changed(data, edits))
        survives(lambda path=path: read_graph(path))


METADATA = (
    b'{"class":"com.johnsnowlabs.nlp.embeddings.AlbertEmbeddings","timestamp":1,"uid":"A_1","paramMap":'
    b'{"inputCols":["document","token"],"engine":"onnx"},"defaultParamMap":{"batchSize":8}}\n'
)


def metadata_mutations(edits: list[tuple[float, int, int]], folder: Path) -> None:
    (folder / "metadata").mkdir(exist_ok=True)
    (folder / "metadata" / "_SUCCESS").touch()
    (folder / "metadata" / "part-00000").write_bytes(changed(METADATA, edits))
    survives(lambda: read_metadata(folder).params)


MUTATIONS = {
    "index": index_mutations,
    "index, mended": mended_mutations,
    "graph": graph_mutations,
    "onnx": onnx_mutations,
    "metadata": metadata_mutations,
}


def mutate(name: str, place: Path, examples: int) -> None:
    healthy = [HealthCheck.too_slow, HealthCheck.data_too_large]

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=healthy)
    @given(edits=EDITS)
    def each(edits: list[tuple[float, int, int]]) -> None:
        MUTATIONS[name](edits, place)

    each()


@pytest.mark.parametrize("name", MUTATIONS)
def test_changed_files(name: str, tmp_path: Path, checkpoint: Path) -> None:
    mutate(name, checkpoint if "index" in name else tmp_path, 200)


@pytest.mark.long
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_hundred_thousand_changed_files(name: str, tmp_path: Path, checkpoint: Path) -> None:
    mutate(name, checkpoint if "index" in name else tmp_path, 100_000)


def test_the_mended_index_itself_is_sound(checkpoint: Path) -> None:
    checkpoint.with_name(f"{checkpoint.name}.index").write_bytes(mended(INDEX))
    assert Bundle(checkpoint).floats("bert/embeddings/word_embeddings").shape == (404, 8)
