"""Models into the store ahead of their use, for ``annopipe pull``."""

import os
from dataclasses import replace
from pathlib import Path

from annopipe.errors import ModelNotFound
from annopipe.hub.catalog import own_folder
from annopipe.hub.checksums import check
from annopipe.hub.entry import Entry
from annopipe.hub.known import known_model, unknown
from annopipe.hub.locate import entry_for, fetched
from annopipe.hub.names import ModelName, candidates, is_name
from annopipe.hub.store import BUNDLED, in_store, is_model, models_in


def pull(name: str, lang: str = "en", remote_loc: str | os.PathLike[str] | None = None, *, force: bool = False) -> Path:
    """Bring a model into the store and return its folder; one that is there is checked, file by file.

    A model of the folder in ``ANNOPIPE_CATALOG`` is copied; the bundled ones stay where they are.

    Args:
        name: ``<name>``, or ``<name>_<lang>`` in one, of any language.
        lang: language of a name without one.
        remote_loc: see `annopipe.hub.locate`.
        force: fetch it even if it is there.

    Raises:
        ModelNotFound: no such model; the text gives the nearest names.
        FetchError, StoreError, ModelNotHere, MissingExtra: see `annopipe.hub.locate`.
    """
    model = known_model(name, lang)
    if model is None:
        if remote_loc is None or not is_name(name):
            raise ModelNotFound(unknown(name, lang))
        model = candidates(name, lang)[0]
    if model.key in models_in(BUNDLED):
        return BUNDLED / model.key
    there = None if force else in_store(model.key)
    if there is not None:
        check(there, whole=True)
        return there
    return fetched(_entry(model, remote_loc), force=force)


def _entry(model: ModelName, remote_loc: str | os.PathLike[str] | None) -> Entry:
    entry = entry_for(model.name, model.language, remote_loc) or Entry(model)
    own = own_folder()
    if remote_loc is None and own is not None and is_model(own / model.key):
        return replace(entry, folder=str((own / model.key).resolve()))
    return entry
