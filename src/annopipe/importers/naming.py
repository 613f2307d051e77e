"""What an imported model is called: as the user says, else as its source does."""

import re
from dataclasses import dataclass
from typing import Final

from annopipe.errors import ParamValueError
from annopipe.hub.names import ModelName, candidates, is_name
from annopipe.importers.found import Found
from annopipe.importers.sources import Source

VERSIONED: Final = re.compile(
    r"(?P<name>.+)_(?P<lang>[a-z]{2,3})_(?P<version>\d+(?:\.\d+)*(?:_\d+(?:\.\d+)*)?)_(?P<time>\d{10,14})"
)
"""``<name>_<language>_<versions>_<milliseconds>``, as Spark NLP's files are called, and ours."""

VERSION: Final = re.compile(r"\d+(\.\d+){0,3}")
FIRST: Final = "1.0"
DEFAULT_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Naming:
    """A model's name and language, and the release that it is.

    Attributes:
        model: name and language.
        version: such as "1.0".
        milliseconds: since 1970, of the import.
    """

    model: ModelName
    version: str
    milliseconds: int

    @property
    def release(self) -> str:
        """``<name>_<language>_<version>_<milliseconds>``."""
        return f"{self.model.key}_{self.version}_{self.milliseconds}"


def naming(
    source: Source, found: Found, name: str | None, lang: str | None, version: str | None, milliseconds: int
) -> Naming:
    """Return what a model is called.

    Raises:
        ParamValueError: name or version have another form, or the source tells no name that one may have.
        ModelNotFound: the language is no code.
    """
    told = VERSIONED.fullmatch(source.name)
    said = found.settings
    language = lang or (told and told["lang"]) or said.get("lang") or DEFAULT_LANGUAGE
    chosen = name or (told and told["name"]) or said.get("name") or _plain(source.name)
    if not is_name(chosen):
        raise ParamValueError(
            f"{chosen!r} cannot name a model: give letters, digits, '.', '_' and '-', name= or --name"
        )
    chosen_version = version or FIRST
    if not VERSION.fullmatch(chosen_version):
        raise ParamValueError(f"version {chosen_version!r} is none: give one such as '1.0'")
    return Naming(candidates(chosen, str(language))[0], chosen_version, milliseconds)


def _plain(text: str) -> str:
    """Return a file's name as a model's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("._-")
