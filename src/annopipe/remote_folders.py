"""Folders behind addresses: ``s3://``, ``gs://``, ``abfs://``, ``hdfs://``, ``dbfs:/`` and what else fsspec opens.

Credentials, regions and servers are found as the library of each store finds them (s3fs, gcsfs, adlfs);
nothing of them is kept or shown here. Object stores know no folders and no renaming: there a folder counts once its
last file, the one that readers look for, is written. Where renaming is one step the folder is written under another
name first.
"""

import atexit
import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, NoReturn, Self
from urllib.parse import unquote

from annopipe.errors import AnnopipeError, MissingExtra, RemoteFolderError

ADDRESS: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/(?P<double>/?)(?P<rest>.*)", re.DOTALL)
HERE: Final = {"file", "local"}
EXTRAS: Final = {
    **dict.fromkeys(("s3", "s3a", "s3n"), "s3"),
    **dict.fromkeys(("gs", "gcs"), "gcs"),
    **dict.fromkeys(("abfs", "abfss", "az", "adl", "wasb", "wasbs"), "azure"),
}
OTHER_NAMES: Final = {"s3n": "s3", "wasb": "abfs", "wasbs": "abfs"}
"""Hadoop's names of stores that fsspec knows by another."""
RENAMES: Final = {"hdfs", "arrow_hdfs", "webhdfs", "dbfs", "sftp", "ssh", "smb"}
"""File systems in which renaming a folder is one step."""
MOST_FILES: Final = 10_000
MOST_BYTES: Final = 16 << 30
VARIABLES: Final = ("AWS_", "GOOGLE_", "AZURE_", "FSSPEC_", "HADOOP_", "DATABRICKS_")
DBFS_MOUNT: Final = Path("/dbfs")


def is_address(place: str | os.PathLike[str]) -> bool:
    """Tell whether a place is an address of another file system than this machine's."""
    found = ADDRESS.fullmatch(os.fspath(place)) if isinstance(place, str | os.PathLike) else None
    if found is None or found["scheme"].lower() in HERE:
        return False
    return not (found["scheme"].lower() == "dbfs" and DBFS_MOUNT.is_dir())


def path_here(place: str | os.PathLike[str]) -> Path:
    """Return a path of this machine: of ``/data/x``, ``~/x``, ``file:///data/x``, and ``dbfs:/x`` on Databricks."""
    text = os.fspath(place)
    found = ADDRESS.fullmatch(text)
    if found is None:
        return Path(text).expanduser()
    rest = found["rest"].lstrip("/")
    if found["scheme"].lower() == "dbfs":
        return Path("/") / rest if rest.startswith("Volumes/") else DBFS_MOUNT / rest
    path = Path(rest if os.name == "nt" else f"/{rest.removeprefix('localhost/')}")
    return Path(unquote(str(path))) if "%" in rest and not path.exists() else path


