"""``annopipe doctor``: what is installed, what this machine offers, and whether it works."""

from annopipe.cli.doctor.command import add_to

__all__ = ["add_to"]
