"""A reader of files from elsewhere, as it is fed with faults."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fuzzed:
    """A reader, sound files for it, and where they lie.

    Attributes:
        seeds: sound files.
        path: of the file that is changed.
        read: reads what lies there.
        prepare: changes a changed file so that more of it is looked at.
    """

    seeds: tuple[bytes, ...]
    path: Path
    read: Callable[[], object]
    prepare: Callable[[bytes], bytes] = bytes
