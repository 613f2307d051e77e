"""A model from a hub or a folder into the store: whole and checked, or not at all."""

import datetime
import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final

from annopipe.errors import CatalogError, FetchError, ModelNotHere, StoreError
from annopipe.hub import hints, partials
from annopipe.hub.card_building import card_of
from annopipe.hub.checksums import check, stamps_of, write_sums
from annopipe.hub.contents import INDEXES, is_foreign, modules_in, needed, refuse_others, shards
from annopipe.hub.digests import sha256_of
from annopipe.hub.entry import Entry
from annopipe.hub.lock import held
from annopipe.hub.progress import Progress
from annopipe.hub.provenance import Provenance, Verified
from annopipe.hub.remote import Hub, Snapshot
from annopipe.hub.store import LOCKS, in_store, install, is_model, require_space, store_folder, writing
from annopipe.hub.transfer import MARK, PART, download, patiently
from annopipe.sentence_head import MODULES, read_head
from annopipe.version import __version__
from annopipe.warnings import warn_once

CARD: Final = "card.md"
WEIGHTS: Final = (".safetensors", ".bin")
CONVERTER: Final = ("annopipe.importers.converting", "convert_in_place")
"""What turns other files into the usual ones: of a layer above, found by its name."""

_log: Final = logging.getLogger(__name__)


def fetch(entry: Entry, *, force: bool = False) -> Path:
    """Bring a model into the store and return its folder there.

    Safe with any number of processes at once: one fetches, the others wait for it.

    Args:
        entry: which model, and where it is.
        force: fetch it even if it is there; the new one takes the old one's place when it is whole.

    Raises:
        FetchError: it did not come, or not as announced; what came is kept for the next try.
        StoreError: the store cannot be written, or its disk is full.
        ModelNotHere: no place to fetch it from is known, or what lies there cannot be used.
        MissingExtra: huggingface_hub is not installed.
    """
    key, what = entry.model.key, f"fetching {entry.model.key}"
    if entry.repository is None and entry.folder is None:
        raise ModelNotHere(
            f"no repository is known for {entry.model}: give one, {hints.repository_option('owner/repository')}"
        )
    store = store_folder()
    with writing(what):
        (store / LOCKS).mkdir(parents=True, exist_ok=True)
        with held(store / LOCKS / f"{key}.lock", done=lambda: not force and in_store(key) is not None) as mine:
            there = None if force and mine else in_store(key)
            return there or _fetch(entry, renew=force)


def _fetch(entry: Entry, *, renew: bool) -> Path:
    key = entry.model.key
    work = partials.claim(key)
    try:
        provenance, names = _copy(entry, work) if entry.folder is not None else _download(entry, work)
        _finish(entry, work, provenance, names)
        return install(work, key, replace=renew)
    except (FetchError, KeyboardInterrupt):
        partials.give_back(work, key)
        raise
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def _say_presumed(entry: Entry) -> None:
    if entry.presumed:
        warn_once(
            f"the repository {entry.repository} of {entry.model} is only presumed: {entry.note or 'no source names it'}"
        )


def _download(entry: Entry, work: Path) -> tuple[Provenance, list[str]]:
    repository = str(entry.repository)
    hub = Hub(entry.endpoint)
    _say_presumed(entry)
    _log.info("fetching %s from %s/%s", entry.model.key, hub.endpoint, repository)
    snapshot = patiently(partial(hub.snapshot, repository, entry.revision))
    if MODULES in snapshot.files:
        _bring(hub, snapshot, work, MODULES)
    names = needed(repository, snapshot.files, modules_in(work))
    for name in names:
        (work / name).parent.mkdir(parents=True, exist_ok=True)
    for index in _indexes(names):
        names += _shards(hub, snapshot, work, index)
    files = [patiently(partial(hub.file, snapshot, name)) for name in names]
    total = sum(file.size or 0 for file in files)
    have = sum(path.stat().st_size for path in work.rglob("*"))
    require_space(total - have, f"fetching {entry.model.key}")
    with Progress(entry.model.key, total) as progress:
        compared = {file.name: download(hub, file, work, progress, entry.sha256.get(file.name)) for file in files}
    weights = [name for name in names if name.endswith(WEIGHTS)]
    return _provenance(entry, hub.endpoint, snapshot.commit, _verified(entry, weights, compared)), names


def _shards(hub: Hub, snapshot: Snapshot, work: Path, index: str) -> list[str]:
    """Return the names of the weights' shards, by the index, which is brought for it."""
    _bring(hub, snapshot, work, index)
    return shards(work, index)


def _bring(hub: Hub, snapshot: Snapshot, work: Path, name: str) -> None:
    """Bring a small file that says which others are needed."""
    file = patiently(partial(hub.file, snapshot, name))
    with Progress(name, file.size or 0) as progress:
        download(hub, file, work, progress)


def _indexes(names: Sequence[str]) -> list[str]:
    return [name for name in names if name.rpartition("/")[2] in INDEXES]


def _verified(entry: Entry, weights: Sequence[str], compared: dict[str, bool]) -> Verified:
    if weights and all(name in entry.sha256 for name in weights):
        return "catalog"
    return "hub" if weights and all(compared[name] for name in weights) else "first use"


def _copy(entry: Entry, work: Path) -> tuple[Provenance, list[str]]:
    """Copy a model's files from a folder, checked against the digests that lie there or in the catalog."""
    folder = Path(str(entry.folder))
    if not is_model(folder):
        raise CatalogError(f"{entry.model} should be in {folder}, but that has no config.json")
    check(folder, whole=True)
    there = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    names = needed(str(folder), there, modules_in(folder))
    for index in _indexes(names):
        names += shards(folder, index)
    require_space(sum((folder / name).stat().st_size for name in names), f"copying {entry.model.key}")
    for name in names:
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, work / name)
        expected = entry.sha256.get(name)
        if expected is not None and sha256_of(work / name) != expected:
            raise StoreError(f"{folder / name} has another SHA-256 than the catalog says: it was refused")
    weights = [name for name in names if name.endswith(WEIGHTS)]
    return _provenance(entry, str(folder), None, _verified(entry, weights, dict.fromkeys(names, False))), names


def converted(work: Path, origin: str) -> list[str]:
    """Turn a file of torch or a ``tokenizer.json`` into the usual files; return the names of all.

    Raises:
        ModelError: they cannot be read; nothing in them is run.
    """
    module, function = CONVERTER
    names: list[str] = getattr(import_module(module), function)(work, origin)
    return names


def _provenance(entry: Entry, endpoint: str, commit: str | None, verified: Verified) -> Provenance:
    return Provenance(
        name=entry.model.name,
        language=entry.model.language,
        repository=entry.repository if entry.folder is None else None,
        revision=commit,
        endpoint=endpoint,
        fetched=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        verified=verified,
        annopipe=__version__,
    )


def _finish(entry: Entry, work: Path, provenance: Provenance, names: Sequence[str]) -> None:
    """Make a folder of whole files a model: look at what it is, write digests, origin and card."""
    refuse_others(work, provenance.origin)
    for path in list(work.rglob("*")):
        if path.name.endswith((PART, MARK)):
            path.unlink()
    if is_foreign(names):
        names = converted(work, provenance.origin)
    read_head(work)
    write_sums(work, names)
    provenance = replace(provenance, stamps=stamps_of(work, names))
    provenance.write(work)
    (work / CARD).write_text(card_of(entry, work).markdown(), encoding="utf-8")
