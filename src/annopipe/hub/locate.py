"""From a name to the folder of a model: a path, the local store, the package, a folder of one's own, a hub."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from annopipe.errors import (
    FetchError,
    MissingExtra,
    ModelFileMissing,
    ModelNotFound,
    ModelNotHere,
    ParamTypeError,
    StoreError,
)
from annopipe.hub import hints
from annopipe.hub.names import LONGEST, ModelName, candidates, is_name
from annopipe.hub.places import folder_of, here
from annopipe.hub.store import CONFIG, is_model, store_folder
from annopipe.remote_folders import RemoteFolder, fetched_for_this_process, is_address, path_here
from annopipe.sentence_head import MODULES

if TYPE_CHECKING:
    from annopipe.hub.entry import Entry

FILES: Final = {".zip", ".safetensors", ".onnx", ".bin"}
SPARK_NLP: Final = {"public/models", "models"}
"""What Spark NLP's users pass as ``remote_loc`` for its public bucket: the catalog's own place."""


def locate(name: str | os.PathLike[str], lang: str = "en", remote_loc: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of a model; fetch it if its name is known and it is not on this machine.

    Looked at in this order: a path, the local store, the package, the folder of ``ANNOPIPE_CATALOG``, what Spark NLP
    fetched (``~/cache_pretrained``, only read), the hub. What is on this machine is used without any network. A name
    never resolves to another model's weights.

    Args:
        name: path of a folder, or name of a model: ``<name>``, or ``<name>_<lang>`` in one.
        lang: language code.
        remote_loc: where to fetch it from in place of the catalog's repository: ``owner/name`` of another one (with
            ``@revision`` if need be), the address of a mirror, a folder that holds the model or ``<name>_<lang>``, or a
            folder, address or bucket (``s3://``) that holds ``<name>_<lang>_<versions>_<milliseconds>.zip``. None, or
            Spark NLP's ``public/models``: as the catalog says.

    Raises:
        ParamTypeError: neither text nor a path.
        ModelFileMissing: a path that is no folder of a model.
        ModelNotFound: no model of this name and language is known.
        ModelNotHere: it is known but not on this machine, and fetching is switched off or not possible.
        FetchError, StoreError: it could not be fetched, or not be stored; or the store's was changed since.
        MissingExtra: fetching needs huggingface_hub, which is not installed.
    """
    if not isinstance(name, str | os.PathLike):
        raise ParamTypeError(f"a model is named by text, or by the path of its folder, not by {name!r:.60}")
    text = os.fspath(name)
    if is_address(text):
        return _at_address(text)
    path = path_here(text)
    if _is_there(path / CONFIG) or _is_there(path / MODULES):
        return path
    if _is_there(path) or not is_name(text) or path.suffix in FILES:
        raise ModelFileMissing(_no_model(text, path, lang))
    for model in candidates(text, lang):
        if (folder := folder_of(model.key)) is not None:
            if remote_loc is not None:
                _refuse_other_origin(folder, text, lang, os.fspath(remote_loc))
            from annopipe.hub.checksums import check

            check(folder)
            return folder
    if remote_loc is None or os.fspath(remote_loc) in SPARK_NLP:
        from annopipe.hub.spark_nlp_cache import take

        for model in candidates(text, lang):
            if (taken := take(model)) is not None:
                return taken
    asked = entry_for(text, lang, remote_loc)
    if asked is None:
        raise ModelNotFound(_absent(text, lang))
    return fetched(asked)


@cache
def _at_address(address: str) -> Path:
    """Return this process's copy of a model's folder at an address: it stays the same while the process lasts.

    Raises:
        ModelFileMissing: no model is there.
        RemoteFolderError, MissingExtra: the address cannot be read.
    """
    remote = RemoteFolder.at(address)
    files = remote.files()
    if CONFIG not in files and MODULES not in files:
        way = f"pretrained('name', 'en', {address!r}) and import_model take archives and models of other forms"
        raise ModelFileMissing(f"{remote.address} has no {CONFIG}, so it is no folder of a model; {way}")
    whole = MODULES in files  # whose modules lie in folders of their own
    return fetched_for_this_process(remote, {name: size for name, size in files.items() if whole or "/" not in name})


def _is_there(path: Path) -> bool:
    """Tell whether a path is there; one that cannot be, since it is too long, is not."""
    try:
        return path.is_file() if path.name in (CONFIG, MODULES) else path.is_dir()
    except OSError:
        return False


def entry_for(name: str, lang: str, remote_loc: str | os.PathLike[str] | None = None) -> Entry | None:
    """Return what is to be fetched for a name: the catalog's entry, as ``remote_loc`` changes it; None if unknown.

    Raises:
        ModelNotFound: ``remote_loc`` is no place to fetch from.
    """
    from annopipe.hub.catalog import find, own_mirror
    from annopipe.hub.entry import Entry

    entry = find(name, lang)
    mirror = own_mirror()
    if entry is None and mirror is not None and is_name(name):
        entry = Entry(candidates(name, lang)[0])
    if entry is not None and entry.endpoint is None and mirror is not None:
        entry = replace(entry, endpoint=mirror)
    place = None if remote_loc is None else os.fspath(remote_loc)
    if place is None or place in SPARK_NLP:
        return entry
    plain = entry or Entry(candidates(name, lang)[0], endpoint=mirror)
    if "://" in place and not place.startswith("file:"):
        return replace(plain, endpoint=place)
    return _from_folder(plain, path_here(place)) or _from_repository(plain, place)


