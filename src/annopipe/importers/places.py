"""Where the entries of an archive go: below one folder, each at a place of its own, or nowhere."""

import re
from pathlib import Path, PurePosixPath
from typing import Final

from annopipe.errors import ArchiveError

DEEPEST: Final = 32
LONGEST: Final = 255
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


class Places:
    """The places of one archive's entries below a folder."""

    def __init__(self, archive: str, folder: Path) -> None:
        self._archive = archive
        self._folder = folder
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def of_file(self, name: str) -> Path:
        """Return where a file goes.

        Raises:
            ArchiveError: its name leaves the folder, is none on some system, or another entry has it.
        """
        parts = self._parts(name)
        above = ["/".join(parts[:depth]).lower() for depth in range(1, len(parts))]
        key = "/".join(parts).lower()
        if key in self._files or key in self._folders or self._files.intersection(above):
            raise ArchiveError(f"{self._archive} holds {_shown(name)} twice, or as a file and as a folder: refused")
        self._files.add(key)
        self._folders.update(above)
        return self._folder.joinpath(*parts)

    def of_folder(self, name: str) -> None:
        """Check the name of a folder, which is made only when a file goes there.

        Raises:
            ArchiveError: as `of_file`.
        """
        if PurePosixPath(name) == PurePosixPath():
            return
        parts = self._parts(name)
        keys = ["/".join(parts[:depth]).lower() for depth in range(1, len(parts) + 1)]
        if self._files.intersection(keys):
            raise ArchiveError(f"{self._archive} holds {_shown(name)} as a file and as a folder: refused")
        self._folders.update(keys)

    def _parts(self, name: str) -> tuple[str, ...]:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or any(not _is_plain(part) for part in parts) or len(parts) > DEEPEST:
            raise ArchiveError(
                f"{self._archive} holds an entry named {_shown(name)}, which would not stay in its folder or is no "
                "file name everywhere: refused, nothing was unpacked"
            )
        return parts


def _is_plain(part: str) -> bool:
    return not (
        part in {".", ".."}
        or len(part.encode("utf-8", "replace")) > LONGEST
        or _FORBIDDEN.search(part)
        or part.endswith((" ", "."))
        or _DEVICE.fullmatch(part)
        or not part.isprintable()
    )


def _shown(name: str) -> str:
    return ascii(name[:120])
