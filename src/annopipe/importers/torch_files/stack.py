"""The pickle of a file of torch, walked by a machine that knows 38 of its instructions and no code.

Python's own unpickler is not used: this one builds strings, numbers, tuples, lists, dicts and descriptions of tensors,
refuses every other instruction by name, and takes no more memory than the file has bytes.
"""

from collections.abc import Callable
from typing import Any, Final

from annopipe.errors import PickleRefused
from annopipe.importers.torch_files.instructions import instructions
from annopipe.importers.torch_files.symbols import Symbol, call, storage_of

LONGEST: Final = 32 << 20
"""Bytes of a pickle; a model's list of tensors has a few kB."""

_MARK: Final = object()

Key = (str, int)


def read_pickle(data: bytes) -> Any:
    """Return what a pickle describes.

    Raises:
        PickleRefused: it asks for something else than the description of tensors, or is damaged.
    """
    if len(data) > LONGEST:
        raise PickleRefused(f"its list of tensors has {len(data)} bytes, more than any model's")
    machine = _Machine()
    for name, argument in instructions(data):
        machine.step(name, argument)
    return machine.result()


class _Machine:
    """Stack and memo."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        """Carry out an instruction."""
        if name in _VALUES:
            self._stack.append(argument)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name]())
        elif name not in _NOTHING:
            _ACTIONS[name](self, argument)

    def result(self) -> Any:
        """Return the one thing that is left at the end."""
        if len(self._stack) != 1 or self._stack[0] is _MARK:
            raise PickleRefused("its list of tensors ends in the midst of something")
        return self._stack[0]

    def _pop(self) -> Any:
        if not self._stack or self._stack[-1] is _MARK:
            raise PickleRefused("its list of tensors takes more than there is")
        return self._stack.pop()

    def _pop_to_mark(self) -> list[Any]:
        for place in range(len(self._stack) - 1, -1, -1):
            if self._stack[place] is _MARK:
                items = self._stack[place + 1 :]
                del self._stack[place:]
                return items
        raise PickleRefused("its list of tensors closes what was not opened")

    def _top(self, kind: type) -> Any:
        if not self._stack or type(self._stack[-1]) is not kind:
            raise PickleRefused(f"its list of tensors fills what is no {kind.__name__}")
        return self._stack[-1]

    def mark(self, _: Any) -> None:
        self._stack.append(_MARK)

    def put(self, place: Any) -> None:
        value = self._pop()
        self._stack.append(value)
        self._memo[len(self._memo) if place is None else place] = value

    def get(self, place: Any) -> None:
        if place not in self._memo:
            raise PickleRefused("its list of tensors recalls what it never had")
        self._stack.append(self._memo[place])

    def tuple_from_mark(self, _: Any) -> None:
        self._stack.append(tuple(self._pop_to_mark()))

    def tuple1(self, _: Any) -> None:
        self._tuple(1)

    def tuple2(self, _: Any) -> None:
        self._tuple(2)

    def tuple3(self, _: Any) -> None:
        self._tuple(3)

    def _tuple(self, count: int) -> None:
        self._stack.append(tuple([self._pop() for _ in range(count)][::-1]))

    def symbol(self, argument: Any) -> None:
        module, name = argument
        self._stack.append(Symbol(module[:120], name[:120]))

    def symbol_from_stack(self, _: Any) -> None:
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise PickleRefused("it names a class by what is no text")
        self._stack.append(Symbol(module[:120], name[:120]))

    def persistent(self, _: Any) -> None:
        self._stack.append(storage_of(self._pop()))

    def reduce(self, _: Any) -> None:
        arguments, function = self._pop(), self._pop()
        self._stack.append(call(function, arguments))

    def build(self, _: Any) -> None:
        """``__setstate__``: a state dict has an attribute ``_metadata``, which is left out; nothing else has state."""
        state = self._pop()
        self._top(dict)
        if type(state) is not dict or not state.keys() <= {"_metadata"}:
            raise PickleRefused("it gives an object a state, which no tensor needs")

    def append(self, _: Any) -> None:
        value = self._pop()
        self._top(list).append(value)

    def appends(self, _: Any) -> None:
        items = self._pop_to_mark()
        self._top(list).extend(items)

    def set_item(self, _: Any) -> None:
        value, key = self._pop(), self._pop()
        self._set([key, value])

    def set_items(self, _: Any) -> None:
        self._set(self._pop_to_mark())

    def _set(self, pairs: list[Any]) -> None:
        target = self._top(dict)
        if len(pairs) % 2:
            raise PickleRefused("it names something that has no value")
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(key, Key):
                raise PickleRefused(f"it uses {type(key).__name__} as the name of something")
            target[key] = value


_NOTHING: Final = {"PROTO", "FRAME", "STOP"}

_VALUES: Final = {
    "BININT",
    "BININT1",
    "BININT2",
    "LONG1",
    "BINFLOAT",
    "BINUNICODE",
    "SHORT_BINUNICODE",
    "BINUNICODE8",
    "BINSTRING",
    "SHORT_BINSTRING",
}

_CONSTANTS: Final[dict[str, Callable[[], Any]]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
}

_ACTIONS: Final[dict[str, Callable[[_Machine, Any], None]]] = {
    "MARK": _Machine.mark,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.put,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "TUPLE": _Machine.tuple_from_mark,
    "TUPLE1": _Machine.tuple1,
    "TUPLE2": _Machine.tuple2,
    "TUPLE3": _Machine.tuple3,
    "GLOBAL": _Machine.symbol,
    "STACK_GLOBAL": _Machine.symbol_from_stack,
    "BINPERSID": _Machine.persistent,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
}
