"""Files in the stores that fsspec opens, for downloads: ``s3://``, ``gs://``, ``abfs://`` and the like.

`annopipe.hub.transfer.download` brings them as it brings a hub's: in parts, going on where an earlier try ended.
Buckets of S3 are read without an account, as Spark NLP's own is, unless ``ANNOPIPE_S3_SIGNED=1`` asks for the user's
AWS credentials, which s3fs finds where Amazon's tools do.
"""

import contextlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from annopipe.errors import FetchDenied, FetchError, MissingExtra, RemoteFolderError
from annopipe.hub.bounds import TooLong, collected
from annopipe.hub.faults import TryError, of_exception
from annopipe.hub.names import is_name
from annopipe.hub.offline import TRUE
from annopipe.hub.remote import CHUNK, Body, RemoteFile
from annopipe.hub.web import Web
from annopipe.remote_folders import RemoteFolder, forget_credentials, is_address, shown

SIGNED: Final = "ANNOPIPE_S3_SIGNED"
S3: Final = ("s3://", "s3a://", "s3n://")
WEB: Final = ("http://", "https://", "ftp://")

Value = TypeVar("Value")


def is_bucket(address: str) -> bool:
    """Tell whether an address is that of something in a store that fsspec opens, not of the web."""
    return is_address(address) and not address.lower().startswith(WEB)


def giver(address: str) -> "Buckets | Web":
    """Return who reads the file at an address; a public file of S3 can be read without s3fs, too."""
    plain = not is_bucket(address) or (address.startswith("s3://") and not _is_signed() and not _has_s3fs())
    return Web() if plain else Buckets()


def _has_s3fs() -> bool:
    try:
        return importlib.util.find_spec("s3fs") is not None
    except ValueError:  # as where None stands in sys.modules
        return False


class Buckets:
    """Reads files in stores."""

    def file(self, address: str) -> RemoteFile:
        """Return name, size and mark of a file.

        Raises:
            TryError: it is not there, or the store does not give it.
        """
        place = _at(address)
        info = _asked(lambda: place.system.info(place.path), address)
        if info.get("type") == "directory":
            raise TryError(FetchError(f"{shown(address)} is not there, or is a folder (404)"), -1, status=404)
        name = PurePosixPath(place.path).name
        mark = next((info[key] for key in ("ETag", "etag", "md5Hash", "mtime", "created") if info.get(key)), None)
        return RemoteFile(
            name if is_name(name) else "download",
            address,
            int(info["size"]) if info.get("size") is not None else None,
            f"of {shown(address)}: {mark}" if mark else None,
        )

    @contextlib.contextmanager
    def open(self, file: RemoteFile, start: int = 0) -> Iterator[Body]:
        """Yield a file's bytes from a place on.

        Raises:
            TryError: the store refuses, or the connection breaks.
        """
        place = _at(file.url)
        opened = _asked(lambda: place.system.open(place.path, "rb", cache_type="none"), file.url)
        try:
            _asked(lambda: opened.seek(start), file.url)
            yield Body(start, iter(lambda: _asked(lambda: bytes(opened.read(CHUNK * 64)), file.url), b""))
        finally:
            opened.close()

    def text(self, address: str) -> str:
        """Return a short text at an address.

        Raises:
            TryError: as `open`; or it is very long.
        """
        with self.open(self.file(address)) as body:
            try:
                return collected(body.chunks).decode("utf-8", "replace")
            except TooLong as error:
                raise TryError(FetchError(f"{shown(address)} is too long for a text ({error})"), -1) from error

    def names(self, address: str) -> list[str]:
        """Return the addresses of all files whose address begins as this one.

        Raises:
            TryError: the store does not give its list.
        """
        place = _at(address)
        folder, _, start = address.rpartition("/")
        above = _at(folder)
        found = _asked(lambda: _listed(place.system, above.path, start), address)
        root = above.path.lstrip("/") + "/"
        keys = sorted(str(key).lstrip("/").removeprefix(root) for key in found)
        return [f"{folder}/{key}" for key in keys if key and not key.endswith("/")]


def _listed(system: Any, folder: str, start: str) -> list[str]:
    """List what begins with a name in a folder; object stores are asked for that alone, since a bucket may be large."""
    system.invalidate_cache()
    try:
        return list(system.find(folder, prefix=start) if start else system.find(folder))
    except TypeError:  # a file system without prefixes
        return [name for name in system.find(folder) if str(name).removeprefix(folder).lstrip("/").startswith(start)]
    except FileNotFoundError:
        return []


def _at(address: str) -> RemoteFolder:
    options: dict[str, Any] = {}
    if address.lower().startswith(S3):
        wait = float(os.environ.get("HF_HUB_DOWNLOAD_TIMEOUT") or "10")
        options = {
            "anon": not _is_signed(),
            "config_kwargs": {"connect_timeout": wait, "read_timeout": wait, "retries": {"max_attempts": 2}},
        }
    if address.rstrip("/").endswith(":") or "/../" in address or not urlsplit(address).netloc:
        raise FetchError(f"{shown(address)!r} is no address of a file in a store")
    try:
        return RemoteFolder.at(address, **options)
    except RemoteFolderError as error:
        raise TryError(FetchError(str(error)), -1) from error


def _is_signed() -> bool:
    return os.environ.get(SIGNED, "").strip().lower() in TRUE


def _asked(call: Callable[[], Value], address: str) -> Value:
    """Return what a store's library gives, and its errors as ours."""
    try:
        return call()
    except MissingExtra:
        raise
    except FileNotFoundError as error:
        raise TryError(FetchError(f"{shown(address)} is not there (404)"), -1, status=404) from error
    except PermissionError as error:
        forget_credentials()
        raise TryError(_denied(address, "403"), -1, status=403) from error
    except Exception as error:  # each store's library has errors of its own
        forget_credentials()
        said = f"{type(error).__name__}: {error}"
        if any(word in said for word in ("Credential", "ProfileNotFound", "SSO", "Token", "SignatureDoesNotMatch")):
            reason = f"no AWS credentials were found, or not the right ones: {error}"
            raise TryError(_denied(address, reason), -1) from error
        raise of_exception(error, address, shown(address)) from error


def _denied(address: str, status: str) -> FetchDenied:
    if not address.lower().startswith(S3):
        return FetchDenied(f"{shown(address)} is not given to you ({status}): sign in with that store's own tools")
    if _is_signed():
        return FetchDenied(
            f"{shown(address)} is not given to your AWS credentials ({status}), or is not there: they need "
            "s3:GetObject and s3:ListBucket ('aws sts get-caller-identity' shows whose they are; set AWS_PROFILE, or "
            f"run 'aws sso login'). Without {SIGNED} public buckets are read without an account"
        )
    return FetchDenied(
        f"{shown(address)} is not given to everybody ({status}), or is not there: for a bucket of your own set "
        f"{SIGNED}=1, which uses your AWS credentials; or fetch it by hand, and give the file's path"
    )
