"""Where a model's weights come from and how they were checked, as a card says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annopipe.hub.card import Card

VERIFIED = {
    "catalog": "catalog (the digests that the catalog has from a source it names)",
    "hub": "hub (the digests that the hub announced when they were fetched)",
    "first use": "first use (nobody publishes a digest: they must stay as they first came)",
    "import": "import (read from another format; the self-check passed, and from then on they must stay)",
    "package": "package (part of annopipe)",
}


def provenance(card: Card) -> dict[str, str]:
    """Return label → text."""
    found = {"Repository": _repository(card)}
    if card.revision is not None:
        found["Revision"] = card.revision
    elif card.repository is not None and not card.installed:
        found["Revision"] = "not pinned: main at the time of fetching"
    if card.endpoint is not None:
        found["From"] = card.endpoint
    if card.fetched is not None:
        found["Fetched"] = card.fetched
    found["On this machine"] = str(card.folder) if card.folder is not None else "no"
    if card.verified is not None:
        found["Verified"] = VERIFIED.get(card.verified, card.verified)
    found |= {f"SHA-256 of {name}": digest for name, digest in card.sha256.items()}
    if card.source is not None:
        found["Facts from"] = card.source
    return found


def _repository(card: Card) -> str:
    if card.repository is None:
        return "none (bundled with annopipe)" if card.verified == "package" else "unknown"
    return f"{card.repository} (presumed)" if card.presumed else card.repository
