"""The store: full, closed, changed, linked, and used by many at once."""

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from annopipe.errors import ModelFileMissing, ModelNotFound, StoreError
from annopipe.hub import installed, locate
from annopipe.hub.pulling import pull
from annopipe.hub.store import remove
from hub.conftest import BASE, NAME
from hub.local_hub import LocalHub, Repository

KEY = f"{NAME}_en"
WEIGHTS = "model.safetensors"


def stops(method: str, error: int, monkeypatch: pytest.MonkeyPatch, match: str, times: int = 10**9) -> None:
    """Let a method of `Path` fail with an error of the file system, for paths that have ``match``."""
    original = getattr(Path, method)
    left = [times]

    def failing(self: Path, *arguments: Any, **keywords: Any) -> Any:
        writes = method != "open" or any(mode in str(arguments[:1]) for mode in "wax+")
        if match in str(self) and writes and left[0] > 0:
            left[0] -= 1
            raise OSError(error, os.strerror(error), str(self))
        return original(self, *arguments, **keywords)

    monkeypatch.setattr(Path, method, failing)


STEPS = [
    ("mkdir", "store"),
    ("mkdir", ".locks"),
    ("mkdir", ".partial"),
    ("write_text", ".mark"),
    ("open", f"{WEIGHTS}.part"),
    ("open", "spiece.model.part"),
    ("rename", f"{WEIGHTS}.part"),
    ("write_text", "SHA256SUMS"),
    ("write_text", "source.json"),
    ("write_text", "card.md"),
    ("rename", f"{KEY}@"),
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "reason", [(errno.ENOSPC, "no space left"), (errno.EROFS, "cannot be written"), (errno.EIO, "error")]
)
def test_disk_full_or_closed_at_each_step(
    step: tuple[str, str], reason: tuple[int, str], hub: LocalHub, store: Path, model_files: dict[str, bytes]
) -> None:
    (method, match), (error, told) = step, reason
    with pytest.MonkeyPatch.context() as faulty:
        stops(method, error, faulty, match)
        with pytest.raises(StoreError) as caught:
            locate(NAME)
    text = str(caught.value)
    assert text.startswith(f"fetching {KEY} failed")
    assert told in text
    assert str(store) in text
    assert not (store / KEY).exists()
    assert not [path for path in store.rglob("*") if path.is_file()]
    assert (locate(NAME) / WEIGHTS).read_bytes() == model_files[WEIGHTS]


