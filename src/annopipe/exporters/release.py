"""A model's files as one zip, named as Spark NLP's releases are, with the digest of each file and of the whole."""

import zipfile
from pathlib import Path
from typing import Final

from annopipe.hub.digests import sha256_of
from annopipe.hub.names import ModelName

TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Of every entry: the same model gives the same bytes."""

MODE: Final = 0o100644 << 16
STORED: Final = (".safetensors", ".onnx", "albert_onnx")
"""Ends of names of files that would not become smaller by more than some percent."""


def file_name(model: ModelName, versions: str, milliseconds: int) -> str:
    """Return ``<name>_<language>_<versions>_<milliseconds>.zip``."""
    return f"{model.key}_{versions}_{milliseconds}.zip"


def write_zip(folder: Path, target: Path) -> str:
    """Put the files of a folder at the root of a zip, write its SHA-256 beside it, and return that.

    Args:
        folder: what is put in.
        target: path of the zip; it must not be there.

    Raises:
        FileExistsError: it is there.
    """
    with zipfile.ZipFile(target, "x") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), TIME)
            entry.compress_type = zipfile.ZIP_STORED if path.name.endswith(STORED) else zipfile.ZIP_DEFLATED
            entry.external_attr = MODE
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                while block := source.read(1 << 20):
                    sink.write(block)
    digest = sha256_of(target)
    target.with_name(f"{target.name}.sha256").write_text(f"{digest}  {target.name}\n", encoding="utf-8")
    return digest
