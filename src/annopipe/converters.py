"""Converters of parameter values, with pyspark's rules and wording (``pyspark.ml.param.TypeConverters``)."""

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any, Final, TypeAlias

import numpy as np

from annopipe.errors import NoneGiven, ParamTypeError, ParamValueError

LARGEST: Final = 1 << 63

Converter: TypeAlias = Callable[[str, Any], Any]


def _refuse(name: str, reason: str) -> ParamTypeError:
    return ParamTypeError(f'Invalid param value given for param "{name}". {reason}')


def to_int(name: str, value: Any) -> int:
    """Accept whole numbers of up to 64 bits, 3.0 among them; not bool, not "3"."""
    is_number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    if not is_number or not abs(value) < LARGEST or int(value) != value:
        raise _refuse(name, f"Could not convert {value} to int")
    return int(value)


def to_bool(name: str, value: Any) -> bool:
    """Accept True and False only."""
    if not isinstance(value, bool):
        raise _refuse(name, f"Boolean Param requires value of type bool. Found {type(value)}.")
    return value


def to_str(name: str, value: Any) -> str:
    """Accept strings only."""
    if value is None:
        raise NoneGiven(str(_refuse(name, f"Could not convert {type(value)} to string type")))
    if not isinstance(value, str):
        raise _refuse(name, f"Could not convert {type(value)} to string type")
    return str(value)


def to_str_list(name: str, value: Any) -> list[str]:
    """Accept lists, tuples and arrays of strings; a bare string is refused."""
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        raise _refuse(name, f"Could not convert {value} to list of strings")
    if not all(isinstance(item, str) for item in value):
        raise _refuse(name, f"Could not convert {value} to list of strings")
    return [str(item) for item in value]


def to_int_list(name: str, value: Any) -> list[int]:
    """Accept lists and arrays of whole numbers."""
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        raise _refuse(name, f"Could not convert {value} to list of ints")
    return [to_int(name, item) for item in value]


def one_of(*choices: str, fold: Callable[[str], str] = str) -> Converter:
    """Return a converter that accepts one of some words, after ``fold`` (such as ``str.lower``)."""

    def convert(name: str, value: Any) -> str:
        folded = fold(to_str(name, value))
        if folded not in choices:
            msg = f"{name} possible values: {', '.join(choices)} (received {value!r})"
            raise ParamValueError(msg)
        return folded

    return convert


def at_least(least: int) -> Converter:
    """Return a converter to whole numbers not below ``least``."""

    def convert(name: str, value: Any) -> int:
        number = to_int(name, value)
        if number < least:
            msg = f"{name} must be at least {least} (received {number})"
            raise ParamValueError(msg)
        return number

    return convert
