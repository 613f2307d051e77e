"""A card from Markdown: front matter, the information table, and sections by their headings."""

import re
from typing import Final

from annopipe.hub.card import Card
from annopipe.hub.names import ModelName

_HEADING: Final = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)
_FENCE: Final = re.compile(
    r"(?:^### +(?P<tab>.+?)\s*$\s*)?^```(?P<kind>\w*)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL
)
_LINK: Final = re.compile(r"https?://[^\s<>)\]]+|s3://[^\s<>)\]]+")
_ROW: Final = re.compile(r"^\|(?P<label>[^|]*)\|(?P<value>(?:\\\||[^|])*)\|\s*$", re.MULTILINE)
_KINDS: Final = {"": "Python", "python": "Python", "scala": "Scala", "sql": "SQL"}
_DROPPED: Final = {"Provenance"}


def read_card(text: str, model: ModelName) -> Card:
    """Return the card that a Markdown text is; what it does not say is unknown.

    Args:
        text: Markdown, with or without front matter.
        model: name and language, where the front matter lacks them.
    """
    facts, body = _front_matter(text)
    sections = _sections(body)
    rows = _rows(sections.pop("Model Information", ""))
    references = sections.pop("References", "")
    return Card(
        name=facts.get("name", model.name),
        language=facts.get("language", model.language),
        title=facts.get("title"),
        date=facts.get("date"),
        description=sections.pop("Description", None),
        tags=_list(facts.get("tags", "")),
        task=facts.get("task", "Embeddings"),
        edition=facts.get("edition"),
        predicted_entities=_entities(sections.pop("Predicted Entities", "")),
        usage=_usage(sections.pop("How to use", "")),
        information=rows,
        references=tuple(_LINK.findall(references)),
        downloads=tuple(_LINK.findall(sections.pop("Download", ""))),
        repository=facts.get("repository"),
        presumed=facts.get("presumed") == "true",
        revision=facts.get("revision"),
        verified=facts.get("verified"),
        nlu=_list(facts.get("nlu", "")),
        note=sections.pop("Note", None),
        more={heading: part for heading, part in sections.items() if heading not in _DROPPED},
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split off the lines between ``---``; only plain ``key: value`` lines are read."""
    if not text.startswith("---\n") or "\n---" not in text[3:]:
        return {}, text
    head, _, body = text[4:].partition("\n---")
    pairs = (line.partition(":") for line in head.splitlines() if line and not line[0].isspace())
    return {key.strip(): _unquoted(value.strip()) for key, _, value in pairs if value.strip()}, body


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def _sections(body: str) -> dict[str, str]:
    parts = _HEADING.split(body)
    return {heading: part.strip() for heading, part in zip(parts[1::2], parts[2::2], strict=True)}


def _rows(section: str) -> dict[str, str]:
    """Return label → value of the first table of two columns, with labels as Spark NLP's cards write them."""
    first = re.split(r"\n\s*\n", section.strip(), maxsplit=1)[0]
    pairs = ((row["label"].strip().rstrip(":"), row["value"].strip()) for row in _ROW.finditer(first))
    return {_label(label): value.replace("\\|", "|") for label, value in pairs if label and set(label) != {"-"}}


def _label(label: str) -> str:
    for known in ("Model Name", "Input Labels", "Output Labels"):
        if label.lower() == known.lower():
            return known
    return label


def _usage(section: str) -> dict[str, str]:
    """Return language → code; the first block of each, as later ones are other uses."""
    usage: dict[str, str] = {}
    for fence in _FENCE.finditer(section):
        usage.setdefault(fence["tab"] or _KINDS.get(fence["kind"], fence["kind"]), fence["code"])
    return usage


def _entities(section: str) -> tuple[str, ...]:
    return () if section.strip(" .").lower() in {"", "none"} else _list(section)


def _list(value: str) -> tuple[str, ...]:
    return tuple(item for one in value.strip().strip("[]").split(",") if (item := one.strip().strip("`")))
