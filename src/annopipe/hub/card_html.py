"""A card as HTML for a notebook: no scripts, nothing loaded from elsewhere, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annopipe.hub.card import Card


def render(card: Card) -> str:
    """Return the card as one ``<div>``."""
    parts = [
        f"<h3>{escape(card.title or card.name)}</h3>",
        f"<p><code>{escape(card.name)}</code> ({escape(card.language)}) {escape(card.date or '')}</p>",
        f"<p>{escape(card.description or '')}</p>",
        f"<p>Predicted entities: {escape(', '.join(card.predicted_entities) or 'none')}</p>",
        *(_code(f"How to use: {tab}", code, opened=place == 0) for place, (tab, code) in enumerate(card.usage.items())),
        "<h4>Model information</h4>",
        _table(card.information),
        f"<p>{escape(card.note)}</p>" if card.note else "",
        *(_code(heading, text, opened=False) for heading, text in card.more.items()),
        _links("References", card.references),
        _links("Download (Spark NLP's own files, for Spark NLP on a JVM)", card.downloads),
        "<h4>Provenance</h4>",
        _table(card.provenance),
    ]
    return f'<div class="annopipe-card">{"".join(parts)}</div>'


def _code(heading: str, code: str, *, opened: bool) -> str:
    state = " open" if opened else ""
    return f"<details{state}><summary>{escape(heading)}</summary><pre>{escape(code.rstrip())}</pre></details>"


def _table(rows: Mapping[str, str]) -> str:
    cells = "".join(f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in rows.items())
    return f"<table>{cells}</table>"


def _links(heading: str, links: Iterable[str]) -> str:
    items = "".join(f"<li>{_link(link)}</li>" for link in links)
    return f"<h4>{escape(heading)}</h4><ul>{items}</ul>" if items else ""


def _link(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(text, quote=True)}" rel="noopener">{escape(text)}</a>'
