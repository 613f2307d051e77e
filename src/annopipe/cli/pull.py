"""``annopipe pull``: models into the store ahead of their use."""

import argparse
import sys
from typing import Any, Final

from annopipe.errors import AnnopipeError
from annopipe.hub.pulling import pull

REFUSED: Final = 2

_DESCRIPTION: Final = """\
Bring models into the local store, so that they work from then on without a network. A model that is there is checked,
file by file, and not fetched again. Prints where each one lies.
"""
_EXAMPLES: Final = """\
examples:
  annopipe pull albert_embeddings_albert_base_v1
  annopipe pull albert_embeddings_fralbert_base --lang fr     or: annopipe pull albert_embeddings_fralbert_base_fr
  annopipe pull my_albert --from me/my-albert@v2              a repository of one's own, under a name of one's own
  annopipe pull my_albert --from /mnt/share/models            a folder that holds my_albert_en

Another machine without a network: copy the printed folder into its store (annopipe doctor shows where that is).
Needs huggingface_hub: pip install 'annopipe[hub]'.
"""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "pull",
        help="fetch models into the local store",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        parents=[shared],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="+", metavar="NAME", help="names, with or without _<language>")
    parser.add_argument("--lang", default="en", help="language of names without one (default: %(default)s)")
    parser.add_argument("--from", dest="remote", metavar="PLACE", help="owner/repository[@revision], mirror or folder")
    parser.add_argument("--force", action="store_true", help="fetch it even if it is there")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Bring each model, and say of each that failed why; 2 if any did."""
    code = 0
    for name in options.names:
        try:
            print(pull(name, options.lang, options.remote, force=options.force), flush=True)
        except AnnopipeError as error:
            if options.debug or len(options.names) == 1:
                raise
            print(f"annopipe: {name}: {type(error).__name__}: {' '.join(str(error).split())}", file=sys.stderr)
            code = REFUSED
    return code
