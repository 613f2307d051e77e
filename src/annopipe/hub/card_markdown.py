"""A card as Markdown with front matter, in the form of Spark NLP's model hub."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annopipe.hub.card import Card

FENCES = {"Scala (Spark NLP on a JVM)": "scala"}


def render(card: Card) -> str:
    """Return the card as Markdown."""
    parts = [
        front_matter(card),
        f"# {card.title or card.name}",
        section("Description", card.description or "Unknown."),
        section("Predicted Entities", ", ".join(card.predicted_entities) or "None."),
        section("How to use", "\n\n".join(_tab(name, code) for name, code in card.usage.items())),
        section("Model Information", table(card.information)),
        section("Note", card.note or ""),
        *(section(heading, text) for heading, text in card.more.items()),
        section("References", bullets(card.references)),
        section("Download", _downloads(card)),
        section("Provenance", table(card.provenance)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def front_matter(card: Card) -> str:
    """Return what stands between the lines of three hyphens, as YAML."""
    lines = {
        "layout": "model",
        "title": card.title,
        "name": card.name,
        "date": card.date,
        "tags": f"[{', '.join(card.tags)}]" if card.tags else None,
        "task": card.task,
        "language": card.language,
        "edition": card.edition,
        "annotator": "AlbertEmbeddings",
        "repository": card.repository,
        "presumed": "true" if card.presumed else None,
        "revision": card.revision,
        "verified": card.verified,
        "nlu": f"[{', '.join(card.nlu)}]" if card.nlu else None,
    }
    return "\n".join(["---", *(f"{key}: {_scalar(value)}" for key, value in lines.items() if value), "---"])


def section(heading: str, text: str) -> str:
    """Return a section, or nothing if it is empty."""
    return f"## {heading}\n\n{text.strip()}" if text.strip() else ""


def table(rows: Mapping[str, str]) -> str:
    """Return a table of two columns."""
    if not rows:
        return ""
    return "\n".join(["| | |", "|---|---|", *(f"| {label} | {_cell(value)} |" for label, value in rows.items())])


def bullets(items: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join(f"- {item}" for item in items)


def _scalar(value: str) -> str:
    """Quote what YAML would read as something else."""
    plain = not value.startswith(("'", '"', "&", "*", "!", "|", ">", "%", "@", "`", "{", "#", "- "))
    return value if plain and ": " not in value and " #" not in value else "'" + value.replace("'", "''") + "'"


def _cell(value: str) -> str:
    return value.replace("|", "\\|").replace("\n", " ")


def _tab(name: str, code: str) -> str:
    return f"### {name}\n\n```{FENCES.get(name, 'python')}\n{code.rstrip()}\n```"


def _downloads(card: Card) -> str:
    if not card.downloads:
        return ""
    return "Spark NLP's own files, for Spark NLP on a JVM:\n\n" + bullets(card.downloads)
