"""Zip archives, unpacked with every claim in them checked before and while anything is written."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from annopipe.errors import ArchiveError
from annopipe.importers.limits import Limits, Tally
from annopipe.importers.places import Places
from annopipe.importers.writing import copy_out

METHODS: Final = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}
ENCRYPTED: Final = 0x1
HEADER: Final = 30
"""Bytes before an entry's name in front of its data."""

FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
)
"""What `zipfile` raises for damaged archives."""


def unpack_zip(path: Path, folder: Path, limits: Limits) -> None:
    """Unpack a zip archive into an empty folder.

    Raises:
        ArchiveError: it is damaged, encrypted, too large, or has links or names that leave the folder; what was written
            until then is the caller's to remove.
        OSError: the folder cannot be written.
    """
    with path.open("rb") as file, opened(file, path.name, limits) as archive:
        entries = checked_entries(archive, path, limits)
        places = Places(path.name, folder)
        targets = [(entry, places.of_file(entry.filename)) for entry in entries if not entry.is_dir()]
        for entry in entries:
            if entry.is_dir():
                places.of_folder(entry.filename)
        tally = Tally(path.name, path.stat().st_size, limits)
        for entry, target in targets:
            copy_out(_chunks(archive, entry, path.name), target, tally, entry.file_size)


def opened(file: IO[bytes], name: str, limits: Limits) -> zipfile.ZipFile:
    """Open a zip archive whose list of entries is of a bearable size.

    Raises:
        ArchiveError: it is none, is damaged, or its list is too long.
    """
    _check_directory_size(file, name, limits)
    try:
        return zipfile.ZipFile(file)
    except FAULTS as error:
        raise damaged(name, error) from error


def checked_entries(archive: zipfile.ZipFile, path: Path, limits: Limits) -> list[zipfile.ZipInfo]:
    """Return an archive's entries, each found to be a plain file or folder of a possible size and place.

    Raises:
        ArchiveError: one is not.
    """
    size = path.stat().st_size
    tally = Tally(path.name, size, limits)
    entries = archive.infolist()
    if not entries:
        raise ArchiveError(f"{path.name} is an archive without files")
    for entry in entries:
        tally.add_file()
        _check_kind(entry, path.name)
        if entry.file_size < 0 or entry.compress_size < 0 or entry.compress_size > size:
            raise ArchiveError(f"{path.name}: {entry.filename[:120]!r} has an impossible size: the archive is damaged")
        tally.add(entry.file_size)
    _check_overlaps(entries, archive.start_dir, path.name)
    return entries


def damaged(name: str, error: BaseException) -> ArchiveError:
    """Return the error for an archive that cannot be read on."""
    return ArchiveError(f"{name} is damaged or cut off ({error or type(error).__name__}): copy or download it anew")


def _check_kind(entry: zipfile.ZipInfo, archive: str) -> None:
    name = ascii(entry.filename[:120])
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if not entry.filename:
        raise ArchiveError(f"{archive}: an entry has no name: the archive is damaged")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        what = "a symbolic link" if kind == stat.S_IFLNK else "a device, socket or pipe"
        raise ArchiveError(f"{archive}: {name} is {what}, which no model needs: refused")
    if entry.flag_bits & ENCRYPTED:
        raise ArchiveError(f"{archive}: {name} is encrypted: unpack it with its password, and import the folder")
    if entry.compress_type not in METHODS:
        raise ArchiveError(
            f"{archive}: {name} is compressed by method {entry.compress_type}; only stored and deflated entries are "
            "read: unpack it yourself, and import the folder"
        )


def _check_overlaps(entries: list[zipfile.ZipInfo], end: int, archive: str) -> None:
    """Refuse entries that share bytes, as a small archive does that pretends to hold a large one many times."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    starts = [entry.header_offset for entry in ordered[1:]] + [end]
    for entry, following in zip(ordered, starts, strict=True):
        last = entry.header_offset + HEADER + len(entry.orig_filename.encode("utf-8", "replace")) + entry.compress_size
        if entry.header_offset < 0 or last > following + _slack(entry):
            raise ArchiveError(f"{archive}: {entry.filename[:120]!a} overlaps what follows it: refused")


def _slack(entry: zipfile.ZipInfo) -> int:
    """Names in another encoding than UTF-8 are shorter in the file than here."""
    return 0 if entry.filename.isascii() else 2 * len(entry.filename)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    try:
        with archive.open(entry) as source:
            while chunk := source.read(1 << 20):
                yield chunk
    except FAULTS as error:
        raise damaged(name, error) from error


def _check_directory_size(file: IO[bytes], name: str, limits: Limits) -> None:
    """Look how long the list of entries is before `zipfile` reads all of it into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - 1024))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise ArchiveError(f"{name} is no zip archive, or cut off: its end is missing. Copy or download it anew")
    lengths = [int.from_bytes(tail[at + 12 : at + 16], "little")]
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if wide >= 0:
        lengths.append(int.from_bytes(tail[wide + 40 : wide + 48], "little"))
    longest = max(length for length in lengths if length != 0xFFFFFFFF) if lengths != [0xFFFFFFFF] else size
    if longest > limits.directory:
        raise ArchiveError(f"{name} says that its list of files has {longest} bytes: that is no model. Refused")