def shown(address: str) -> str:
    """Return an address without a password or a signature in it."""
    return re.sub(r"//[^/@\s]*@", "//", address).partition("?")[0]


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder, or what begins with a name, in a store.

    Attributes:
        address: as the user wrote it, without secrets: for messages.
        system: fsspec's file system.
        path: its path there.
    """

    address: str
    system: Any
    path: str

    @classmethod
    def at(cls, address: str | os.PathLike[str], **options: Any) -> Self:
        """Return the folder at an address; ``options`` are fsspec's of that store.

        Raises:
            MissingExtra: the library for this kind of store is not installed.
            RemoteFolderError: no such kind of address, or its library refuses it.
        """
        text = os.fspath(address)
        with reaching(text):
            system, path = _opened(_for_fsspec(text), {**_options(text), **options})
        return cls(shown(text), system, path.rstrip("/"))

    def below(self, name: str) -> Self:
        """Return a folder or file in this one."""
        return type(self)(f"{self.address.rstrip('/')}/{name}", self.system, f"{self.path}/{name}")

    def files(self) -> dict[str, int]:
        """Return name, from this folder on, → bytes of all files in it; empty if it is not there.

        Raises:
            RemoteFolderError: the store does not answer, or holds names that would leave the folder.
        """
        with reaching(self.address):
            self.system.invalidate_cache()
            try:
                found = self.system.find(self.path, detail=True)
            except FileNotFoundError:
                return {}
        start = self.path.lstrip("/") + "/"
        names = {key.lstrip("/").removeprefix(start): info for key, info in found.items()}
        sizes = {name: int(info.get("size") or 0) for name, info in names.items() if not _is_mark(name, info)}
        for name in sizes:
            if not _stays_inside(name):
                raise RemoteFolderError(f"{self.address} holds a file named {name[:120]!a}, which leaves it: refused")
        if len(sizes) > MOST_FILES or sum(sizes.values()) > MOST_BYTES:
            raise RemoteFolderError(
                f"{self.address} holds {len(sizes)} files of {sum(sizes.values())} bytes: give the address of one "
                "model or pipeline"
            )
        return sizes

    def read(self, name: str) -> bytes:
        """Return the content of a small file.

        Raises:
            FileNotFoundError: it is not there.
            RemoteFolderError: the store does not answer.
        """
        with reaching(self.address, FileNotFoundError):
            return bytes(self.system.cat_file(f"{self.path}/{name}"))

    def write(self, name: str, content: bytes) -> None:
        """Write a small file at once.

        Raises:
            RemoteFolderError: the store refuses.
        """
        with reaching(self.address):
            self.system.pipe_file(f"{self.path}/{name}", content)

    def fetch(self, target: Path, files: Mapping[str, int]) -> None:
        """Copy files of this folder into one of this machine.

        Raises:
            RemoteFolderError: one does not come, or with another size than the store says.
        """
        for name, size in files.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with reaching(f"{self.address.rstrip('/')}/{name}"):
                self.system.get_file(f"{self.path}/{name}", str(path))
            if path.stat().st_size != size:
                raise RemoteFolderError(
                    f"{self.address}/{name} came with {path.stat().st_size} bytes, and the store says {size}: it is "
                    "being written, or was copied in part"
                )

    def put(self, folder: Path, last: str, stale: Collection[str] = ()) -> None:
        """Write a folder of this machine here: whole, or without its last file; then look at what arrived.

        Args:
            folder: of this machine.
            last: the file that readers look for first, written last.
            stale: files of an earlier version, to be removed once the new one is whole.

        Raises:
            RemoteFolderError: the store refuses, or holds something else afterwards.
        """
        if self._renames() and not stale and not self.files():
            draft = self._beside()
            try:
                draft._write(folder, last)
            except RemoteFolderError:
                with contextlib.suppress(RemoteFolderError), reaching(self.address):
                    draft.system.rm(draft.path, recursive=True)
                raise
            with reaching(self.address):
                self.system.mv(draft.path, self.path, recursive=True)
            self._compare(_sizes(folder))
            return
        self._write(folder, last)
        with reaching(self.address):
            for name in stale:
                self.system.rm_file(f"{self.path}/{name}")

    def _renames(self) -> bool:
        protocols = self.system.protocol
        return not RENAMES.isdisjoint({protocols} if isinstance(protocols, str) else protocols)

    def _beside(self) -> Self:
        parent, _, name = self.path.rpartition("/")
        return type(self)(self.address, self.system, f"{parent}/.{name}-{uuid.uuid4().hex[:12]}")

    def _write(self, folder: Path, last: str) -> None:
        sizes = _sizes(folder)
        rest = [name for name in sizes if name != last]
        for names in (rest, [last]):
            for name in names:
                target = f"{self.path}/{name}"
                with reaching(f"{self.address.rstrip('/')}/{name}"):
                    self.system.makedirs(target.rpartition("/")[0], exist_ok=True)
                    self.system.put_file(str(folder / name), target)
            self._compare({name: sizes[name] for name in names})

    def _compare(self, sizes: Mapping[str, int]) -> None:
        there = self.files()
        for name, size in sizes.items():
            if there.get(name) != size:
                raise RemoteFolderError(
                    f"{self.address}/{name} has {there.get(name)} bytes after it was written with {size}: the store "
                    "did not keep it. Save again"
                )


def fetched_for_this_process(remote: RemoteFolder, files: Mapping[str, int]) -> Path:
    """Return a private copy of files of a folder, which is removed when this process ends."""
    copy = Path(tempfile.mkdtemp(prefix="annopipe-"))
    atexit.register(_remove, copy, os.getpid())
    remote.fetch(copy, files)
    return copy


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child may still be running on its parent's copy
        shutil.rmtree(folder, ignore_errors=True)


_systems: dict[str, Any] = {}
"""File systems by store, options and environment: fsspec's own cache would keep credentials that were changed since."""


