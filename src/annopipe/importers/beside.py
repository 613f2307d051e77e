"""The digest beside an archive, in a file of its name and ``.sha256``, as ``annopipe export --zip`` writes it."""

from pathlib import Path
from typing import Final

from annopipe.errors import FetchMismatch
from annopipe.hub.buckets import giver
from annopipe.hub.digests import SHA256_DIGITS
from annopipe.hub.faults import TryError

ENDING: Final = ".sha256"
LONGEST: Final = 1 << 16


def beside(archive: str | Path) -> str | None:
    """Return the SHA-256 that is told beside an archive; None if nothing is.

    Args:
        archive: a path or an address; whatever a server answers but a digest counts as nothing.

    Raises:
        FetchMismatch: the file beside a path is no digest.
    """
    if isinstance(archive, Path):
        path = archive.with_name(f"{archive.name}{ENDING}")
        if not path.is_file():
            return None
        digest = _digest(path.read_bytes()[:LONGEST].decode("utf-8", "replace"))
        if digest is None:
            raise FetchMismatch(f"{path} holds no SHA-256: remove it, or write it anew with sha256sum")
        return digest
    if "?" in archive:
        return None
    try:
        return _digest(giver(archive).text(f"{archive}{ENDING}"))
    except TryError:
        return None


def _digest(text: str) -> str | None:
    word = (text.split() or [""])[0].lower()
    return word if SHA256_DIGITS.fullmatch(word) else None
