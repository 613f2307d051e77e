"""What Spark writes of a saved stage in JSON: its class, its name, its parameters. Nothing of Java is read."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from annopipe.errors import ModelFileMissing, SourceError

PART: Final = "metadata/part-00000"
SUCCESS: Final = "metadata/_SUCCESS"
LARGEST: Final = 1 << 20
CHUNK: Final = 512
"""Bytes that each CRC-32 of Hadoop's ``.crc`` files covers."""

CRC_HEAD: Final = b"crc\0" + CHUNK.to_bytes(4, "big")
PIPELINE: Final = "org.apache.spark.ml.PipelineModel"


@dataclass(frozen=True)
class Saved:
    """A saved stage.

    Attributes:
        folder: where it lies.
        kind: its class without packages: ``AlbertEmbeddings``.
        full_name: its class.
        uid: its name.
        explicit: parameters that were set.
        defaults: the others.
        date: ISO date on which it was saved, or None.
    """

    folder: Path
    kind: str
    full_name: str
    uid: str
    explicit: Mapping[str, Any]
    defaults: Mapping[str, Any]
    date: str | None

    @property
    def params(self) -> dict[str, Any]:
        """All parameters, those that were set over the defaults."""
        return {**self.defaults, **self.explicit}


def read_metadata(folder: Path) -> Saved:
    """Return what ``metadata`` says of a saved stage.

    Raises:
        ModelFileMissing: there is none, or its ``_SUCCESS`` is missing: whoever wrote the folder did not finish.
        SourceError: it is no JSON object with class and uid, or not what its checksum says.
    """
    path = folder / PART
    if not path.is_file():
        raise ModelFileMissing(
            f"{folder.name} has no {PART}: it is no folder that Spark NLP saved, or was not copied whole"
        )
    if not (folder / SUCCESS).is_file():
        raise ModelFileMissing(
            f"{folder.name} has no {SUCCESS}: it was not written to its end; save or download it anew"
        )
    if path.stat().st_size > LARGEST:
        raise SourceError(f"{folder.name}/{PART} is larger than {LARGEST} bytes: that is no metadata of a stage")
    check_crc(path)
    try:
        values = json.loads(path.read_bytes().split(b"\n", 1)[0])
        full_name, uid = str(values["class"]), str(values["uid"])
        explicit, defaults = dict(values["paramMap"]), dict(values.get("defaultParamMap", {}))
        date = _date(values.get("timestamp"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(f"{folder.name}/{PART} is damaged ({error!r}): copy or download the folder anew") from error
    return Saved(folder, full_name.rpartition(".")[2], full_name, uid, explicit, defaults, date)


def check_crc(path: Path) -> None:
    """Compare a file with the ``.crc`` file beside it, where there is one.

    Raises:
        SourceError: they differ.
    """
    beside = path.with_name(f".{path.name}.crc")
    if not beside.is_file():
        return
    sums = beside.read_bytes()
    if not sums.startswith(CRC_HEAD):
        return
    with path.open("rb") as file:
        at = len(CRC_HEAD)
        while chunk := file.read(CHUNK):
            if zlib.crc32(chunk).to_bytes(4, "big") != sums[at : at + 4]:
                raise SourceError(f"{path.name} is not what {beside.name} says: damaged or cut off; copy it anew")
            at += 4
    if at != len(sums):
        raise SourceError(f"{path.name} is shorter than {beside.name} says: cut off; copy it anew")


def _date(timestamp: Any) -> str | None:
    """Return the ISO date of milliseconds since 1970; None if they are none."""
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return None
