"""The ``annopipe`` command."""

from collections.abc import Sequence

from annopipe.interrupts import at_once

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; see `annopipe.cli.command.main`."""
    with at_once():
        from annopipe.cli.command import main as run
    return run(arguments)