def test_disk_full_in_the_middle_of_a_file(
    hub: LocalHub, store: Path, model_files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as faulty:
        faulty.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(StoreError, match="no space left"):
            locate(NAME)
    assert not list((store / ".partial").iterdir())
    assert (locate(NAME) / WEIGHTS).read_bytes() == model_files[WEIGHTS]


def test_disk_full_when_the_lock_is_written(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.MonkeyPatch.context() as faulty:
        faulty.setattr(os, "write", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(StoreError, match="no space left"):
            locate(NAME)
    assert not list((store / ".locks").iterdir())
    locate(NAME)


def test_too_little_space_is_found_before_anything_comes(
    hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as small:
        small.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
        with pytest.raises(StoreError, match=r"no space left in the store .* \(1\.0 kB free, .* needed\)"):
            locate(NAME)
    assert hub.count("bytes", WEIGHTS) == 0
    locate(NAME)


def test_a_store_that_cannot_be_written_serves_what_is_in_it(
    hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locate(NAME)
    hub.stop()
    for method in ("mkdir", "open", "write_text", "rename", "replace", "unlink"):
        stops(method, errno.EROFS, monkeypatch, str(store))
    os.utime(store / KEY / WEIGHTS)
    assert locate(NAME) == store / KEY


def test_a_store_that_is_a_file(hub: LocalHub, store: Path) -> None:
    store.write_text("")
    with pytest.raises(StoreError, match=f"the store {store} is, or lies under, a file: set ANNOPIPE_HOME to a folder"):
        locate(NAME)


@pytest.mark.parametrize("name", [WEIGHTS, "config.json", "spiece.model"])
def test_a_file_that_was_changed_is_refused_each_time_and_comes_anew_by_force(
    name: str, hub: LocalHub, store: Path, model_files: dict[str, bytes]
) -> None:
    from annopipe.hub.catalog import find
    from annopipe.hub.fetch import fetch

    locate(NAME)
    path = store / KEY / name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    for _ in range(2):
        with pytest.raises(StoreError, match=f"{name} was changed after it was checked") as caught:
            locate(NAME)
    assert f"annopipe pull --force {KEY}" in str(caught.value)
    entry = find(NAME, "en")
    assert entry is not None
    fetch(entry, force=True)
    assert (locate(NAME) / name).read_bytes() == model_files[name]


def test_a_missing_file_or_list_of_digests(hub: LocalHub, store: Path) -> None:
    locate(NAME)
    sums = (store / KEY / "SHA256SUMS").read_text()
    (store / KEY / "SHA256SUMS").unlink()
    with pytest.raises(StoreError, match="lost its SHA256SUMS"):
        locate(NAME)
    (store / KEY / "SHA256SUMS").write_text("what is this\n")
    with pytest.raises(StoreError, match="SHA256SUMS is damaged"):
        locate(NAME)
    (store / KEY / "SHA256SUMS").write_text(sums)
    (store / KEY / "spiece.model").unlink()
    with pytest.raises(StoreError, match=r"spiece\.model is missing"):
        locate(NAME)


def test_a_damaged_source_file(hub: LocalHub, store: Path) -> None:
    locate(NAME)
    (store / KEY / "source.json").write_text("{")
    with pytest.raises(StoreError, match=r"source\.json is damaged"):
        locate(NAME)


def test_files_are_read_again_only_when_they_changed(
    hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locate(NAME)
    read: list[Path] = []
    monkeypatch.setattr("annopipe.hub.checksums.sha256_of", lambda path: read.append(path) or "no")
    locate(NAME)
    assert read == []
    os.utime(store / KEY / "config.json", (1, 1))
    with pytest.raises(StoreError):
        locate(NAME)
    assert read == [store / KEY / "config.json"]


def test_a_copied_store_is_checked_once(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locate(NAME)
    hub.stop()
    copy = store.parent / "copy"
    shutil.copytree(store / KEY, copy / KEY, copy_function=shutil.copyfile)
    monkeypatch.setenv("ANNOPIPE_HOME", str(copy))
    assert locate(NAME) == copy / KEY
    monkeypatch.setattr("annopipe.hub.checksums.sha256_of", lambda path: pytest.fail(f"{path} was read again"))
    assert locate(NAME) == copy / KEY


def test_links_out_of_the_store_are_not_followed(hub: LocalHub, store: Path) -> None:
    outside = store.parent / "outside"
    shutil.move(locate(NAME), outside)
    (store / KEY).symlink_to(outside)
    with pytest.raises(StoreError, match=r"is a symbolic link to .*outside, out of the store"):
        locate(NAME)
    (store / KEY).unlink()
    shutil.copytree(outside, store / KEY)
    (store / KEY / "spiece.model").unlink()
    (store / KEY / "spiece.model").symlink_to(outside / "spiece.model")
    with pytest.raises(StoreError, match=r"spiece\.model is a symbolic link"):
        locate(NAME)
    assert locate(outside) == outside
    (store / KEY / "spiece.model").unlink()
    shutil.rmtree(store / KEY)
    (store / KEY).symlink_to(outside)
    assert pull(NAME, force=True) == locate(NAME) == store / KEY
    assert not (store / KEY).is_symlink()
    assert (outside / "spiece.model").is_file()


def test_the_store_itself_may_be_a_link(hub: LocalHub, store: Path) -> None:
    (store.parent / "elsewhere").mkdir()
    store.symlink_to(store.parent / "elsewhere")
    assert locate(NAME) == store / KEY
    assert locate(NAME) == store / KEY


@pytest.mark.parametrize("name", ["../secret", "..", "a/../../b", "/etc", "a\\b", "a\0b", "", ".partial", "x" * 300])
def test_names_that_leave_the_store(name: str, store: Path) -> None:
    with pytest.raises((ModelFileMissing, ValueError)):
        locate(name)
    with pytest.raises(ModelNotFound):
        remove(name)
    assert not store.exists()


@pytest.mark.parametrize("language", ["../en", "EN", "english", "", "e/n", None])
def test_languages_that_are_none(language: str, store: Path) -> None:
    with pytest.raises(ModelNotFound, match="is no language code"):
        locate("albert_mini", language)


def test_remove(hub: LocalHub, store: Path) -> None:
    locate(NAME)
    assert remove(KEY) == store / KEY
    assert KEY not in installed()
    assert not list((store / ".partial").iterdir())
    with pytest.raises(ModelNotFound, match="is not in the store"):
        remove(KEY)
    with pytest.raises(ModelNotFound, match="comes with the package and stays"):
        remove("albert_mini_en")


def test_weights_of_another_repository_are_not_given(hub: LocalHub, model_files: dict[str, bytes]) -> None:
    hub.repositories["me/my-albert"] = Repository(model_files)
    locate(NAME, remote_loc="me/my-albert")
    with pytest.raises(StoreError, match=f"from me/my-albert, not from {BASE}"):
        locate(NAME, remote_loc=BASE)
    assert locate(NAME, remote_loc="me/my-albert") == locate(NAME)
