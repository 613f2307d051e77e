"""Archives of models: zip, tar and tar.gz, told apart by what is in them, not by their names."""

from pathlib import Path
from typing import Final

from annopipe.errors import ArchiveError
from annopipe.importers.limits import USUAL, Limits
from annopipe.importers.tars import GZIP, unpack_tar
from annopipe.importers.zips import unpack_zip

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
TAR_PLACE: Final = 257
TAR: Final = b"ustar"
OTHERS: Final = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}


def unpack(path: Path, folder: Path, limits: Limits = USUAL) -> None:
    """Unpack an archive into an empty folder, which exists; archives inside it stay as they are.

    Args:
        path: of a zip, tar or tar.gz file.
        folder: for its files; nothing is written elsewhere.
        limits: how large it may be.

    Raises:
        ArchiveError: it is none of these, damaged, encrypted, cut off or too large, or holds links, devices, or names
            that leave the folder. What was unpacked until then is the caller's to remove.
        OSError: the folder cannot be written.
    """
    start = head(path)
    if start.startswith(ZIP):
        unpack_zip(path, folder, limits)
    elif start.startswith(GZIP) or start[TAR_PLACE:].startswith(TAR):
        unpack_tar(path, folder, limits)
    else:
        raise ArchiveError(_unknown(path, start))


def head(path: Path) -> bytes:
    """Return the first bytes of a file, which tell what it is."""
    with path.open("rb") as file:
        return file.read(TAR_PLACE + len(TAR))


def _unknown(path: Path, start: bytes) -> str:
    if not start:
        return f"{path.name} is empty: copy or download it anew"
    for mark, name in OTHERS.items():
        if start.startswith(mark):
            return f"{path.name} is packed by {name}: unpack it, and import the folder"
    if start.lstrip()[:1] == b"<":
        return f"{path.name} is a page for a browser, no archive: the address leads to a login or to a page about it"
    return f"{path.name} is no zip, tar or tar.gz archive"
