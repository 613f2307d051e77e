"""What models there are: cards by name, language and task."""

from pathlib import Path

from annopipe.errors import AnnopipeError, ModelNotFound, ParamValueError
from annopipe.hub.card import Card
from annopipe.hub.card_building import card_of, card_of_folder
from annopipe.hub.catalog import entries, find
from annopipe.hub.known import known_model, unknown
from annopipe.hub.names import ModelName, check_language
from annopipe.hub.places import folder_of, here
from annopipe.hub.provenance import Provenance
from annopipe.warnings import warn_once

TASKS = ("Embeddings",)


class Cards(list[Card]):
    """Cards; printed as a table."""

    def __str__(self) -> str:
        """Return a table for a terminal: name, language, size, dimension, and whether it is on this machine."""
        rows = [_row(card) for card in self]
        widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (HEADINGS, *rows)
        )
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        from html import escape

        head = "".join(f"<th>{escape(cell)}</th>" for cell in HEADINGS)
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in _row(card)) for card in self)
        return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


HEADINGS = ("model", "language", "size", "dimension", "on this machine")


def _row(card: Card) -> tuple[str, ...]:
    facts = card.information
    size = facts.get("Size", "").partition(" (")[0]
    return (
        card.name,
        card.language,
        size,
        facts.get("Dimension", ""),
        "yes" if card.installed else "",
    )


def models(lang: str | None = None, task: str | None = None) -> Cards:
    """Return the cards of all models that the catalog knows or that are on this machine, by language and name.

    Args:
        lang: only of this language.
        task: only of this task; there is one, ``Embeddings``, in any case of letters.

    No network is used. A folder of the store that is damaged is warned of, and its model listed without it.

    Raises:
        ModelNotFound: no model is of this language; the text names those that there are.
        ParamValueError: no such task.
    """
    if task is not None and task.lower() not in {known.lower() for known in TASKS}:
        raise ParamValueError(f"task {task!r} is unknown: annopipe has models for {', '.join(TASKS)}")
    known = {*here(), *entries()}
    spoken = sorted({model.language for model in known})
    if lang is not None and check_language(lang) not in spoken:
        raise ModelNotFound(f"no model of the language {lang!r}; there are models of {', '.join(spoken)}")
    chosen = sorted(
        (model for model in known if lang in {None, model.language}), key=lambda one: (one.language, one.name)
    )
    return Cards(_card_or_bare(model) for model in chosen)


def card(name: str, lang: str = "en") -> Card:
    """Return the card of a model that the catalog knows or that is on this machine.

    Args:
        name: ``<name>``, or ``<name>_<lang>`` in one, of any language.
        lang: language of a name without one.

    No network is used. ``print(card(...))`` shows it as text.

    Raises:
        ModelNotFound: no such model; the text gives the nearest names.
    """
    model = known_model(name, lang)
    if model is not None:
        return _card(model)
    raise ModelNotFound(unknown(name, lang))


def _card(model: ModelName) -> Card:
    entry, folder = find(model.name, model.language), folder_of(model.key)
    if entry is not None and not (folder is not None and _was_imported(folder)):
        return card_of(entry, folder)
    return card_of_folder(folder, model) if folder is not None else Card(name=model.name, language=model.language)


def _card_or_bare(model: ModelName) -> Card:
    """Return the card of a model; where its folder is damaged what is known without it, and a warning."""
    try:
        return _card(model)
    except (AnnopipeError, OSError, ValueError) as error:
        warn_once(f"{model.key} on this machine is damaged ({error}): fetch it anew, or 'annopipe remove {model.key}'")
    entry = find(model.name, model.language)
    return Card(name=model.name, language=model.language) if entry is None else card_of(entry)


def _was_imported(folder: Path) -> bool:
    """Whether a model's folder has a card of its own, which tells more of it than the catalog does."""
    origin = Provenance.read(folder)
    return origin is not None and origin.verified == "import"
