"""One annotator module as a stub: signatures out of its source, accessors out of its declarations."""

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

import stub_types

from annopipe.params import Param, Params

HEADER: Final = '"""Made by scripts/make_stubs.py from the parameters\' declarations: edit those, then run it."""\n'


def stub(module: ModuleType) -> str:
    """Return the text of the ``.pyi`` beside a module."""
    tree = ast.parse(inspect.getsource(module))
    body: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            body.append(_class(node, getattr(module, node.name)))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            body.extend(_constant(node, module))
    text = "\n".join(body)
    return f"{HEADER}\n{_imports(tree, text)}\n\n{text}\n"


def _constant(node: ast.Assign | ast.AnnAssign, module: ModuleType) -> Iterator[str]:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if isinstance(target, ast.Name) and not target.id.startswith("_"):
        yield f"{target.id}: {stub_types.constant(getattr(module, target.id))}"


def _class(node: ast.ClassDef, cls: Any) -> str:
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    lines = [f"class {node.name}({bases}):"]
    explicit = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
    params = cls._declared if not node.name.startswith("_") else _own(cls)
    lines += [f"    {name}: Param" for name in _own(cls)]
    lines += _attributes(node, cls)
    if not node.name.startswith("_"):
        lines += [_constructor(cls)]
    lines += [_signature(item) for name, item in explicit.items() if not name.startswith("_")]
    lines += [line for name, param in params.items() for line in _accessors(cls, name, param, explicit)]
    return "\n".join(lines) + "\n"


def _own(cls: type[Params]) -> dict[str, Param]:
    return {name: value for name, value in vars(cls).items() if isinstance(value, Param)}


def _attributes(node: ast.ClassDef, cls: Any) -> list[str]:
    """Declare the plain class attributes that no base declares."""
    names = [
        t.id for item in node.body if isinstance(item, ast.Assign) for t in item.targets if isinstance(t, ast.Name)
    ]
    known = {name for base in cls.__mro__[1:] for name in vars(base)}
    return [
        f"    {name}: ClassVar[{stub_types.constant(getattr(cls, name))}]"
        for name in names
        if not name.startswith("_") and name not in known and name not in cls._declared
    ]


def _constructor(cls: type[Params]) -> str:
    keywords = "".join(f"        {name}: {_keyword(cls, name)} = ...,\n" for name in cls._declared)
    return f"    def __init__(\n        self,\n        *,\n{keywords}    ) -> None: ..."


def _keyword(cls: type[Params], name: str) -> str:
    """Return what a keyword takes: what the setter of this name takes as its only argument."""
    setter = getattr(cls, _accessor("set", name))
    if _made(setter):
        return stub_types.taken(cls._declared[name])
    parameter = list(inspect.signature(setter).parameters.values())[1]
    return stub_types.written(parameter.annotation)


def _accessor(prefix: str, name: str) -> str:
    return prefix + name[0].upper() + name[1:]


def _made(method: Any) -> bool:
    """Tell whether `Params` made an accessor, and no class wrote it."""
    return method.__code__.co_name in {"set_value", "get_value"}


def _accessors(cls: Any, name: str, param: Param, explicit: dict[str, ast.FunctionDef]) -> Iterator[str]:
    setter, getter = _accessor("set", name), _accessor("get", name)
    for accessor, arguments, result in (
        (setter, f"self, value: {stub_types.taken(param)}", "Self"),
        (getter, "self", stub_types.returned(param)),
    ):
        method = getattr(cls, accessor)
        if accessor not in explicit and _made(method):
            doc = method.__doc__.replace("\\", "\\\\")
            yield f'    def {accessor}({arguments}) -> {result}:\n        """{doc}"""'


def _signature(node: ast.FunctionDef) -> str:
    decorators = "".join(f"    @{ast.unparse(item)}\n" for item in node.decorator_list)
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{decorators}    def {node.name}({ast.unparse(node.args)}){returns}: ..."


def _imports(tree: ast.Module, text: str) -> str:
    """Return the imports of the source whose names the stub uses, and those that accessors need."""
    names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    wanted = {name: module for module, names in _from_imports(tree) for name in names if name in used}
    wanted |= {name: module for name, module in _NAMES.items() if name in used}
    plain = [
        f"import {ast.unparse(a)}" for n in tree.body if isinstance(n, ast.Import) for a in n.names if _bound(a) in used
    ]
    lines = [f"from {module} import {_sorted(wanted, module)}" for module in sorted(set(wanted.values()))]
    return "\n".join([*plain, *lines])


_NAMES: Final = {
    "ClassVar": "typing",
    "Dialect": "annopipe.dialect",
    "Param": "annopipe.params",
    "Self": "typing",
    "Sequence": "collections.abc",
}


def _from_imports(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [_bound(alias) for alias in node.names]


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name


def _sorted(wanted: dict[str, str], module: str) -> str:
    return ", ".join(sorted(name for name, source in wanted.items() if source == module))
