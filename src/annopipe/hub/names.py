"""Names of models: ``<name>`` and a language, or ``<name>_<language>`` in one."""

import re
from dataclasses import dataclass
from typing import Final

from annopipe.errors import ModelNotFound

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
LONGEST: Final = 200


@dataclass(frozen=True, slots=True, order=True)
class ModelName:
    """A model's name and language: ``ModelName("albert_mini", "en")``."""

    name: str
    language: str

    @property
    def key(self) -> str:
        """``<name>_<language>``: the folder's name in the store."""
        return f"{self.name}_{self.language}"

    def __str__(self) -> str:
        """Write the model as in ``pretrained``."""
        return f"{self.name!r} ({self.language})"


def is_name(text: str) -> bool:
    """Tell whether a text may name a model: no separators, no ``..``, nothing that leaves a folder."""
    return bool(NAME.fullmatch(text)) and len(text) <= LONGEST and ".." not in text


def check_language(language: str) -> str:
    """Return a language code, or raise `ModelNotFound` that says what one looks like."""
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        msg = f"language {language!r} is no language code: two or three lower-case letters, such as 'en' or 'xx'"
        raise ModelNotFound(msg)
    return language


def candidates(name: str, language: str) -> list[ModelName]:
    """Return what ``name`` may mean: with the language in it, or without."""
    whole = ModelName(name, check_language(language))
    stem = name.removesuffix(f"_{language}")
    return [whole] if stem in {name, ""} else [ModelName(stem, language), whole]


def split(key: str) -> ModelName | None:
    """Return name and language of ``<name>_<language>``, or None if it has no language."""
    name, _, language = key.rpartition("_")
    return ModelName(name, language) if is_name(name) and LANGUAGE.fullmatch(language) else None
