"""Tar archives, plain or compressed by gzip, unpacked with every claim in them checked."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from annopipe.errors import ArchiveError
from annopipe.importers.limits import Limits, Tally
from annopipe.importers.places import Places
from annopipe.importers.writing import copy_out
from annopipe.importers.zips import damaged

GZIP: Final = b"\x1f\x8b"
BLOCK: Final = 512
CHUNK: Final = 1 << 20
LONGEST_HEADER: Final = 1 << 20
"""Bytes of what may stand before a file: long names and the like."""

FAULTS: Final = (
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    ValueError,
    OverflowError,
    RecursionError,
    IndexError,
    KeyError,
)
"""What `tarfile` and `gzip` raise for damaged archives."""


class _Bounded:
    """The bytes of a tar archive for `tarfile`: never many at once, and not more than the limits allow."""

    def __init__(self, file: IO[bytes], tally: Tally) -> None:
        self._file = file
        self._tally = tally
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LONGEST_HEADER:
            raise ArchiveError(f"a header claims {size} bytes: damaged, or made to fill memory. Refused")
        data = self._file.read(size)
        self._tally.reach(max(self._tally.bytes, self._file.tell()))
        if size == BLOCK:
            self.last = data
        return data

    def drain(self, name: str) -> None:
        """Read to the end: only there gzip compares its checksum."""
        try:
            while self._file.read(CHUNK):
                self._tally.reach(max(self._tally.bytes, self._file.tell()))
        except FAULTS as error:
            raise damaged(name, error) from error

    def seek(self, place: int, whence: int = 0) -> int:
        if whence == 0 and place > self._file.tell():
            self._tally.reach(max(self._tally.bytes, place))
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()


def unpack_tar(path: Path, folder: Path, limits: Limits) -> None:
    """Unpack a tar archive into an empty folder.

    Raises:
        ArchiveError: it is damaged, cut off, too large, or has links, devices or names that leave the folder; what was
            written until then is the caller's to remove.
        OSError: the folder cannot be written.
    """
    tally = Tally(path.name, path.stat().st_size, limits)
    places = Places(path.name, folder)
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) if packed else raw as plain:
            bounded = _Bounded(plain, tally)  # type: ignore[arg-type]
            for archive, member in _members(bounded, path.name):
                tally.add_file()
                _check_kind(member, path.name)
                if member.isdir():
                    places.of_folder(member.name)
                    continue
                target = places.of_file(member.name)
                written = Tally(path.name, path.stat().st_size, limits)
                copy_out(_chunks(archive, member, path.name), target, written, member.size)
            if bounded.last != bytes(BLOCK):
                raise ArchiveError(f"{path.name} ends without the mark of its end: it is cut off. Copy it anew")
            bounded.drain(path.name)


def _members(file: _Bounded, name: str) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the entries in the order of the file, without keeping them."""
    try:
        with tarfile.open(fileobj=file, mode="r:", errorlevel=2) as archive:  # type: ignore[call-overload]
            while (member := archive.next()) is not None:
                archive.members = []
                yield archive, member
    except ArchiveError:
        raise
    except FAULTS as error:
        raise damaged(name, error) from error


def _check_kind(member: tarfile.TarInfo, archive: str) -> None:
    name = ascii(member.name[:120])
    if member.issym() or member.islnk():
        raise ArchiveError(f"{archive}: {name} is a link, which no model needs: refused")
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise ArchiveError(f"{archive}: {name} is a device, pipe or file with holes, which no model needs: refused")
    if member.size < 0:
        raise ArchiveError(f"{archive}: {name} has the size {member.size}: the archive is damaged")


def _chunks(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> Iterator[bytes]:
    try:
        source = archive.extractfile(member)
        while source is not None and (chunk := source.read(CHUNK)):
            yield chunk
    except ArchiveError:
        raise
    except FAULTS as error:
        raise damaged(name, error) from error
