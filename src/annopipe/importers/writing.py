"""Bytes of an archive's entry into a file, counted."""

from collections.abc import Iterable
from pathlib import Path

from annopipe.errors import ArchiveError
from annopipe.importers.limits import Tally


def copy_out(chunks: Iterable[bytes], target: Path, tally: Tally, announced: int) -> None:
    """Write an entry's bytes into a new file.

    Args:
        chunks: what comes out.
        target: the file; its folder is made.
        tally: told of each chunk.
        announced: bytes that the archive says it has.

    Raises:
        ArchiveError: more or fewer came.
        OSError: the file cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    came = 0
    with target.open("xb") as output:
        for chunk in chunks:
            came += len(chunk)
            if came > announced:
                break
            tally.add(len(chunk))
            output.write(chunk)
    if came != announced:
        more = "more" if came > announced else "fewer"
        raise ArchiveError(f"{target.name} has {more} bytes than the {announced} that the archive says: refused")
