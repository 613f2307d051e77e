"""Files that are there whole or not at all, also after the power went."""

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any, BinaryIO, Final

SCRATCH: Final = ".part"
"""Ending of files that are being written."""


def scratch_name(target: Path) -> Path:
    """Return the name under which this process writes a file before it has its place."""
    return target.with_name(f".{target.name}.{os.getpid()}{SCRATCH}")


def settle(file: BinaryIO) -> None:
    """Bring what was written to the disk."""
    file.flush()
    os.fsync(file.fileno())


def put_in_place(scratch: Path, target: Path) -> None:
    """Rename a finished file, and bring the new name to the disk."""
    scratch.replace(target)
    settle_folder(target.parent)


def settle_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system has a way to."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(target: Path, value: Any) -> None:
    """Write a JSON file in one step."""
    write_text(target, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_text(target: Path, text: str) -> None:
    """Write a UTF-8 file in one step; half characters, as odd file names hold, in the form that JSON has for them."""
    scratch = scratch_name(target)
    try:
        with scratch.open("wb") as file:
            file.write(text.encode(errors="backslashreplace"))
            settle(file)
        put_in_place(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)


def append_line(target: Path, line: str) -> None:
    """Add a line at the end of a file; after an error nothing of it is left where that can be done."""
    with target.open("ab") as file:
        before = file.tell()
        try:
            file.write(line.encode() + b"\n")
            settle(file)
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(before)
            raise


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
