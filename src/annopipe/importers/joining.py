"""The importers join the annotators' registry of readers; `annopipe/__init__` calls `join`."""

from pathlib import Path

from annopipe import saved_models


def join() -> None:
    """Join; nothing else is imported until a model is read."""
    saved_models.join(read_saved)


def read_saved(source: str) -> Path:
    """Return `annopipe.importers.saved_folders.kept` of a source."""
    from annopipe.importers.saved_folders import kept

    return kept(source)
