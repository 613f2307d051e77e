"""One part of the doctor's report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with facts under it.

    Attributes:
        name: heading, and key in the JSON report.
        facts: name → value; values are what JSON holds (text, numbers, bool, None, lists).
        faults: what is wrong, each with its repair; any of them makes the exit code 1.
    """

    name: str
    facts: Mapping[str, Any]
    faults: tuple[str, ...] = field(default=())

    def lines(self) -> list[str]:
        """Return the section as text."""
        width = max((len(name) for name in self.facts), default=0)
        facts = [f"  {name.ljust(width)}  {_written(value)}" for name, value in self.facts.items()]
        return [self.name, *facts, *(f"  FAULT: {fault}" for fault in self.faults)]

    def as_json(self) -> dict[str, Any]:
        """Return the section as JSON holds it."""
        return {**self.facts, "faults": list(self.faults)}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "not readable here" if value is None else str(value)
