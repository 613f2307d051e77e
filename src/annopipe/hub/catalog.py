"""The catalog: Spark NLP's ALBERT models by name, and the models of a catalog of one's own.

``ANNOPIPE_CATALOG`` adds to it: the path of a TOML file in the form of ``catalog.toml`` (its entries go before those of
the same name and language, of which they keep what they do not set; ``endpoint = "https://…"`` at its top is a mirror
for all its entries), a folder of models, each in ``<name>_<language>`` (a ``catalog.toml`` in it is read too), or the
address of a mirror of the hub for all models.
"""

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from annopipe.errors import CatalogError, ModelNotFound
from annopipe.hub.entry import Entry, read_entry
from annopipe.hub.names import ModelName, candidates

BUILT_IN: Final = Path(__file__).with_name("catalog.toml")
VARIABLE: Final = "ANNOPIPE_CATALOG"
NEAREST: Final = 3
SHORTEST: Final = 3
"""Characters that many names have in them."""

Entries = dict[ModelName, Entry]


def entries() -> Entries:
    """Return all entries, those of ``ANNOPIPE_CATALOG`` over the built-in ones.

    Raises:
        CatalogError: ``ANNOPIPE_CATALOG`` names nothing that can be read, or an entry in it is wrong.
    """
    own, folder = own_file(), own_folder()
    known = built_in() if own is None else _over(built_in(), read_catalog(own, built_in()))
    return known if folder is None else {**known, **_archived(known, folder)}


def _over(known: Entries, own: Entries) -> Entries:
    """Return all entries, one's own last, so that their references go before those of the others."""
    return {**{model: entry for model, entry in known.items() if model not in own}, **own}


def _archived(known: Entries, folder: Path) -> Entries:
    """Return entries for the zip files of a folder of one's own, with what is known of these models."""
    from annopipe.hub.archives import in_folder

    return {
        model: replace(known.get(model) or Entry(model), archive=str(path.resolve()), presumed=False)
        for model, path in in_folder(folder).items()
    }


def find(name: str, language: str) -> Entry | None:
    """Return the entry of a name and language, or None."""
    known = entries()
    return next((known[model] for model in candidates(name, language) if model in known), None)


def by_reference(reference: str) -> Entry:
    """Return the entry that NLU's reference means, such as ``en.embed.albert_base_v1``.

    As in NLU, a reference without language is tried with ``en.`` in front; case counts.

    Raises:
        ModelNotFound: no entry has this reference; the text gives the nearest ones.
    """
    known = {text: entry for entry in entries().values() for text in entry.nlu}
    for text in (reference, f"en.{reference}"):
        if text in known:
            return known[text]
    near = difflib.get_close_matches(reference, known, n=NEAREST)
    msg = f"no ALBERT model has the NLU reference {reference!r}." + (f" Near: {', '.join(near)}" if near else "")
    raise ModelNotFound(msg)


def nearest(name: str, language: str, others: Iterable[str] = ()) -> list[str]:
    """Return up to three known models, as ``<name>_<language>``, that look like this one, the likeliest first."""
    known = entries()
    keys = sorted({*(model.key for model in known), *others})
    same = [model.key for model in known if model.name == name]
    holding = [key for key in keys if len(name) > SHORTEST and name in key]
    near = difflib.get_close_matches(f"{name}_{language}", keys, n=NEAREST, cutoff=0.6)
    return list(dict.fromkeys([*same, *holding, *near]))[:NEAREST]


def languages() -> list[str]:
    """Return the language codes that the catalog has models of."""
    return sorted({model.language for model in entries()})


def example(language: str) -> str:
    """Return a short text in a language, for examples; an English one where none is known."""
    texts: dict[str, str] = _parse(BUILT_IN)["examples"]
    return texts.get(language, texts["en"])


def own_path() -> Path | None:
    """Return what ``ANNOPIPE_CATALOG`` names in the file system, or None if it is unset or the address of a mirror."""
    value = os.environ.get(VARIABLE, "")
    if not value or "://" in value:
        return None
    path = Path(value).expanduser()
    if not path.exists():
        msg = f"{VARIABLE} names {value!r}, not there: give a TOML file, a folder of models, or a mirror's address"
        raise CatalogError(msg)
    return path


def own_folder() -> Path | None:
    """Return the folder of models of ``ANNOPIPE_CATALOG``, or None."""
    path = own_path()
    return path if path is not None and path.is_dir() else None


def own_mirror() -> str | None:
    """Return the address of a mirror in ``ANNOPIPE_CATALOG``, or None."""
    value = os.environ.get(VARIABLE, "")
    return value.rstrip("/") if "://" in value else None


def own_file() -> Path | None:
    """Return the TOML file of ``ANNOPIPE_CATALOG``, or None."""
    path = own_path()
    if path is None or path.is_file():
        return path
    inside = path / "catalog.toml"
    return inside if inside.is_file() else None


@cache
def built_in() -> Entries:
    """Return the entries of the catalog that is part of annopipe; not to be changed."""
    return read_catalog(BUILT_IN)


def read_catalog(path: Path, known: Mapping[ModelName, Entry] = MappingProxyType({})) -> Entries:
    """Return the entries of a TOML file; what they do not set is as in ``known``.

    Raises:
        CatalogError: it is no TOML, or an entry in it is wrong; the text names the file and the entry.
    """
    document = _parse(path)
    tables = document.get("model", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CatalogError(f"{path}: models must be written as [[model]] tables")
    found: Entries = {}
    for entry in _read(tables, document.get("endpoint"), path, known):
        if entry.model in found:
            raise CatalogError(f"{path}: {entry.model} stands there twice")
        found[entry.model] = entry
    return found


def _read(
    tables: list[dict[str, Any]], endpoint: str | None, path: Path, known: Mapping[ModelName, Entry]
) -> Iterator[Entry]:
    for table in tables:
        entry = read_entry(table, str(path), known)
        if entry.folder is not None:
            entry = replace(entry, folder=str(path.parent / Path(entry.folder).expanduser()))
        if entry.archive is not None and "://" not in entry.archive:
            entry = replace(entry, archive=str(path.parent / Path(entry.archive).expanduser()))
        yield entry if entry.endpoint or not endpoint else replace(entry, endpoint=endpoint)


@cache
def _parsed(path: Path, _size: int, _time: int) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CatalogError(f"the catalog {path} cannot be read: {error}") from error


def _parse(path: Path) -> dict[str, Any]:
    """Parse a TOML file, anew only when it changed."""
    status = path.stat()
    return _parsed(path, status.st_size, status.st_mtime_ns)
