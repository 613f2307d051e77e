"""One model of a catalog: what is known of it, and where its weights are."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from annopipe.errors import CatalogError
from annopipe.hub.names import LANGUAGE, ModelName, is_name

REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")
REVISION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a model by Spark NLP.

    Attributes:
        date: ISO date of its card.
        spark_nlp, spark: least versions it runs on.
        time: milliseconds since 1970 in the file's name.
        size: of the zip file, as the card prints it: "44.8 MB".
        engine: ``onnx``, or None for TensorFlow.
        source: address of the card these facts are from.
    """

    date: str | None = None
    spark_nlp: str | None = None
    spark: str | None = None
    time: int | None = None
    size: str | None = None
    engine: str | None = None
    source: str | None = None

    def file(self, model: ModelName) -> str | None:
        """Return the name of the release's zip file, where every part of it is known."""
        if self.time is None or self.spark_nlp is None or self.spark is None:
            return None
        return f"{model.key}_{self.spark_nlp}_{self.spark}_{self.time}.zip"


@dataclass(frozen=True, slots=True)
class Entry:
    """A model as the catalog knows it; None and empty are unknown.

    Attributes:
        model: name and language.
        repository: ``owner/name`` on the hub.
        presumed: no source names the repository without doubt.
        revision: commit, branch or tag; None = ``main`` at the time of fetching.
        sha256: file name → digest, from a source that ``note`` names.
        folder: a folder with the model, of a catalog of the user's own, in place of a repository.
        archive: path or address of a zip file with the model, in a form that `annopipe.import_model` reads.
        endpoint: address of a mirror, of a catalog of the user's own.
        nlu: NLU's references to this model.
        releases: the first is the one Spark NLP's card shows.
    """

    model: ModelName
    title: str | None = None
    description: str | None = None
    repository: str | None = None
    presumed: bool = False
    revision: str | None = None
    sha256: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    archive: str | None = None
    endpoint: str | None = None
    license: str = "Open Source"
    edition: str = "Official"
    task: str = "Embeddings"
    input_labels: tuple[str, ...] = ("sentence", "token")
    output_labels: tuple[str, ...] = ("embeddings",)
    case_sensitive: bool | None = None
    dimension: int | None = None
    references: tuple[str, ...] = ()
    nlu: tuple[str, ...] = ()
    note: str | None = None
    releases: tuple[Release, ...] = ()

    @property
    def release(self) -> Release:
        """The release that Spark NLP's card shows; of unknown fields if none is known."""
        return self.releases[0] if self.releases else Release()


PLACES: Final = {"repository", "folder", "archive"}
"""Keys of a ``[[model]]`` table that say where a model lies."""

_NONE: Final[Mapping[ModelName, Entry]] = {}

_TEXTS: Final = ("title", "description", "license", "edition", "task", "note", "folder", "archive", "endpoint")
_LISTS: Final = ("input_labels", "output_labels", "references", "nlu")
_KNOWN: Final = {*_TEXTS, *_LISTS, "name", "language", "repository", "presumed", "revision", "sha256"} | {
    "case_sensitive",
    "dimension",
    "releases",
}


def read_entry(table: Mapping[str, Any], where: str, known: Mapping[ModelName, Entry] = _NONE) -> Entry:
    """Return the entry of one ``[[model]]`` table.

    An entry of ``known`` for the same name and language keeps what the table does not set. Where the table says where
    the model lies (``PLACES``), nothing of the known place is kept.

    Raises:
        CatalogError: a field is unknown, missing or of a form that it may not have; the text names ``where`` it is.
    """
    name, language = table.get("name"), table.get("language", "en")
    if not isinstance(name, str) or not is_name(name):
        raise CatalogError(f"{where}: a [[model]] needs a name of letters, digits, '.', '_' and '-', not {name!r}")
    where = f"{where}: model {name!r}"
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise CatalogError(f"{where}: language must be two or three lower-case letters, not {language!r}")
    if unknown := sorted(set(table) - _KNOWN):
        raise CatalogError(f"{where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(_KNOWN))}")
    values: dict[str, Any] = {key: _text(table[key], f"{where}: {key}") for key in _TEXTS if key in table}
    values |= {key: _texts(table[key], f"{where}: {key}") for key in _LISTS if key in table}
    values |= {key: _matching(table[key], form, f"{where}: {key}") for key, form in _FORMS.items() if key in table}
    values |= {key: _typed(table[key], kind, f"{where}: {key}") for key, kind in _TYPES.items() if key in table}
    if "sha256" in table:
        values["sha256"] = _digests(table["sha256"], f"{where}: sha256")
    if "releases" in table:
        values["releases"] = tuple(_release(one, f"{where}: releases") for one in table["releases"])
    model = ModelName(name, language)
    base = known.get(model) or Entry(model)
    return replace(_without_place(base) if PLACES & values.keys() else base, **values)


def _without_place(entry: Entry) -> Entry:
    """Return an entry that does not say where its model lies, nor what digests it has there."""
    return replace(
        entry,
        repository=None,
        presumed=False,
        revision=None,
        sha256={},
        folder=None,
        archive=None,
        endpoint=None,
        case_sensitive=None,
        dimension=None,
        note=None,
    )


_FORMS: Final = {"repository": REPOSITORY, "revision": REVISION}
_TYPES: Final = {"presumed": bool, "case_sensitive": bool, "dimension": int}


def _text(value: Any, where: str) -> str:
    return str(_typed(value, str, where))


def _texts(value: Any, where: str) -> tuple[str, ...]:
    return tuple(_text(one, where) for one in _typed(value, list, where))


def _typed(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise CatalogError(f"{where} must be {kind.__name__}, not {value!r}")
    return value


def _matching(value: Any, form: re.Pattern[str], where: str) -> str:
    text = _text(value, where)
    if not form.fullmatch(text) or ".." in text:
        raise CatalogError(f"{where} cannot be {text!r}: a repository is owner/name, a revision a commit or branch")
    return text


def _digests(value: Any, where: str) -> dict[str, str]:
    pairs: Mapping[str, Any] = _typed(value, dict, where)
    for name, digest in pairs.items():
        if not is_name(name) or not isinstance(digest, str) or not SHA256.fullmatch(digest):
            raise CatalogError(f"{where}: {name!r} = {digest!r} is no file with a digest of 64 hexadecimal digits")
    return dict(pairs)


def _release(table: Any, where: str) -> Release:
    fields = dict(_typed(table, dict, where))
    if isinstance(fields.get("date"), datetime.date):
        fields["date"] = fields["date"].isoformat()
    if unknown := sorted(set(fields) - set(Release.__dataclass_fields__)):
        raise CatalogError(f"{where}: unknown {', '.join(unknown)}")
    return Release(**fields)
