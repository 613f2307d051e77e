"""Which model a name means, and what to tell where it means none."""

from annopipe.hub import hints
from annopipe.hub.catalog import entries, find, languages, nearest
from annopipe.hub.names import ModelName, candidates, is_name
from annopipe.hub.places import here


def known_model(name: str, lang: str) -> ModelName | None:
    """Return the model of the catalog or of this machine that a name means, or None.

    ``<name>_<language>`` in one may be of any language.
    """
    known = {*here(), *entries()}
    likely = candidates(name, lang) if is_name(name) else []
    whole = sorted(model for model in known if model.key == name)
    return next((model for model in [*likely, *whole] if model in known), None)


def unknown(name: str, lang: str) -> str:
    """Return what to tell about a name that no model has."""
    near = nearest(name, lang, (model.key for model in here()))
    text = f"no model {name!r} for language {lang!r} is known"
    if any(model.name == name for model in entries()):
        spoken = ", ".join(model.language for model in entries() if model.name == name)
        text += f"; there is one of that name for language {spoken}"
    elif lang not in {*languages(), "en"}:
        text += f"; there are models of the languages {', '.join(languages())}"
    if name.endswith("_pipeline") and find(name.removesuffix("_pipeline"), lang) is not None:
        text += f"; {name} is a pipeline of Spark NLP's, the model in it is {name.removesuffix('_pipeline')!r}"
    text += f". Near: {', '.join(near)}" if near else ""
    hint = hints.of_repository(name, lang)
    return f"{text}.{hint}" if hint else text
