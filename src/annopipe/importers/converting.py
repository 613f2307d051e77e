"""A folder that was fetched from a hub, with files of torch or of tokenizers, turned into one with the usual files."""

import shutil
from dataclasses import replace
from pathlib import Path

from annopipe.errors import ModelError
from annopipe.importers.found import Choices
from annopipe.importers.layout import find_model, reader
from annopipe.importers.model_folder import write_folder
from annopipe.importers.self_check import check_model
from annopipe.importers.sentence_head import head_of

MADE = "converted"


def convert_in_place(folder: Path, origin: str) -> list[str]:
    """Replace all files of a private folder by a model in Hugging Face's form; return their names.

    Args:
        folder: with ``pytorch_model.bin`` in place of ``model.safetensors``, or ``tokenizer.json`` in place of
            ``spiece.model``.
        origin: where it came from, for errors.

    Raises:
        ModelError: it cannot be read, or the model does not run.
    """
    made = folder / MADE
    made.mkdir()
    try:
        names = _write(folder, made, origin)
    except ModelError as error:
        raise type(error)(f"{origin}: {error}") from error
    for path in folder.iterdir():
        if path.is_dir() and path != made:
            shutil.rmtree(path)
        elif path != made:
            path.unlink()
    for path in list(made.iterdir()):
        path.rename(folder / path.name)
    made.rmdir()
    return names


def _write(folder: Path, made: Path, origin: str) -> list[str]:
    """Write the model; no file of the folder is open afterwards."""
    model, kind = find_model(folder)
    found = replace(reader(kind)(model, Choices()), sentences=head_of(folder, model))
    names = write_folder(found, made, origin)
    check_model(made, None)
    return names
