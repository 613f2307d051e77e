"""``annopipe card``: all about one model."""

import argparse
from typing import Any, Final

from annopipe.hub.listing import card

_DESCRIPTION: Final = """\
Show a model's card: what it is, how to use it, its facts, references, download links, and where its weights come from.
No network is used.
"""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("card", help="all about one model", description=_DESCRIPTION, parents=[shared])
    parser.add_argument("name", metavar="NAME", help="name, with or without _<language>")
    parser.add_argument("--lang", default="en", help="language of a name without one (default: %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="as Markdown with front matter")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the card."""
    found = card(options.name, options.lang)
    print(found.markdown() if options.markdown else found, end="" if options.markdown else "\n")
    return 0
