"""A parameter of one stage, as pyspark's ``Param``."""

from typing import Any

from annopipe.hosts import param_class


class Param:
    """A parameter of one stage, as ``stage.params`` lists them (pyspark's ``Param``: parent, name, doc).

    Where pyspark is imported it passes as one of its own, so that ``Pipeline.fit(frame, {stage.outputCol: "x"})``,
    ``copy`` and ``ParamGridBuilder`` take it: they ask ``isinstance``, which asks for ``__class__``.
    """

    __slots__ = ("doc", "name", "parent")

    def __init__(self, parent: str, name: str, doc: str) -> None:
        self.parent = parent
        self.name = name
        self.doc = doc

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return param_class(Param)

    @staticmethod
    def typeConverter(value: Any) -> Any:
        """Return a value as it is: the stage converts and checks what it is given."""
        return value

    def __eq__(self, other: object) -> bool:
        return type(other) is Param and (self.parent, self.name) == (other.parent, other.name)

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Param, (self.parent, self.name, self.doc)

    def __str__(self) -> str:
        return f"{self.parent}__{self.name}"

    def __repr__(self) -> str:
        return f"Param(parent={self.parent!r}, name={self.name!r}, doc={self.doc!r})"
