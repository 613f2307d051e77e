"""Files that are there whole or not at all, also after the power went."""

import contextlib
import errno
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from annopipe.errors import AnnopipeError, OutputError

SCRATCH: Final = ".part"
"""Ending of files that are being written."""
_SEAL: Final = ', "check": "'
_FULL: Final = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def settle(file: BinaryIO) -> None:
    """Bring what was written to the disk."""
    file.flush()
    os.fsync(file.fileno())


def settle_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system has a way to."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_out(path: Path, text: str) -> None:
    """Write a UTF-8 file and bring it to the disk; half characters, as odd file names hold, in JSON's form for them."""
    with path.open("wb") as file:
        file.write(text.encode(errors="backslashreplace"))
        settle(file)


def append(file: BinaryIO, line: str, *, settled: bool = True) -> None:
    """Add a line at the end of a file; after an error nothing of it is left where that can be done."""
    before = file.tell()
    try:
        file.write(line.encode() + b"\n")
        if settled:
            settle(file)
        else:
            file.flush()
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(before)
        raise


def link_in_place(scratch: Path, target: Path) -> None:
    """Give a finished file its place, and never over another one.

    Raises:
        FileExistsError: there is one.
    """
    try:
        os.link(scratch, target)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:  # a file system without links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        scratch.rename(target)
    scratch.unlink(missing_ok=True)
    settle_folder(target.parent)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an error of the file system name the file that was being written, and say what to do.

    Raises:
        OutputError: in place of the `OSError`.
    """
    try:
        yield
    except AnnopipeError:
        raise
    except OSError as error:
        raise output_error(path, error) from error


def output_error(path: Path, error: OSError) -> OutputError:
    """Return what an `OSError` means for a file that was to be written."""
    way = "look at the folder and who may write there"
    if error.errno in _FULL:
        way = "free some space, and run it again"
    elif error.errno == errno.EFBIG:
        way = "lift the limit (ulimit -f) or choose another disk, and run it again"
    elif error.errno == errno.EROFS:
        way = "choose an output on a disk that can be written"
    ours = OutputError(f"{path} cannot be written: {error.strerror or error}: {way}")
    ours.errno = error.errno  # with its filename it would print only these two
    return ours


def sealed(entry: dict[str, Any]) -> str:
    """Return a line of JSON that ends with a checksum of itself."""
    text = json.dumps(entry)
    return f'{text[:-1]}{_SEAL}{zlib.crc32(text[:-1].encode()):08x}"}}'


def unsealed(line: str) -> dict[str, Any] | None:
    """Return what a line says, None for one that is damaged; a line without a checksum is of an earlier version."""
    body, seal, check = line.rpartition(_SEAL)
    if seal and check != f'{zlib.crc32(body.encode("utf-8", "replace")):08x}"}}':
        return None
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
