"""The command itself: its arguments, and how it ends."""

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any, Final

from annopipe.cli import card, doctor, embed, export, importing, models, pull, remove, run
from annopipe.errors import AnnopipeError
from annopipe.hub.hints import shell_form
from annopipe.interrupts import at_once, exit_code, unwound
from annopipe.version import __version__

OK: Final = 0
REFUSED: Final = 2
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

_DESCRIPTION: Final = "Exact ALBERT word vectors for text tables: Spark NLP's pipeline without the JVM."
_EXAMPLES: Final = """\
examples:
  annopipe embed "I love Spark NLP"                      a table of its word vectors
  annopipe embed reviews.csv --column body -o out.parquet
  annopipe pull albert_embeddings_albert_base_v1         a model by its name, for good
  annopipe doctor                                        what is installed, and a self-test

exit codes: 0 done, 1 the doctor found a fault, 2 refused (the reason is on stderr), 130 interrupted, 143 and 129 ended
by SIGTERM and SIGHUP
"""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="annopipe",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"annopipe {__version__}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="on an error, show Python's traceback")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for command in (embed, models, card, pull, importing, export, remove, run, doctor):
        command.add_to(commands, shared)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: the words after ``annopipe``; those of this process unless given.

    An error of annopipe or of the file system is one line on stderr and exit code 2; ``--debug`` lets it through.
    """
    try:
        with at_once():
            options = make_parser().parse_args(arguments)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else OK
    _tolerate_any_character(sys.stdout, sys.stderr)
    with warnings.catch_warnings():
        warnings.showwarning = _say_warning
        with shell_form():
            return _run(options)


def _run(options: argparse.Namespace) -> int:
    try:
        with nullcontext() if options.run is run.run else unwound():  # a script's signals are its own
            code: int = options.run(options)
        if sys.stdout is not None:  # closed by whoever runs the command
            sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return PIPE_CLOSED
    except KeyboardInterrupt as end:
        with suppress(OSError):  # the terminal may be gone
            print(f"annopipe: {_ending(end)}", file=sys.stderr, flush=True)
        return exit_code(end)
    except (AnnopipeError, OSError) as error:
        if options.debug:
            raise
        print(f"annopipe: {type(error).__name__}: {one_line(error)}", file=sys.stderr)
        return REFUSED
    return code


def _ending(end: KeyboardInterrupt) -> str:
    return "interrupted" if exit_code(end) == INTERRUPTED else f"ended by {end}"


def one_line(error: Exception) -> str:
    """Return the text of an error without line breaks."""
    return " ".join(str(error).split())


def _say_warning(message: Warning | str, *_where: object, **_more: object) -> None:
    print(f"annopipe: warning: {' '.join(str(message).split())}", file=sys.stderr)


def _tolerate_any_character(*streams: Any) -> None:
    """Let a terminal that cannot show a character get an escape for it instead of failing."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Nobody reads any more: keep Python from complaining about it when it flushes at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None
