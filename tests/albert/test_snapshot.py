"""A loaded model does not follow its files: cut off, rewritten, replaced or removed, and also while they are read."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from albert.random_models import int8_rows, write_safetensors
from annopipe.albert import snapshot as snapshots
from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import content_hash
from annopipe.albert.model import AlbertModel
from annopipe.albert.snapshot import snapshot
from annopipe.albert.vocabulary import Vocabulary
from annopipe.errors import ModelChanged
from tiny_model import make_tiny_model, random_weights

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="sealed memory is Linux's")
WAYS = [(way, 1 << 40) for way in ("cut", "cut unused", "in place", "replaced", "removed")]
WAYS += [(way, 1) for way in ("cut", "in place")]
"""What happens to the files, and the least size that processes share."""

TEXTS = ["the house by the river", "café, 1990"]
CHANGED = """
import os, sys
from pathlib import Path
import numpy as np
from annopipe.albert import snapshot
from annopipe.albert.model import AlbertModel
from annopipe.errors import ModelChanged

snapshot.LEAST_SHARED = int(sys.argv[2])
folder, way = Path(sys.argv[1]), sys.argv[3]
model = AlbertModel.load(folder, threads=1)
before = model.embed_sentences(["the house"]) if way != "cut unused" else None
for path in [*folder.glob("*.safetensors"), folder / "spiece.model"]:
    status, content = path.stat(), path.read_bytes()
    if way.startswith("cut"):
        os.truncate(path, 0)
    elif way == "in place":
        with path.open("r+b") as file:
            file.seek(len(content) // 2)
            file.write(bytes(len(content) - len(content) // 2))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif way == "replaced":
        path.with_suffix(".new").write_bytes(bytes(len(content)))
        os.replace(path.with_suffix(".new"), path)
    else:
        path.unlink()
after = model.embed_sentences(["the house"])
assert np.isfinite(after).all() and np.abs(after).max() > 0
assert before is None or np.array_equal(before, after)
"""


def single(folder: Path, config: AlbertConfig) -> None:
    """Float32 in one file, as it is."""


def halves(folder: Path, config: AlbertConfig) -> None:
    weights = {name: values.astype(np.float16) for name, values in random_weights(config, 0).items()}
    write_safetensors(folder / "model.safetensors", weights)


def shards(folder: Path, config: AlbertConfig) -> None:
    (folder / "model.safetensors").unlink()
    names = {}
    for number, (name, values) in enumerate(random_weights(config, 0).items()):
        names[name] = f"model-{number}.safetensors"
        write_safetensors(folder / names[name], {name: values})
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))


def rows(folder: Path, config: AlbertConfig) -> None:
    (folder / "model.safetensors").unlink()
    write_safetensors(folder / "model.int8.safetensors", int8_rows(random_weights(config, 0)))


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be changed."""
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.mark.parametrize("form", [single, halves, shards, rows])
@pytest.mark.parametrize(("way", "least"), WAYS)
def test_a_loaded_model_does_not_follow_its_files(
    folder: Path, form: Callable[[Path, AlbertConfig], None], way: str, least: int
) -> None:
    if os.name == "nt" and way in ("replaced", "removed"):
        pytest.skip("Windows keeps open files")
    form(folder, AlbertConfig.read(folder))
    command = [sys.executable, "-c", CHANGED, str(folder), str(least), way]
    subprocess.run(command, env=environment(), timeout=120, check=True)


@pytest.mark.parametrize("least", [1, 1 << 40], ids=["shared", "own"])
def test_a_snapshot_is_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    monkeypatch.setattr(snapshots, "LEAST_SHARED", least)
    path, content = tmp_path / "file", os.urandom(100_000)
    path.write_bytes(content)
    taken = snapshot(path)
    path.write_bytes(b"other")
    assert taken[:] == content
    assert snapshot(path)[:] == b"other"
    with pytest.raises(TypeError):
        taken[0] = 1  # type: ignore[index, unused-ignore]


SHARING = """
import re, sys
from annopipe.albert import snapshot
from annopipe.albert.model import AlbertModel

snapshot.LEAST_SHARED = 1
model = AlbertModel.load(sys.argv[1], threads=1)
maps = open("/proc/self/maps").read()
print(sorted(set(re.findall(r" (\\d+) +/memfd:annopipe-", maps))), flush=True)
sys.stdin.read()
"""


@ON_LINUX
def test_processes_of_one_parent_map_one_copy(folder: Path) -> None:
    command = [sys.executable, "-c", SHARING, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment()}
    programs = [subprocess.Popen(command, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    found = [program.stdout.readline() for program in programs]
    make_tiny_model(folder, seed=3)
    later = subprocess.Popen(command, **pipes)  # type: ignore[call-overload]
    other = later.stdout.readline()
    for program in [*programs, later]:
        program.communicate(timeout=60)
        assert program.returncode == 0
    assert len(set(found)) == 1
    assert found[0].count("'") == 2
    assert other not in found


@ON_LINUX
def test_a_copy_that_could_still_change_is_not_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs as another user, or has not sealed its memory, is not believed."""
    monkeypatch.setattr(snapshots, "LEAST_SHARED", 1)
    path = folder / "model.safetensors"
    size = path.stat().st_size
    open_memory = os.memfd_create(snapshots._name(path.stat()), os.MFD_ALLOW_SEALING)
    try:
        os.write(open_memory, bytes(size))
        assert snapshot(path)[:] == path.read_bytes()
    finally:
        os.close(open_memory)


@ON_LINUX
def test_where_no_memory_can_be_shared_each_process_has_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise PermissionError("memfd_create")

    monkeypatch.setattr(snapshots, "LEAST_SHARED", 1)
    monkeypatch.setattr(os, "memfd_create", refused)
    assert isinstance(snapshot(folder / "model.safetensors"), bytes)


def test_a_file_that_is_written_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(1000))
    seen = os.fstat

    def growing(place: int) -> os.stat_result:
        status = seen(place)
        with path.open("ab") as file:
            file.write(b"more")
        return status

    monkeypatch.setattr(snapshots.os, "fstat", growing)
    with pytest.raises(ModelChanged, match="was changed while it was read"):
        snapshot(path)


def rewriting(monkeypatch: pytest.MonkeyPatch, folder: Path, times: int) -> list[int]:
    """Let the folder's weights be written anew in each of the first ``times`` readings of it."""
    read, seeds = Vocabulary.read.__func__, list[int]()  # type: ignore[attr-defined]

    def changing(cls: type[Vocabulary], place: Path, config: AlbertConfig) -> Vocabulary:
        found: Vocabulary = read(cls, place, config)
        if len(seeds) < times:
            seeds.append(10 + len(seeds))
            make_tiny_model(folder, seed=seeds[-1])
        return found

    monkeypatch.setattr(Vocabulary, "read", classmethod(changing))
    return seeds


def test_a_folder_that_changes_once_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewriting(monkeypatch, folder, 1)
    model = AlbertModel.load(folder, threads=1)
    assert model.content_hash == content_hash(folder)
    assert np.array_equal(model.embed_sentences(TEXTS), AlbertModel.load(folder, threads=1).embed_sentences(TEXTS))


def test_a_folder_that_changes_all_the_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewriting(monkeypatch, folder, 99)
    with pytest.raises(ModelChanged, match="load it again once it is written whole"):
        AlbertModel.load(folder, threads=1)


def test_the_hash_is_of_what_was_loaded(folder: Path) -> None:
    """A time or a permission that changes is no change of content; other content is never taken for the model's."""
    model, digest = AlbertModel.load(folder, threads=1), content_hash(folder)
    path = folder / "model.safetensors"
    path.chmod(0o600)
    os.utime(path, (1, 1))
    assert model.content_hash == digest
    model.check_unchanged()
    late = AlbertModel.load(folder, threads=1)
    status, content = path.stat(), bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert model.content_hash == digest != content_hash(folder)
    with pytest.raises(ModelChanged, match="changed after the model was loaded"):
        model.check_unchanged()
    with pytest.raises(ModelChanged, match="load it again"):
        _ = late.content_hash
    assert AlbertModel.shared(folder).content_hash == content_hash(folder)


@pytest.mark.parametrize("name", ["config.json", "spiece.model", "tokenizer_config.json"])
def test_the_hash_counts_every_part(folder: Path, name: str) -> None:
    model = AlbertModel.load(folder, threads=1)
    make_tiny_model(folder, do_lower_case=False) if name.startswith("tok") else None
    if name == "config.json":
        config = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**config, "layer_norm_eps": 1e-3}))
    if name == "spiece.model":
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content.replace("é".encode(), "è".encode(), 1))
    with pytest.raises(ModelChanged):
        _ = model.content_hash
