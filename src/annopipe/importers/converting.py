"""A folder that was fetched from a hub, with files of torch or of tokenizers, turned into one with the usual files."""

from pathlib import Path

from annopipe.errors import ModelError
from annopipe.importers.found import Choices
from annopipe.importers.layout import detect, reader
from annopipe.importers.model_folder import write_folder
from annopipe.importers.self_check import check_model

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
        if path != made:
            path.unlink()
    for name in names:
        (made / name).rename(folder / name)
    made.rmdir()
    return names


def _write(folder: Path, made: Path, origin: str) -> list[str]:
    """Write the model; no file of the folder is open afterwards."""
    names = write_folder(reader(detect(folder))(folder, Choices()), made, origin)
    check_model(made, None)
    return names