def _opened(address: str, options: Mapping[str, Any]) -> tuple[Any, str]:
    import fsspec

    variables = sorted(pair for pair in os.environ.items() if pair[0].startswith(VARIABLES))
    store = "/".join(address.split("/")[:3])
    key = hashlib.sha256(repr((store, sorted(options.items()), variables, os.getpid())).encode()).hexdigest()
    if key not in _systems:
        system, path = fsspec.core.url_to_fs(address, skip_instance_cache=True, **options)
        _systems[key] = system
        return system, str(path)
    return _systems[key], str(_systems[key]._strip_protocol(address))


def forget_credentials() -> None:
    """Let the next request look for credentials again: a sign-in may have come between."""
    _systems.clear()


@contextlib.contextmanager
def reaching(address: str, *let_through: type[BaseException]) -> Iterator[None]:
    """Give what a store's library raises as an error of ours that names the address."""
    passed: tuple[type[BaseException], ...] = (AnnopipeError, *let_through)
    try:
        yield
    except passed:
        raise
    except ImportError as error:
        _missing(address, error)
    except FileNotFoundError as error:
        raise RemoteFolderError(f"{shown(address)} is not there") from error
    except PermissionError as error:
        forget_credentials()
        raise RemoteFolderError(f"{shown(address)} is refused ({_said(error)}): {_credentials(address)}") from error
    except Exception as error:  # each store's library has errors of its own
        forget_credentials()
        if "Credential" in type(error).__name__ or "Credential" in str(error):
            raise RemoteFolderError(f"{shown(address)}: {_said(error)}: {_credentials(address)}") from error
        raise RemoteFolderError(f"{shown(address)} cannot be reached: {_said(error)}") from error


def _missing(address: str, error: ImportError) -> NoReturn:
    extra = EXTRAS.get(address.partition(":")[0].lower())
    name = extra or "remote"
    more = "" if extra else f", and what fsspec needs for such addresses ({_said(error)})"
    raise MissingExtra(f"{shown(address)} needs more: pip install 'annopipe[{name}]'{more}") from error


def _credentials(address: str) -> str:
    ways = {
        "s3": "AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or 'aws sso login'",
        "gcs": "GOOGLE_APPLICATION_CREDENTIALS, or 'gcloud auth application-default login'",
        "azure": "AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY, or 'az login'",
    }
    extra = EXTRAS.get(address.partition(":")[0].lower(), "")
    return f"credentials that may do this are needed: {ways.get(extra, 'those of this kind of store')}"


def _said(error: BaseException) -> str:
    """Return the first line of a library's error without query strings, which may hold signatures."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.sub(r"\?\S+", "?…", shown(line) if "@" in line else line)[:300]


def _for_fsspec(address: str) -> str:
    """Write Hadoop's addresses as fsspec has them: ``dbfs:/x`` → ``dbfs:///x``, ``s3n://`` → ``s3://``."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise RemoteFolderError(f"{shown(address)!r} is no address")
    scheme = found["scheme"].lower()
    return f"{OTHER_NAMES.get(scheme, scheme)}://{found['rest'] if found['double'] else '/' + found['rest']}"


def _options(address: str) -> dict[str, Any]:
    """Read variables that a store's own tools know and its library does not: a region, a workspace of Databricks."""
    scheme = address.partition(":")[0].lower()
    if EXTRAS.get(scheme) == "s3" and (region := os.environ.get("AWS_REGION")):
        return {"client_kwargs": {"region_name": region}}
    if scheme != "dbfs":
        return {}
    host, token = os.environ.get("DATABRICKS_HOST", ""), os.environ.get("DATABRICKS_TOKEN", "")
    if not host or not token:
        raise RemoteFolderError(
            f"{address} is on Databricks, and {DBFS_MOUNT} is not mounted here: set DATABRICKS_HOST and "
            "DATABRICKS_TOKEN"
        )
    return {"instance": host.removeprefix("https://").rstrip("/"), "token": token}


def _is_mark(name: str, info: Mapping[str, Any]) -> bool:
    """Tell whether an object only stands for a folder."""
    return not name or name.endswith("/") or info.get("type") == "directory"


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    plain = not any(part in {"..", "."} or part != part.strip() for part in parts)
    return plain and not name.startswith("/") and not re.search(r'[\x00-\x1f\x7f\\:*?"<>|]', name)


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
