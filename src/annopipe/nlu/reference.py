"""NLU's references: which models they mean, and what their columns are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from annopipe.errors import ModelNotFound, NluReferenceError
from annopipe.hub import hints
from annopipe.hub.catalog import by_reference, languages
from annopipe.hub.names import ModelName
from annopipe.hub.places import folder_of

FROM_DISK: Final = "from_disk"
_NO_NAMES: Final = frozenset({"embed", "embed_sentence"})


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of a request: its text, the name and language of its model, the end of its column's name."""

    text: str
    model: str
    language: str
    name: str


def references(request: str) -> list[Reference]:
    """Return the references of a request, which spaces divide; one that is named twice counts once.

    Raises:
        NluReferenceError: a reference means no ALBERT model; the text gives the nearest ones.
    """
    texts = list(dict.fromkeys(request.split()))
    if not texts:
        raise NluReferenceError("the request is empty: give a reference, such as 'en.embed.albert_base_v1'")
    models = [_model(text) for text in texts]
    names = _names([_parts(text) for text in texts])
    return [
        Reference(text, model.name, model.language, name)
        for text, model, name in zip(texts, models, names, strict=True)
    ]


def wants_embeddings(request: str) -> bool:
    """Tell whether NLU gives vectors for a request when nothing else is said: only if it has "embed" in it."""
    return "embed" in request


def _model(text: str) -> ModelName:
    """Return the model of a reference: one on this machine that is called so, or the catalog's."""
    language, _, rest = text.partition(".")
    name = ModelName(rest.removeprefix("embed."), language)
    if rest.startswith("embed.") and folder_of(name.key) is not None:
        return name
    try:
        return by_reference(text).model
    except ModelNotFound as unknown:
        raise NluReferenceError(f"{unknown}{hints.of_reference(text)}") from None


def _parts(text: str) -> list[str]:
    """Return the parts of a reference that name it: without language and ``embed``."""
    parts = text.split(".")
    if len(parts) > 1 and parts[0] in languages():
        parts = parts[1:]
    return [part for part in parts if part not in _NO_NAMES] or parts


def _names(all_parts: Sequence[Sequence[str]]) -> list[str]:
    """Return the first part of each, and as many more as tell them apart."""
    names = []
    for parts in all_parts:
        others = [other for other in all_parts if other is not parts]
        depth = 1
        while depth < len(parts) and any(other[:depth] == parts[:depth] for other in others):
            depth += 1
        names.append("_".join(parts[:depth]))
    return [
        name if names.count(name) == 1 else f"{name}_{names[:place].count(name) + 1}"
        for place, name in enumerate(names)
    ]
