"""Models that Spark NLP fetched to this machine: found by their names and taken over, its folder is only read.

Spark NLP keeps them unzipped in ``~/cache_pretrained/<name>_<language>_<versions>_<milliseconds>``. Reading one is the
work of `annopipe.importers`, a layer above, which is found by its name.
"""

import json
import logging
import os
import re
from importlib import import_module
from pathlib import Path
from typing import Final

from annopipe.errors import ModelError
from annopipe.hub.archives import IMPORTER, newest
from annopipe.hub.names import ModelName
from annopipe.hub.store import store_folder
from annopipe.warnings import warn_once

VARIABLE: Final = "ANNOPIPE_SPARK_NLP_CACHE"
"""Names another folder than ``~/cache_pretrained``, as ``spark.jsl.settings.pretrained.cache_folder`` does there."""

METADATA: Final = "metadata/part-00000"
SUCCESS: Final = "metadata/_SUCCESS"
ANNOTATOR: Final = re.compile(r"com\.johnsnowlabs\.nlp\..*\.AlbertEmbeddings")
LARGEST: Final = 1 << 20

_log: Final = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Return where Spark NLP keeps what it fetched."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen).expanduser() if chosen else Path("~/cache_pretrained").expanduser()


def find(model: ModelName) -> Path | None:
    """Return the newest whole folder of a model in Spark NLP's cache, or None; a half-written one is warned of."""
    cache = cache_folder()
    if not cache.is_dir():
        return None
    there = {f"{path.name}.zip": path for path in cache.glob(f"{model.key}_*") if path.is_dir()}
    while (chosen := newest(there, model)) is not None:
        folder = there.pop(chosen)
        fault = _fault(folder)
        if fault is None:
            return folder
        warn_once(f"{folder} in Spark NLP's cache is passed over: {fault}")
    return None


def take(model: ModelName) -> Path | None:
    """Bring a model from Spark NLP's cache into the store and return its folder there; None if it is not there.

    A folder that cannot be read is warned of and counts as absent.

    Raises:
        StoreError: the store cannot be written.
    """
    folder = find(model)
    if folder is None:
        return None
    _log.info("%s: taken from Spark NLP's cache, %s, into the store %s", model, folder, store_folder())
    module, name = IMPORTER
    try:
        card = getattr(import_module(module), name)(folder, model.name, model.language)
    except ModelError as error:
        warn_once(f"{folder} in Spark NLP's cache is passed over: {error}")
        return None
    found: Path | None = card.folder
    return found


def _fault(folder: Path) -> str | None:
    """Return what is wrong with a folder at a glance, or None."""
    path = folder / METADATA
    if not path.is_file() or not (folder / SUCCESS).is_file():
        return "it was not written to its end"
    if path.stat().st_size > LARGEST:
        return "its metadata is too large"
    try:
        kind = json.loads(path.read_bytes().split(b"\n", 1)[0])["class"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "its metadata is damaged"
    return None if ANNOTATOR.fullmatch(str(kind)) else f"it is a {str(kind)[:120]}, not an AlbertEmbeddings"