def _from_folder(entry: Entry, place: Path) -> Entry | None:
    for folder in (place / entry.model.key, place):
        if is_model(folder):
            return replace(entry, folder=str(folder.resolve()), presumed=False)
    return _from_archives(entry, place)


def _from_archives(entry: Entry, place: Path) -> Entry | None:
    """Take the newest zip file of a model in a folder, a zip file itself, or a folder in another form."""
    from annopipe.hub.archives import in_folder

    if place.is_dir():
        archive = in_folder(place).get(entry.model)
        other = place / entry.model.key
        chosen = archive if archive is not None else other if other.is_dir() else None
    else:
        chosen = place if place.suffix == ".zip" and place.is_file() else None
    return None if chosen is None else replace(entry, archive=str(chosen.resolve()), presumed=False)


def _from_repository(entry: Entry, place: str) -> Entry:
    from annopipe.hub.entry import REPOSITORY

    repository, _, revision = place.partition("@")
    if Path(place).is_dir() or not REPOSITORY.fullmatch(repository) or ".." in place:
        msg = (
            f"remote_loc {place!r} is no place to fetch from: give owner/repository, the address of a mirror, or a "
            f"folder with {entry.model.key} in it"
        )
        raise ModelNotFound(msg)
    same = repository == entry.repository
    return replace(
        entry,
        repository=repository,
        revision=revision or (entry.revision if same else None),
        presumed=False,
        sha256=entry.sha256 if same else {},
    )


def _refuse_other_origin(folder: Path, name: str, lang: str, place: str) -> None:
    """Refuse to give weights of one origin to who names another; no network is used."""
    from annopipe.hub.provenance import Provenance

    origin = Provenance.read(folder)
    if origin is None or origin.endpoint == place or origin.endpoint.startswith(place.rstrip("/") + "/"):
        return
    asked = entry_for(name, lang, place)
    if asked is None:
        return
    wanted = asked.archive or asked.folder or (asked.repository if "://" not in place else place)
    if wanted not in {origin.repository, origin.endpoint}:
        msg = (
            f"{folder.name} is in the store, but from {origin.origin}, not from {wanted}: give the other one a name of "
            f"its own, or remove this one first, 'annopipe remove {folder.name}'"
        )
        raise StoreError(msg)


def fetched(entry: Entry, *, force: bool = False) -> Path:
    """Fetch a model, unless that is switched off; see `locate` for what it raises."""
    from annopipe.hub.archives import fetch_archive
    from annopipe.hub.fetch import fetch

    _refuse_offline(entry)
    try:
        entry = _with_archive(entry)
        return fetch_archive(entry, force=force) if entry.archive is not None else fetch(entry, force=force)
    except MissingExtra as error:
        text = f"{entry.model} is not on this machine, and {error}. {_ways_out(entry.model)}"
        raise MissingExtra(text) from error.__cause__
    except FetchError as error:
        raise type(error)(f"{entry.model} could not be fetched: {error}") from error


def _refuse_offline(entry: Entry) -> None:
    from annopipe.hub.offline import offline_switch

    switch = offline_switch()
    near = entry.folder is not None or (entry.archive is not None and "://" not in entry.archive)
    if switch is not None and not near:
        text = f"{entry.model} is not on this machine, and {switch} forbids to fetch it"
        raise ModelNotHere(f"{text}. {_ways_out(entry.model)}")


def _with_archive(entry: Entry) -> Entry:
    """Look whether the address that a user gave holds the model as an archive; else it is a mirror of the hub.

    Raises:
        ModelNotFound: it is neither.
    """
    from annopipe.hub.archives import at_address

    if entry.endpoint is None or entry.archive is not None or entry.folder is not None:
        return entry
    archive = at_address(entry.endpoint, entry)
    if archive is not None:
        return replace(entry, archive=archive, presumed=False)
    if entry.repository is None or (is_address(entry.endpoint) and not entry.endpoint.startswith("http")):
        raise ModelNotFound(
            f"{entry.endpoint} holds no {entry.model.key}_<versions>_<milliseconds>.zip, and as a mirror's address it "
            f"does not say which repository {entry.model} is"
        )
    return entry


def _ways_out(model: ModelName) -> str:
    return (
        f"Ways out: 'annopipe pull {model.key}' on a machine with a network, then copy its folder {model.key} to "
        f"{store_folder() / model.key} here; the path of a folder with the model in place of the name; or the bundled "
        f"model, {hints.bundled()}"
    )


def _no_model(text: str, path: Path, lang: str) -> str:
    reason = f"has no {CONFIG}" if _is_there(path) else "is no folder"
    hint = hints.of_repository(text, lang)
    needed = "give the folder that holds config.json, model.safetensors and spiece.model"
    return f"{text[:LONGEST]!r} {reason}: {needed}" + (f".{hint}" if hint else "")


def _absent(name: str, lang: str) -> str:
    from annopipe.hub.known import unknown

    there = ", ".join(model.key for model in here()) or "none"
    begun = next((path for model in candidates(name, lang) if (path := store_folder() / model.key).is_dir()), None)
    if begun is not None:
        there += f"; the folder {begun} has no {CONFIG}, it was copied in part"
    return (
        f"{unknown(name, lang)}. Models here: {there}. Ways out: a name from {hints.listed()}; the path of a Hugging "
        f"Face style folder; such a folder at {store_folder() / f'{name}_{lang}'}; a repository, "
        f"{hints.repository_option('owner/name')}; or the bundled model, {hints.bundled()}"
    )
