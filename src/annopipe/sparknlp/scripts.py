"""A script or notebook of somebody else's, run with ``sparknlp`` and ``nlu`` answered by annopipe."""

import ast
import json
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from annopipe.errors import InputFileError
from annopipe.sparknlp.install import install_as_sparknlp


def run_script(script: Path, arguments: Sequence[str] = (), *, dialect: str = "sparknlp") -> None:
    """Run a script as ``python script …`` would, or the code cells of a notebook in order.

    Args:
        script: a ``.py`` file, or a notebook (``.ipynb``), of which lines that begin with ``%`` or ``!`` are skipped
            and the last expression of a cell is printed.
        arguments: what the script finds in ``sys.argv`` behind its own name.
        dialect: see `install_as_sparknlp`.

    Raises:
        InputFileError: no such file, or no notebook.
        Exception: whatever the script raises.
    """
    if not script.is_file():
        msg = f"no script {script}: give a .py file or an .ipynb notebook"
        raise InputFileError(msg)
    install_as_sparknlp(dialect)
    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(script.parent))
    if script.suffix == ".ipynb":
        _run_notebook(script)
    else:
        runpy.run_path(str(script), run_name="__main__")


def _run_notebook(path: Path) -> None:
    module = ModuleType("__main__")
    module.__dict__["__file__"] = str(path)
    before, sys.modules["__main__"] = sys.modules["__main__"], module
    try:
        for number, source in enumerate(_cells(path), 1):
            _run_cell(source, f"{path}, cell {number}", module.__dict__)
    finally:
        sys.modules["__main__"] = before


def _cells(path: Path) -> Iterator[str]:
    """Yield the code of each cell, without the lines that are the notebook's own commands."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError) as broken:
        msg = f"{path} is no notebook that can be read ({broken!r})"
        raise InputFileError(msg) from broken
    for source in sources:
        if not source.lstrip().startswith("%%"):
            yield "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n"))


def _run_cell(source: str, name: str, namespace: dict[str, Any]) -> None:
    """Run a cell; a last expression is printed, unless it is None or ends with a semicolon."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)  # noqa: S102 -- to run it is what was asked for
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)  # noqa: S307
        if value is not None and not source.rstrip().endswith(";"):
            print(value)  # noqa: T201
