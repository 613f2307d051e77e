"""``annopipe models``: which models there are."""

import argparse
import json
from typing import Any, Final

from annopipe.hub.card import Card
from annopipe.hub.listing import Cards, models

_DESCRIPTION: Final = """\
List the models that are known by name or are on this machine. No network is used.
"""
_EPILOG: Final = "annopipe card NAME shows one of them in full."


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "models", help="which models there are", description=_DESCRIPTION, epilog=_EPILOG, parents=[shared]
    )
    parser.add_argument("--installed", action="store_true", help="only those on this machine")
    parser.add_argument("--lang", help="only of this language")
    parser.add_argument("--task", help="only of this task (there is one, Embeddings)")
    parser.add_argument("--json", action="store_true", help="one JSON object a model")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list."""
    cards = Cards(card for card in models(options.lang, options.task) if card.installed or not options.installed)
    if options.json:
        for card in cards:
            print(json.dumps(_facts(card), ensure_ascii=False))
    else:
        print(cards)
    return 0


def _facts(card: Card) -> dict[str, Any]:
    return {
        "name": card.name,
        "language": card.language,
        "title": card.title,
        "size": card.information.get("Size"),
        "dimension": card.information.get("Dimension"),
        "repository": card.repository,
        "presumed": card.presumed,
        "folder": None if card.folder is None else str(card.folder),
        "verified": card.verified,
    }
