"""The local store: one folder a model, put there whole or not at all.

::

    <store>/<name>_<language>/   config.json, weights, spiece.model, …, card.md, SHA256SUMS, source.json
    <store>/.partial/            what is being fetched, private to a process
    <store>/.locks/              who is fetching

The store is ``ANNOPIPE_HOME``, else the platform's user cache folder for annopipe.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from annopipe.errors import AnnopipeError, ModelNotFound, StoreError
from annopipe.hub.names import is_name
from annopipe.sentence_head import MODULES

VARIABLE: Final = "ANNOPIPE_HOME"
BUNDLED: Final = Path(__file__).resolve().parent.parent / "models"
PARTIAL: Final = ".partial"
LOCKS: Final = ".locks"
CONFIG: Final = "config.json"

_FULL: Final = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED: Final = {errno.EROFS, errno.EACCES, errno.EPERM}


def store_folder() -> Path:
    """Return the local store: ``ANNOPIPE_HOME``, else the platform's user cache folder for annopipe."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("annopipe", appauthor=False))


def is_model(folder: Path) -> bool:
    """Tell whether a folder holds a model: Hugging Face's form, or that of sentence-transformers."""
    return (folder / CONFIG).is_file() or (folder / MODULES).is_file()


def models_in(root: Path) -> list[str]:
    """Return the keys (``<name>_<language>``) of the models that lie in a folder, in order."""
    if not root.is_dir():
        return []
    return sorted(path.name for path in root.iterdir() if is_name(path.name) and is_model(path))


def installed() -> list[str]:
    """Return the keys of all models on this machine: in the store and in the package."""
    return sorted({*models_in(store_folder()), *models_in(BUNDLED)})


def in_store(key: str) -> Path | None:
    """Return the folder of a model in the store, or None.

    Raises:
        StoreError: the folder, or a file in it, leads out of the store by a symbolic link.
    """
    store = store_folder()
    folder = store / key
    if not folder.is_dir():
        return None
    refuse_links_out(folder, store)
    return folder if is_model(folder) else None


def refuse_links_out(folder: Path, store: Path) -> None:
    """Raise `StoreError` if a model's folder or a file in it is a symbolic link out of the store."""
    home = store.resolve()
    for path in (folder, *folder.rglob("*")):
        target = path.resolve()
        if not target.is_relative_to(home):
            msg = (
                f"{path} is a symbolic link to {target}, out of the store {store}: annopipe does not follow it. Put "
                f"the files themselves there, or give the path in place of the name, pretrained({str(target)!r})"
            )
            raise StoreError(msg)


@contextlib.contextmanager
def writing(what: str, needed: int | None = None) -> Iterator[None]:
    """Say what an `OSError` of the file system means for the store: full, closed, or something else.

    Args:
        what: what was being done: "fetching albert_mini_en".
        needed: bytes that this takes.

    Raises:
        StoreError: in place of the `OSError`.
    """
    try:
        yield
    except (AnnopipeError, ConnectionError, TimeoutError):
        raise
    except OSError as error:
        raise StoreError(f"{what} failed: {_meaning(error, needed)}") from error


def _meaning(error: OSError, needed: int | None) -> str:
    store = store_folder()
    if error.errno in _FULL:
        free = free_bytes(store)
        return (
            f"no space left in the store {store}"
            + (f" ({megabytes(free)} free" if free is not None else "")
            + (f", {megabytes(needed)} needed" if free is not None and needed else "")
            + (")" if free is not None else "")
            + f". Nothing was left half-written; free some, or set {VARIABLE} to a folder elsewhere, and try again"
        )
    if error.errno == errno.EFBIG:
        return (
            f"a file in the store {store} may not become as large as that: a limit of this process (ulimit -f) or of "
            f"the file system. Nothing was left half-written; lift the limit, or set {VARIABLE} to a folder elsewhere"
        )
    if error.errno in _CLOSED:
        return (
            f"the store {store} cannot be written ({error.strerror}). Set {VARIABLE} to a folder that you may write, "
            "or let someone who may do it run 'annopipe pull'; models that are in it can be used as they are"
        )
    if error.errno == errno.ENOTDIR:
        return f"the store {store} is, or lies under, a file: set {VARIABLE} to a folder"
    return f"{error} (store: {store})"


def require_space(needed: int, what: str) -> None:
    """Raise `StoreError` if the store's disk has less room than ``needed`` bytes."""
    free = free_bytes(store_folder())
    if free is not None and free < needed:
        with writing(what, needed):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def free_bytes(folder: Path) -> int | None:
    """Return the free bytes of the disk that a folder is or would be on; None where that cannot be told."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), None)
    try:
        return None if there is None else shutil.disk_usage(there).free
    except OSError:
        return None


def megabytes(count: int) -> str:
    """Write a number of bytes as cards do: 44.8 MB."""
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"


def install(folder: Path, key: str, *, replace: bool = False) -> Path:
    """Move a finished model folder into the store under its key; return where it lies.

    If another process was faster its model stays and this one is dropped, unless ``replace``.
    """
    target = store_folder() / key
    if replace and target.exists():
        _set_aside(target)
    try:
        folder.rename(target)
    except OSError:
        if not is_model(target):
            raise
        shutil.rmtree(folder, ignore_errors=True)
    return target


def remove(key: str) -> Path:
    """Remove a model from the store; return where it lay.

    Raises:
        ModelNotFound: it is not in the store.
        StoreError: the store cannot be written.
    """
    target = store_folder() / key
    if not is_name(key) or not (target.is_dir() or target.is_symlink()):
        here = ", ".join(models_in(store_folder())) or "none"
        bundled = " It comes with the package and stays." if key in models_in(BUNDLED) else ""
        raise ModelNotFound(f"{key} is not in the store {store_folder()}.{bundled} In the store: {here}")
    with writing(f"removing {key}"):
        _set_aside(target)
    return target


def _set_aside(target: Path) -> None:
    """Take a folder out of the store at once, then delete it; processes that have it open keep what they read."""
    if target.is_symlink():
        target.unlink()
        return
    partial = target.parent / PARTIAL
    partial.mkdir(parents=True, exist_ok=True)
    aside = partial / f"removed-{os.urandom(16).hex()}"
    target.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)
