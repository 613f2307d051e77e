"""Archives: what a model's may hold, and what is refused with nothing written elsewhere."""

import gzip
import hashlib
from pathlib import Path

import pytest

from annopipe.errors import ArchiveError
from annopipe.importers.archives import unpack
from annopipe.importers.limits import Limits
from importers.hostile_archives import damaged_archives, gzip_bomb, tar_of, zip_bomb, zip_of

SMALL = Limits(files=100)
HOSTILE = dict(damaged_archives())
FILES = {"model/config.json": b"{}", "model/weights": bytes(range(256)) * 40, "model/empty": b"", "Über.txt": b"x"}


def unpacked(folder: Path, archive: bytes, limits: Limits = SMALL) -> dict[str, bytes]:
    """Unpack below a folder and return what is there; make sure that nothing lies beside it."""
    (folder / "source").write_bytes(archive)
    target = folder / "inner" / "target"
    target.mkdir(parents=True)
    try:
        unpack(folder / "source", target, limits)
    finally:
        assert sorted(path.name for path in folder.iterdir()) == ["inner", "source"]
        assert [path.name for path in (folder / "inner").iterdir()] == ["target"]
        assert all(path.is_file() or path.is_dir() for path in target.rglob("*"))
        assert not any(path.is_symlink() for path in target.rglob("*"))
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


@pytest.mark.parametrize("make", [zip_of, tar_of, lambda files: tar_of(files, packed=False)])
def test_files_come_out_as_they_went_in(make, tmp_path: Path) -> None:
    assert unpacked(tmp_path, make(FILES)) == FILES


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_archives_are_refused_and_nothing_is_outside(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as refused:
        unpacked(tmp_path, HOSTILE[name]())
    assert len(str(refused.value)) > 20


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("zip: LNK", "symbolic link"),
        ("zip: encrypted", "encrypted.*password"),
        ("zip: overlapping", "overlaps"),
        ("zip: lzma", "method 14"),
        ("zip: says less than it has", "has more bytes than the 100|Bad CRC"),
        ("zip: a list of 4 GB", "list of files has 4294967280 bytes"),
        ("tar: kind b'2'", "is a link"),
        ("tar: kind b'6'", "device, pipe"),
        ("tar: a name of gigabytes", "claims"),
        ("7-Zip", "packed by 7-Zip"),
        ("a page", "page for a browser"),
    ],
)
def test_reasons_are_told(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=reason):
        unpacked(tmp_path, HOSTILE[name]())


@pytest.mark.parametrize("bomb", [zip_bomb, gzip_bomb])
def test_bombs_by_ratio_and_by_size(bomb, tmp_path: Path) -> None:
    archive = bomb(80)
    for number, (limits, reason) in enumerate(
        [(Limits(ratio_from=1 << 20), "zip bomb"), (Limits(total=10 << 20), "unpacks to more than 10.5 MB")]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(ArchiveError, match=reason):
            unpacked(folder, archive, limits)
        assert sum(path.stat().st_size for path in (folder / "inner").rglob("*")) < 20 << 20


@pytest.mark.parametrize("make", [zip_of, tar_of, lambda files: tar_of(files, packed=False)])
def test_cut_at_any_byte_it_is_refused(make, tmp_path: Path) -> None:
    whole = make({"a/b": b"0123456789" * 3, "c": hashlib.shake_128(b"c").digest(300)})
    for length in range(0, len(whole), 1 if len(whole) < 2000 else 7):
        if not any(whole[length:]):
            continue  # the blocks of zeros behind the mark of a tar archive's end
        folder = tmp_path / str(length)
        folder.mkdir()
        with pytest.raises(ArchiveError):
            unpacked(folder, whole[:length])


def test_an_archive_in_an_archive_stays_one(tmp_path: Path) -> None:
    inner = zip_of({"x": b"y"})
    assert unpacked(tmp_path, zip_of({"inner.zip": inner})) == {"inner.zip": inner}


def test_gzip_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError):
        unpacked(tmp_path, gzip.compress(b"no tar at all" * 100))
