"""Parameters declared once: constructor keyword, ``setX``, ``getX``, docs, checks and saving follow from it.

The methods are those of ``pyspark.ml.param.Params`` with Spark NLP 5.5.3's wording of what is printed.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Self

from annopipe.bound_param import Param as BoundParam
from annopipe.converters import Converter
from annopipe.errors import ParamUnset, ParamValueError
from annopipe.hosts import announce
from annopipe.persistence import Savable, Shelf

ABSENT: Final = object()


class Param:
    """Declaration of one parameter in a class body; on an instance the attribute is a `BoundParam`.

    Args:
        convert: checks the type and returns the value to keep, or raises `ParamTypeError`.
        doc: what it means, its unit and what it does when unset.
        default: shown and used until set; left out = undefined.
        check: looks at a converted value and raises `ParamValueError` when it cannot be used.
        lenient: the getter of an undefined value returns None instead of raising `ParamUnset`.
        extra: not one of Spark NLP's; listed by ``params`` and ``explainParams`` only once it was set.
    """

    def __init__(
        self,
        convert: Converter,
        doc: str,
        default: Any = ABSENT,
        *,
        check: Callable[[Any], None] | None = None,
        lenient: bool = False,
        extra: bool = False,
    ) -> None:
        self.convert = convert
        self.doc = doc
        self.default = default
        self.check = check
        self.lenient = lenient
        self.extra = extra
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the name under which the class declares it."""
        self.name = name

    def __get__(self, instance: "Params | None", owner: type) -> Any:
        """Return the declaration from a class, the bound parameter from a stage."""
        return self if instance is None else BoundParam(instance.uid, self.name, self.doc)

    def value(self, value: Any) -> Any:
        """Return ``value`` converted and checked."""
        converted = self.convert(self.name, value)
        if self.check is not None:
            self.check(converted)
        return converted


def _cap(name: str) -> str:
    return name[0].upper() + name[1:]


def _setter(name: str) -> Callable[..., Any]:
    def set_value(self: "Params", value: Any) -> "Params":
        return self._set(name, value)

    set_value.__name__ = f"set{_cap(name)}"
    return set_value


def _getter(name: str) -> Callable[..., Any]:
    def get_value(self: "Params") -> Any:
        if self._declared[name].lenient and not self.isDefined(name):
            return None
        return self.getOrDefault(name)

    get_value.__name__ = f"get{_cap(name)}"
    return get_value


