"""A parameter of one stage, as pyspark's ``Param``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of one stage, as ``stage.params`` lists them (pyspark's ``Param``: parent, name, doc)."""

    parent: str
    name: str
    doc: str

    def __str__(self) -> str:
        return f"{self.parent}__{self.name}"

    def __repr__(self) -> str:
        return f"Param(parent={self.parent!r}, name={self.name!r}, doc={self.doc!r})"
