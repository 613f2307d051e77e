"""The ``annopipe`` command."""

from annopipe.cli.command import main

__all__ = ["main"]
