"""From a name to the folder of a model: a path, the local store, the package."""

import difflib
import os
import re
from pathlib import Path
from typing import Final

import platformdirs

from annopipe.errors import ModelFileMissing, ModelNotFound

BUNDLED: Final = Path(__file__).resolve().parent.parent / "models"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def store_folder() -> Path:
    """Return the local store: ``ANNOPIPE_HOME``, else the platform's user cache folder for annopipe."""
    chosen = os.environ.get("ANNOPIPE_HOME")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("annopipe", appauthor=False))


def installed() -> list[str]:
    """Return the names of all models on this machine, as ``<name>_<language>``."""
    return sorted({folder.name for root in (store_folder(), BUNDLED) for folder in _models(root)})


def _models(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return [path for path in root.iterdir() if path.is_dir() and _NAME.fullmatch(path.name)]


def locate(name: str | os.PathLike[str], lang: str = "en") -> Path:
    """Return the folder of a model.

    Args:
        name: path of a folder, or name of a model: ``<name>``, or ``<name>_<lang>`` in one.
        lang: language code.

    A name never resolves to another model's weights.

    Raises:
        ModelFileMissing: a path that is no folder.
        ModelNotFound: no model of this name and language on this machine.
    """
    text = os.fspath(name)
    path = Path(text).expanduser()
    if path.is_dir() and (path / "config.json").is_file():
        return path
    if path.is_dir() or not _NAME.fullmatch(text) or path.suffix in {".zip", ".safetensors", ".onnx", ".bin"}:
        reason = "has no config.json" if path.is_dir() else "is no folder"
        msg = f"{text!r} {reason}: give the folder that holds config.json, model.safetensors and spiece.model"
        raise ModelFileMissing(msg)
    for root in (store_folder(), BUNDLED):
        for folder in (root / f"{text}_{lang}", root / text):
            if folder.is_dir() and (folder.name != text or text.endswith(f"_{lang}")):
                return folder
    raise ModelNotFound(_absent(text, lang))


def _absent(name: str, lang: str) -> str:
    there = installed()
    near = difflib.get_close_matches(f"{name}_{lang}", there, n=3, cutoff=0.6)
    return (
        f"no model {name!r} for language {lang!r} on this machine. "
        + (f"Near: {', '.join(near)}. " if near else "")
        + f"Models here: {', '.join(there) or 'none'}. Ways out: give the path of a Hugging Face style folder; put such "
        f"a folder at {store_folder() / f'{name}_{lang}'}; or use the bundled model, pretrained('albert_mini', 'en')"
    )
