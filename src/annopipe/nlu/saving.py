"""Pipes in folders: a saved pipeline, and beside it what its columns are called."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from annopipe.errors import SavedPipelineError
from annopipe.pipeline.pipeline import PipelineModel
from annopipe.remote_folders import RemoteFolder, is_address, path_here

NAMES: Final = "nlu.json"


@dataclass(frozen=True, slots=True)
class SavedNames:
    """What the columns of a pipe are called.

    Attributes:
        names: output column of word embeddings → the end of their column's name.
        reference: the request that the pipe was loaded by.
        sentences: the column of sentences.
    """

    names: dict[str, str]
    reference: str
    sentences: str


def save_pipe(model: PipelineModel, names: SavedNames, path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Save a pipeline and the names of its columns."""
    model.save(path, overwrite=overwrite)
    text = json.dumps(asdict(names), indent=1, ensure_ascii=False) + "\n"
    if is_address(path):
        RemoteFolder.at(path).write(NAMES, text.encode())
    else:
        (path_here(path) / NAMES).write_text(text, encoding="utf-8")


def saved_names(path: Path) -> SavedNames | None:
    """Return the names of a folder that `save_pipe` wrote, None for other folders.

    Raises:
        SavedPipelineError: they are damaged.
    """
    file = path / NAMES
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return SavedNames(dict(content["names"]), str(content["reference"]), str(content["sentences"]))
    except (ValueError, KeyError, TypeError, RecursionError) as broken:
        msg = f"{file} is damaged ({broken!r}): save the pipe again"
        raise SavedPipelineError(msg) from broken
