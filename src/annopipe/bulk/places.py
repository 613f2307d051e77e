"""Where texts are read from: files, folders, globs, and addresses that fsspec understands."""

import importlib.util
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from annopipe.bulk.boundaries import Boundary, refuse_inside
from annopipe.bulk.durable import digest
from annopipe.bulk.endings import ENDINGS
from annopipe.bulk.sources import Place
from annopipe.errors import InputFileError, MissingExtra

LISTED = ", ".join(ENDINGS)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file behind an address, such as ``s3://bucket/part.parquet``.

    Attributes:
        address: the whole address.
        system: fsspec's file system.
        path: its path there.
    """

    address: str
    system: Any
    path: str

    def __str__(self) -> str:
        return self.address

    @property
    def suffix(self) -> str:
        """The ending of its name."""
        return posixpath.splitext(self.path)[1]

    def open(self, mode: Any = "rb", /) -> Any:
        """Open it for bytes."""
        return self.system.open(self.path, mode)


def fingerprint(place: Place) -> dict[str, Any]:
    """Return size and digest: of the content for files here, of what their store says for files elsewhere."""
    if isinstance(place, Path):
        return {"name": str(place), "bytes": place.stat().st_size, "digest": digest(place)}
    if not isinstance(place, RemoteFile):
        raise TypeError(type(place).__name__)
    return {
        "name": str(place),
        "bytes": int(place.system.size(place.path) or 0),
        "digest": str(place.system.checksum(place.path)),
    }


def find_files(inputs: Iterable[str | Path], output: Path) -> list[Place]:
    """Return the files of all inputs, each once, in the order of the inputs and by name within one.

    A folder stands for all files in it and below that end in a known way; names that begin with a dot or underscore
    and the output's own folder, where it lies below, are left out.

    Args:
        inputs: files, folders, globs or addresses.
        output: the folder that is written to.

    Raises:
        InputFileError: an input is not there, holds no file, or ends in no known way.
        OutputOverlap: an input lies inside the output, by its name or by a link.
        MissingExtra: an address is given and fsspec is not installed.
    """
    found: dict[str, Place] = {}
    boundary = Boundary(output)
    for entry in inputs:
        if "://" not in str(entry):
            refuse_inside(Path(entry), boundary, "the input")
        places = _remote(str(entry)) if "://" in str(entry) else _local(str(entry), output)
        if not places:
            msg = f"{entry}: no such file or folder, or nothing in it that ends in {LISTED}"
            raise InputFileError(msg)
        for place in places:
            if place.suffix.lower() not in ENDINGS:
                msg = f"{place} cannot be read: files end in {LISTED}"
                raise InputFileError(msg)
            if (path := path_of(place)) is not None:
                refuse_inside(path, boundary, "the input")
            found.setdefault(str(place), place)
    return list(found.values())


def path_of(place: Place) -> Path | None:
    """Return the path of a file of this machine, also of one that was named by an address; None for others."""
    if isinstance(place, Path):
        return place
    if isinstance(place, RemoteFile) and {"file", "local"} & {*_protocols(place.system)}:
        return Path(place.path)
    return None


def _protocols(system: Any) -> tuple[str, ...]:
    named = system.protocol
    return (named,) if isinstance(named, str) else tuple(named)


def _local(entry: str, output: Path) -> list[Place]:
    path = Path(entry)
    if path.is_dir():
        return list(_of_folder(path, output))
    if path.is_file():
        return [path]
    found = glob(entry, recursive=True) if has_magic(entry) else []  # noqa: PTH207 - Path.glob takes no absolute pattern
    matches = sorted(map(Path, found))
    return [file for match in matches for file in (_of_folder(match, output) if match.is_dir() else [match])]


def _of_folder(folder: Path, output: Path) -> list[Path]:
    """Return a folder's files; those of the output that lies in it are left out, links into it are not."""
    own = output.resolve()
    return sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in ENDINGS
        and file.is_file()
        and not any(name[0] in "._" for name in file.relative_to(folder).parts)
        and not _inside(file, own)
    )


def _inside(file: Path, own: Path) -> bool:
    return (file.parent.resolve() / file.name).is_relative_to(own)


def _remote(address: str) -> list[Place]:
    if importlib.util.find_spec("fsspec") is None:
        msg = f"{address} is an address: pip install 'annopipe[remote]' brings what reads it"
        raise MissingExtra(msg)
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(address)
        if has_magic(path):
            names = system.glob(path)
        elif system.isdir(path):
            names = [name for name in system.find(path) if _is_shown(name, path)]
        else:
            names = [path] if system.exists(path) else []
    except (ValueError, ImportError) as unknown:
        msg = f"{address} cannot be read: {unknown}"
        raise InputFileError(msg) from unknown
    scheme = address.partition("://")[0]
    return [RemoteFile(f"{scheme}://{str(name).lstrip('/')}", system, str(name)) for name in sorted(names)]


def _is_shown(name: str, folder: str) -> bool:
    inside = name.removeprefix(folder).strip("/").split("/")
    return posixpath.splitext(name)[1].lower() in ENDINGS and not any(part[:1] in {".", "_"} for part in inside)
