"""Models as zip files in Spark NLP's naming, ``<name>_<language>_<versions>_<milliseconds>.zip``, and where they lie.

A place that holds such files is a folder, an address of the web (with Spark NLP's ``metadata.json``, with a page that
lists its files, or with neither, where the catalog knows the file's name), or a bucket of S3. Reading one is the work
of `annopipe.importers`, a layer above, which is found by its name.
"""

import html
import json
import os
import re
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote, unquote, urlsplit

from annopipe.errors import FetchError, MissingExtra
from annopipe.hub.buckets import Buckets, giver, is_bucket
from annopipe.hub.entry import Entry
from annopipe.hub.faults import TryError
from annopipe.hub.names import ModelName
from annopipe.hub.transfer import patiently
from annopipe.hub.web import Web

IMPORTER: Final = ("annopipe.importers.importing", "import_model")
METADATA: Final = "metadata.json"

FILE: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)_(?P<language>[a-z]{2,3})_(?P<versions>\d+(?:\.\d+)*(?:_\d+(?:\.\d+)*)?)"
    r"_(?P<time>\d{10,14})\.zip"
)
"""A release's file."""

NOT_THERE: Final = {400, 401, 403, 404, 405, 410}

Value = TypeVar("Value")

_LINK: Final = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


def model_of(file: str) -> ModelName | None:
    """Return the model whose release a file is, by its name; None if it is no release's."""
    match = FILE.fullmatch(file)
    return ModelName(match["name"], match["language"]) if match else None


def newest(files: Iterable[str], model: ModelName) -> str | None:
    """Return the newest of the files that are releases of a model: by versions, then by time; None if none is."""
    releases = [match for match in map(FILE.fullmatch, files) if match and model_of(match[0]) == model]
    return max(releases, key=_age)[0] if releases else None


def _age(release: re.Match[str]) -> tuple[list[list[int]], int]:
    """Later is larger: the version of Spark, that of Spark NLP (or the model's own), the time."""
    versions = [[int(number) for number in version.split(".")] for version in release["versions"].split("_")]
    return versions[::-1], int(release["time"])


def in_folder(folder: Path) -> dict[ModelName, Path]:
    """Return the newest release of each model that a folder has as a zip file."""
    files = [path.name for path in folder.glob("*.zip")]
    models = sorted({model for model in map(model_of, files) if model is not None})
    return {model: folder / str(newest(files, model)) for model in models}


def at_address(address: str, entry: Entry) -> str | None:
    """Return the address of the newest release of a model at a place of the web or a bucket; None if there is none.

    Raises:
        FetchError: the place does not answer.
    """
    if urlsplit(address).path.endswith(".zip"):
        return address
    web = Web()
    place = address.rstrip("/") + "/"
    if is_bucket(address):
        return _in_bucket(place, entry)
    for name, files_of in ((METADATA, _files_of_metadata), ("", _files_of_page)):
        text = _text(web, place + name)
        file = newest(files_of(text), entry.model) if text is not None else None
        if file is not None:
            return place + quote(file)
    return _known(place, entry)


def fetch_archive(entry: Entry, *, force: bool = False) -> Path:
    """Import the archive of a catalog's entry into the store and return the model's folder.

    Raises:
        AnnopipeError: see `annopipe.importers.importing.import_model`.
    """
    module, function = IMPORTER
    card = getattr(import_module(module), function)(
        entry.archive,
        entry.model.name,
        entry.model.language,
        title=entry.title,
        description=entry.description,
        license=entry.license,
        sha256=entry.sha256.get(os.path.basename(str(entry.archive))),  # noqa: PTH119 - of addresses, too
        replace=force,
    )
    folder: Path = card.folder
    return folder


def _in_bucket(place: str, entry: Entry) -> str | None:
    """Look into a bucket's list, or ask for the files that the catalog knows where the list is not for everybody."""
    start = place + entry.model.key
    try:
        found = _asked(partial(Buckets().names, start))
    except (TryError, MissingExtra) as fault:
        denied = isinstance(fault, MissingExtra) or fault.status in NOT_THERE
        known = _known(place, entry) if denied else None
        if known is not None:
            return known
        if isinstance(fault, MissingExtra):
            raise
        raise fault.error from fault
    file = newest((key.removeprefix(place) for key in found), entry.model)
    return _known(place, entry) if file is None else place + file


def _asked(call: Callable[[], Value]) -> Value:
    """Return what a call gives; what is not there stays the fault that it is, anything else is tried again."""
    try:
        return call()
    except TryError as fault:
        if fault.final:
            raise
    return patiently(call)


def _text(web: Web, url: str) -> str | None:
    try:
        return _asked(partial(web.text, url))
    except TryError as fault:
        if fault.status not in NOT_THERE:
            raise fault.error from fault
        return None


def _known(place: str, entry: Entry) -> str | None:
    """Ask for the files whose names the catalog knows."""
    for release in entry.releases:
        file = release.file(entry.model)
        if file is not None and _is_there(place + file):
            return place + file
    return None


def _is_there(address: str) -> bool:
    try:
        giver(address).file(address)
    except TryError as fault:
        if fault.status not in NOT_THERE:
            raise fault.error from fault
        return False
    return True


def _files_of_metadata(text: str) -> list[str]:
    """Return the files that Spark NLP's list of resources names, one JSON object a line."""
    files = []
    for line in text.splitlines():
        try:
            files.append(_file_of_resource(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
    return files


def _file_of_resource(resource: dict[str, object]) -> str:
    versions = []
    for key in ("libVersion", "sparkVersion"):
        version = resource[key]
        parts = version["parts"] if isinstance(version, dict) else []
        versions.append(".".join(str(int(part)) for part in parts))
    time = resource["time"]
    return f"{resource['name']}_{resource['language']}_{'_'.join(versions)}_{_milliseconds(time)}.zip"


def _milliseconds(time: object) -> int:
    """Return a time as a file's name has it; some lists write it as ISO text."""
    if isinstance(time, str) and not time.isdigit():
        import datetime

        moment = datetime.datetime.fromisoformat(time)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        return round(moment.timestamp() * 1000)
    if isinstance(time, int | str):
        return int(time)
    raise FetchError(f"{time!r} is no time")


def _files_of_page(text: str) -> list[str]:
    """Return the names of the files that a page links to."""
    return [unquote(html.unescape(link).rpartition("/")[2]) for link in _LINK.findall(text)]
