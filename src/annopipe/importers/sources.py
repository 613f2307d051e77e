"""From what a user names to a folder that can be read: a folder itself, an archive unpacked, an address fetched."""

import os
import urllib.request
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from annopipe.errors import FetchError, FetchMismatch, ModelNotHere, ParamValueError, SourceError
from annopipe.hub import hints
from annopipe.hub.buckets import Buckets, giver, is_bucket
from annopipe.hub.digests import SHA256_DIGITS, sha256_of
from annopipe.hub.names import is_name
from annopipe.hub.offline import offline_switch
from annopipe.hub.progress import Progress
from annopipe.hub.store import require_space
from annopipe.hub.transfer import MARK, download, patiently
from annopipe.importers.archives import unpack
from annopipe.importers.beside import beside
from annopipe.importers.limits import USUAL
from annopipe.importers.places import Places

WEB: Final = ("http", "https")
ARCHIVES: Final = (".zip", ".tar.gz", ".tgz", ".tar")


@dataclass(frozen=True, slots=True)
class Source:
    """What is imported.

    Attributes:
        folder: where its files lie: the user's own folder, not to be written, or one below the work folder.
        told: as the user named it; an absolute path for what lies on this machine.
        name: of its file or folder, without the ending of an archive.
        sha256: of the archive; None for a folder.
    """

    folder: Path
    told: str
    name: str
    sha256: str | None


def open_source(source: str | os.PathLike[str], work: Path, sha256: str | None = None) -> Source:
    """Bring what a user names into reach.

    Args:
        source: path of a folder or archive, or an address ``https://``, ``http://``, ``file://``, ``s3://``, ``gs://``
            or another that fsspec opens; of a store one that ends in ``/`` is a folder.
        work: a private folder, for what has to be fetched or unpacked.
        sha256: that the archive must have; by default what a file ``<archive>.sha256`` beside it says, if there is one.

    Raises:
        ParamValueError: ``sha256`` is no digest.
        SourceError: nothing is there, or it is neither folder nor archive.
        ArchiveError: see `annopipe.importers.archives`.
        FetchMismatch: the archive has another SHA-256.
        FetchError, ModelNotHere: an address cannot be reached, or may not.
        OSError: the work folder cannot be written.
    """
    if sha256 is not None and not SHA256_DIGITS.fullmatch(sha256.lower()):
        raise ParamValueError(f"sha256 {sha256!r} is none: it has 64 hexadecimal digits, as sha256sum prints them")
    text = os.fspath(source)
    scheme = urlsplit(text).scheme if "://" in text else ""
    if scheme == "file":
        text, scheme = _path_of(text), ""
    if not scheme:
        path = Path(text).expanduser().absolute()
        return _folder(path, sha256) if path.is_dir() else _archive(path, str(path), work, sha256, text)
    if scheme not in WEB and not is_bucket(text):
        raise SourceError(f"{text!r}: addresses begin with https://, http://, file://, s3://, gs:// or abfs://")
    _refuse_offline(text)
    if is_bucket(text) and text.endswith("/"):
        return _bucket_folder(text, work)
    return _archive(_fetched(text, work / "fetched"), text, work, sha256)


def _folder(path: Path, sha256: str | None) -> Source:
    if sha256 is not None:
        raise SourceError(f"{path} is a folder, which has no SHA-256: give the archive, or leave the digest out")
    return Source(path, str(path), path.name, None)


def _archive(path: Path, told: str, work: Path, sha256: str | None, given: str = "") -> Source:
    if not path.is_file():
        hint = hints.of_repository(given)
        text = f"{told} is not there: give a folder, a zip or tar.gz file, or an address"
        raise SourceError(f"{text}.{hint}" if hint else text)
    digest = sha256_of(path)
    expected = sha256 or beside(told if "://" in told else path)
    if expected is not None and digest != expected.lower():
        raise FetchMismatch(f"{told} has the SHA-256 {digest}, not {expected}: it was refused")
    name = stem(path.name)
    folder = work / "unpacked" / (name if is_name(name) else "archive")
    folder.mkdir(parents=True)
    unpack(path, folder)
    return Source(folder, told, name, digest)


def stem(name: str) -> str:
    """Return an archive's name without its ending."""
    ending = next((ending for ending in ARCHIVES if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)]


def _path_of(address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc not in {"", "localhost"}:
        raise SourceError(f"{address}: a file:// address of this machine has three slashes, file:///...")
    return urllib.request.url2pathname(parts.path)


def _refuse_offline(address: str) -> None:
    switch = offline_switch()
    if switch is not None:
        raise ModelNotHere(f"{switch} forbids to fetch {address}: fetch it elsewhere, and give the file's path")


def _fetched(address: str, folder: Path) -> Path:
    """Fetch a file."""
    web = giver(address)
    file = patiently(partial(web.file, address))
    if file.size is not None and file.size > USUAL.total:
        raise FetchError(f"{address} has {file.size} bytes: that is no model")
    require_space(file.size or 0, f"fetching {file.name}")
    folder.mkdir(parents=True, exist_ok=True)
    with Progress(file.name, file.size or 0) as progress:
        download(web, file, folder, progress)
    (folder / f"{file.name}{MARK}").unlink(missing_ok=True)
    return folder / file.name


def _bucket_folder(address: str, work: Path) -> Source:
    """Fetch all objects below an address of a store."""
    places = Places(address, work / "fetched")
    found = patiently(partial(Buckets().names, address))
    if not found or len(found) > USUAL.files:
        raise SourceError(f"{address} holds {len(found)} objects: give the address of one model's folder or archive")
    for key in found:
        target = places.of_file(key.removeprefix(address))
        fetched = _fetched(key, target.parent)
        fetched.rename(target)
    return Source(work / "fetched", address, unquote(address.rstrip("/").rpartition("/")[2]), None)
