"""A card as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annopipe.hub.card import Card

WIDTH = 100


def render(card: Card) -> str:
    """Return the card as text, without a last line break; no colours, no control characters."""
    parts = [
        f"{card.name} ({card.language})" + (f"    {card.date}" if card.date else ""),
        card.title or "",
        _filled(card.description or ""),
        "Predicted entities: " + (", ".join(card.predicted_entities) or "none"),
        *(_block(f"How to use: {tab}", code.rstrip().splitlines()) for tab, code in card.usage.items()),
        _table("Model information", card.information),
        _block("Note", textwrap.wrap(card.note or "", WIDTH - 2)),
        *(_block(heading, text.splitlines()) for heading, text in card.more.items()),
        _block("References", card.references),
        _block("Download (Spark NLP's own files, for Spark NLP on a JVM)", card.downloads),
        _table("Provenance", card.provenance),
    ]
    return _safe("\n\n".join(part for part in parts if part))


def _filled(text: str) -> str:
    return "\n\n".join(textwrap.fill(part, WIDTH) for part in text.split("\n\n"))


def _block(heading: str, lines: Iterable[str]) -> str:
    body = "\n".join(f"  {line}".rstrip() for line in lines)
    return f"{heading}\n{body}" if body.strip() else ""


def _table(heading: str, rows: Mapping[str, str]) -> str:
    width = max(map(len, rows), default=0)
    return _block(heading, (f"{label.ljust(width)}  {value}" for label, value in rows.items()))


def _safe(text: str) -> str:
    """Escape control characters: a card of one's own may hold anything."""
    return "".join(
        char if char == "\n" or char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