class Params(Savable):
    """Base of everything with parameters: values by name, a ``uid``, setters that return the stage.

    Keyword arguments of the constructor are parameters: ``Tokenizer(inputCols=["document"], minLength=2)``.
    """

    _declared: ClassVar[dict[str, Param]] = {}
    _uid_prefix: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Collect the declarations and make the accessors that the class does not write itself."""
        super().__init_subclass__(**kwargs)
        inherited = {k: v for base in reversed(cls.__mro__[1:]) for k, v in getattr(base, "_declared", {}).items()}
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Param)}
        cls._declared = dict(sorted({**inherited, **own}.items()))
        for name, param in own.items():
            for prefix, make in (("set", _setter), ("get", _getter)):
                accessor = prefix + _cap(name)
                if accessor not in vars(cls):
                    method = make(name)
                    method.__doc__ = f"{'Set' if prefix == 'set' else 'Return'} ``{name}``: {param.doc}"
                    method.__qualname__ = f"{cls.__name__}.{accessor}"
                    setattr(cls, accessor, method)
        announce(cls)

    def __init__(self, **values: Any) -> None:
        self.uid = self._new_uid(type(self).__name__)
        self._values: dict[str, Any] = {}
        self._saved_defaults: dict[str, Any] = {}
        for name, value in values.items():
            self._keyword(name, value)

    @staticmethod
    def _new_uid(prefix: str) -> str:
        return f"{prefix}_{os.urandom(6).hex()}"

    def _keyword(self, name: str, value: Any) -> None:
        if name not in self._declared:
            cls, known = type(self).__name__, ", ".join(self._declared)
            msg = f"{cls}() got an unexpected keyword argument {name!r}: its parameters are {known}"
            raise TypeError(msg)
        getattr(self, "set" + _cap(name))(value)

    def _set(self, name: str, value: Any) -> Self:
        self._values[name] = self._declared[name].value(value)
        return self

    def __repr__(self) -> str:
        """The uid, as pyspark prints stages."""
        return self.uid

    def _name(self, param: "str | BoundParam | Any") -> str:
        name = param if isinstance(param, str) else str(param.name)
        if name not in self._declared:
            msg = f"{self.uid} has no parameter {name!r}: its parameters are {', '.join(self._declared)}"
            raise ParamValueError(msg)
        return name

    @property
    def params(self) -> list[BoundParam]:
        """All parameters, sorted by name; those that Spark NLP does not have only once they were set."""
        return [getattr(self, n) for n, p in self._declared.items() if not p.extra or n in self._values]

    def getParam(self, paramName: str) -> BoundParam:
        """Return the parameter of a name."""
        bound: BoundParam = getattr(self, self._name(paramName))
        return bound

    def hasParam(self, paramName: str) -> bool:
        """Tell whether there is a parameter of this name."""
        return paramName in self._declared

    def isSet(self, param: str | BoundParam) -> bool:
        """Tell whether a parameter was set explicitly."""
        return self._name(param) in self._values

    def hasDefault(self, param: str | BoundParam) -> bool:
        """Tell whether a parameter has a default."""
        return self._default(self._name(param)) is not ABSENT

    def isDefined(self, param: str | BoundParam) -> bool:
        """Tell whether a parameter was set or has a default."""
        return self.isSet(param) or self.hasDefault(param)

    def _default(self, name: str) -> Any:
        return self._saved_defaults.get(name, self._declared[name].default)

    def getOrDefault(self, param: str | BoundParam) -> Any:
        """Return a value, set or default.

        Raises:
            ParamUnset: neither set nor with a default (a ``KeyError``, as in pyspark).
        """
        name = self._name(param)
        value = self._values.get(name, self._default(name))
        if value is ABSENT:
            msg = f"{self.uid}: parameter {name!r} is not set and has no default: call set{_cap(name)}(...)"
            raise ParamUnset(msg)
        return list(value) if isinstance(value, list) else value

    def _explicit(self, name: str) -> Any:
        """Return a value that was set, or None: a default that was not set explicitly does not act."""
        return self._values.get(name)

    def getParamValue(self, paramName: str) -> Callable[[], Any]:
        """Return a function that returns the value, None while undefined (Spark NLP's form)."""
        return lambda: self.getOrDefault(paramName) if self.isDefined(paramName) else None

    def setParamValue(self, paramName: str) -> Callable[[Any], Self]:
        """Return a function that sets the value and returns the stage (Spark NLP's form)."""
        setter: Callable[[Any], Self] = getattr(self, "set" + _cap(self._name(paramName)))
        return setter

    def set(self, param: str | BoundParam, value: Any) -> Self:
        """Set a value through its parameter object."""
        return self._set(self._name(param), value)

    def clear(self, param: str | BoundParam) -> None:
        """Forget a value that was set."""
        self._values.pop(self._name(param), None)

    def extractParamMap(self, extra: Mapping[Any, Any] | None = None) -> dict[BoundParam, Any]:
        """Return the defaults and the values set, by parameter; nothing undefined."""
        found = {p: self.getOrDefault(p) for p in self.params if self.isDefined(p)}
        return {**found, **(extra or {})}

    def explainParam(self, param: str | BoundParam) -> str:
        """Return one line: ``name: meaning (default: X, current: Y)``."""
        name = self._name(param)
        parts = []
        if self._default(name) is not ABSENT:
            parts.append(f"default: {self._default(name)}")
        if name in self._values:
            parts.append(f"current: {self._values[name]}")
        return f"{name}: {self._declared[name].doc} ({', '.join(parts) or 'undefined'})"

    def explainParams(self) -> str:
        """Return a line a parameter, sorted by name."""
        return "\n".join(self.explainParam(param) for param in self.params)

    def copy(self, extra: Mapping[Any, Any] | None = None) -> Self:
        """Return a stage of the same uid and values, with those of ``extra`` over them."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._values = dict(self._values)
        for param, value in (extra or {}).items():
            if getattr(param, "parent", self.uid) == self.uid:
                other.set(param, value)
        return other

    def describe(self, shelf: Shelf) -> dict[str, Any]:  # noqa: ARG002
        """Return uid, the values set and the defaults, as a saved stage holds them."""
        defaults = {n: self._default(n) for n in self._declared if self._default(n) is not ABSENT}
        return {"uid": self.uid, "set": dict(self._values), "default": defaults}

    @classmethod
    def restore(cls, description: Mapping[str, Any], shelf: Shelf) -> Self:  # noqa: ARG003
        """Return a stage of the saved uid and values, each checked as its setter would; saved defaults hold on."""
        stage = cls()
        stage.uid = str(description["uid"])
        for name, value in description["set"].items():
            stage._set(stage._name(name), value)
        known = {n: v for n, v in description.get("default", {}).items() if n in cls._declared}
        stage._saved_defaults = {n: cls._declared[n].value(v) for n, v in known.items()}
        return stage
