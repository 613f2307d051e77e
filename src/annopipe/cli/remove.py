"""``annopipe remove``: models out of the store."""

import argparse
from typing import Any, Final

from annopipe.hub import partials
from annopipe.hub.names import candidates, is_name
from annopipe.hub.store import models_in, remove, store_folder

_DESCRIPTION: Final = """\
Remove models from the local store, with what is left of cut downloads of them. Processes that use one keep it until
they end. The models inside the package stay.
"""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "remove", help="remove models from the store", description=_DESCRIPTION, parents=[shared]
    )
    parser.add_argument("names", nargs="+", metavar="NAME", help="names, with or without _<language>")
    parser.add_argument("--lang", default="en", help="language of names without one (default: %(default)s)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Remove each and say so."""
    for name in options.names:
        key = _key(name, options.lang)
        print(f"removed {remove(key)}")
        partials.drop(key)
    return 0


def _key(name: str, lang: str) -> str:
    """Return the key in the store that a name means; the name itself where nothing fits."""
    there = models_in(store_folder())
    likely = [model.key for model in candidates(name, lang)] if is_name(name) else []
    return next((key for key in [*likely, name] if key in there), name)
