"""A model's card: what it is, how to use it, and where its weights come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BUCKET = "auxdata.johnsnowlabs.com/public/models"


@dataclass(frozen=True, slots=True)
class Card:
    """A card as an object; ``str(card)`` is its text, ``card.markdown()`` Markdown, and notebooks show it as HTML.

    None and empty are unknown.

    Attributes:
        name, language: what ``pretrained`` takes.
        title: heading.
        date: ISO date of Spark NLP's card.
        description: what the model is; Markdown.
        tags, task, edition: as the card's front matter has them ("Spark NLP 3.4.2").
        predicted_entities: none, for embeddings.
        usage: tab → code.
        information: the table: "Model Name", "Compatibility", "License", "Edition", "Input Labels", "Output Labels",
            "Language", "Size", "Case sensitive", "Dimension" → text.
        references: addresses.
        downloads: addresses of Spark NLP's own files, ``https`` and ``s3``, newest shown release first.
        repository: ``owner/name`` of the weights on the hub.
        presumed: no source names the repository without doubt.
        revision: the commit that is installed, else the one that the catalog asks for.
        endpoint: address or folder it was fetched from.
        fetched: ISO time of that.
        sha256: file → digest.
        verified: ``catalog``, ``hub``, ``first use`` or ``package``; None while it is not on this machine.
        nlu: NLU's references.
        note: what to know about the entry.
        source: address of the card these facts are from.
        folder: where it lies on this machine, or None.
        more: further sections, heading → Markdown.
    """

    name: str
    language: str
    title: str | None = None
    date: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    task: str = "Embeddings"
    edition: str | None = None
    predicted_entities: tuple[str, ...] = ()
    usage: Mapping[str, str] = field(default_factory=dict)
    information: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    repository: str | None = None
    presumed: bool = False
    revision: str | None = None
    endpoint: str | None = None
    fetched: str | None = None
    sha256: Mapping[str, str] = field(default_factory=dict)
    verified: str | None = None
    nlu: tuple[str, ...] = ()
    note: str | None = None
    source: str | None = None
    folder: Path | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def installed(self) -> bool:
        """Whether the model is on this machine."""
        return self.folder is not None

    @property
    def provenance(self) -> dict[str, str]:
        """Where the weights come from and how they were checked, label → text."""
        from annopipe.hub.card_provenance import provenance

        return provenance(self)

    def markdown(self) -> str:
        """Return the card as Markdown with front matter."""
        from annopipe.hub.card_markdown import render

        return render(self)

    def __str__(self) -> str:
        """Return the card as text for a terminal."""
        from annopipe.hub.card_text import render

        return render(self)

    def __repr__(self) -> str:
        """Return one line."""
        state = "installed" if self.installed else "not on this machine"
        return f"<Card {self.name} ({self.language}): {self.title or 'no title'}; {state}>"

    def _repr_html_(self) -> str:
        """Return the card for a notebook."""
        from annopipe.hub.card_html import render

        return render(self)
