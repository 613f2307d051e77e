"""How large an archive may be, as it says itself and as it really is."""

from dataclasses import dataclass
from typing import Final

from annopipe.errors import ArchiveError
from annopipe.hub.store import megabytes


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one archive.

    Attributes:
        total: bytes of all files, unpacked; an ALBERT xxlarge that an exporter wrote out layer by layer has 10 GB.
        files: how many.
        ratio: bytes unpacked for each byte of the archive, once ``ratio_from`` bytes came out; weights hardly shrink.
        directory: bytes of a zip's own list of its entries.
    """

    total: int = 16 << 30
    files: int = 10_000
    ratio: int = 100
    ratio_from: int = 64 << 20
    directory: int = 16 << 20


USUAL: Final = Limits()


class Tally:
    """Counts what comes out of an archive."""

    def __init__(self, archive: str, size: int, limits: Limits) -> None:
        self._archive = archive
        self._size = max(size, 1)
        self._limits = limits
        self.bytes = 0
        self.files = 0

    def add_file(self) -> None:
        """Count a file.

        Raises:
            ArchiveError: there are too many.
        """
        self.files += 1
        if self.files > self._limits.files:
            raise ArchiveError(f"{self._archive} holds more than {self._limits.files} files: that is no model")

    def add(self, count: int) -> None:
        """Count bytes.

        Raises:
            ArchiveError: there are too many, or too many for an archive of this size.
        """
        self.reach(self.bytes + count)

    def reach(self, total: int) -> None:
        """Note that so many bytes came out, or would, by what the archive says.

        Raises:
            ArchiveError: as `add`.
        """
        self.bytes = total
        if total > self._limits.total:
            raise ArchiveError(
                f"{self._archive} unpacks to more than {megabytes(self._limits.total)}: it was refused. If it is a "
                "model, unpack it yourself and import the folder"
            )
        if total > self._limits.ratio_from and total > self._limits.ratio * self._size:
            raise ArchiveError(
                f"{self._archive} unpacks to more than {self._limits.ratio} times its {megabytes(self._size)}: a zip "
                "bomb, or no weights. It was refused"
            )
