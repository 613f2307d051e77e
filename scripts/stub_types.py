"""The types that a declared parameter shows to type checkers."""

import types
import typing
from typing import Any, Final

from annopipe.params import ABSENT, Param

WIDENED: Final = {
    "list[str]": "list[str] | tuple[str, ...]",
    "list[int]": "list[int] | tuple[int, ...]",
    "Dialect": "str",
}
"""What setters take beyond what getters return: the rules of the shared converters."""
OWN_RULES: Final = {"_layers": "str | int | Sequence[int]"}
"""What setters take where a converter of one annotator has rules of its own, by its name."""


def kept(param: Param) -> str:
    """Return the type that the converter keeps, from its annotation."""
    return written(typing.get_type_hints(param.convert)["return"])


def taken(param: Param) -> str:
    """Return the type that a setter takes."""
    type_ = kept(param)
    return OWN_RULES.get(param.convert.__name__) or WIDENED.get(type_, type_)


def returned(param: Param) -> str:
    """Return the type that a getter gives: None too where an undefined value is None."""
    return f"{kept(param)} | None" if param.lenient and param.default is ABSENT else kept(param)


def written(type_: Any) -> str:
    """Write a type as source code does."""
    if type_ is type(None):
        return "None"
    if isinstance(type_, types.UnionType):
        return " | ".join(map(written, typing.get_args(type_)))
    if typing.get_origin(type_) is typing.Literal:
        return "Dialect"
    if isinstance(type_, type) and not typing.get_args(type_):
        return type_.__name__
    return str(type_)


def constant(value: Any) -> str:
    """Write the type of a module's constant."""
    if isinstance(value, tuple):
        kinds = sorted({type(item).__name__ for item in value})
        return f"tuple[{kinds[0]}, ...]" if len(kinds) == 1 else "tuple[object, ...]"
    if isinstance(value, list):
        return f"list[{type(value[0]).__name__}]"
    return type(value).__name__
