"""The version of annopipe, in one place (SemVer)."""

__version__ = "0.1.0"
