"""Which arguments are files."""

from typing import Final

ENDINGS: Final = (".txt", ".jsonl", ".csv", ".parquet")
"""Endings of the files that ``annopipe embed`` reads; anything else is a text."""
