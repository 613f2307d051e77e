"""The reference pages agree with the declarations that they describe."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

from annopipe import errors

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def _rows(page: str) -> list[list[str]]:
    """Cells of all table rows, code marks taken off."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_errors_page_names_every_error_with_its_builtin() -> None:
    rows = {row[0]: row for row in _rows((DOCS / "errors.md").read_text(encoding="utf-8"))}
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.AnnopipeError)]
    assert {c.__name__ for c in classes} <= set(rows)
    for c in classes:
        builtin = next(base.__name__ for base in c.__mro__ if base.__module__ == "builtins")
        assert rows[c.__name__][1] == builtin, c.__name__
    shown = {name for name in rows if name.endswith(("Error", "Missing", "NotFound", "Unset", "TooLarge", "Timeout"))}
    assert shown <= {c.__name__ for c in classes}


def test_parameter_tables_are_current() -> None:
    script = ROOT / "scripts" / "make_param_tables.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_cli_page_names_every_option() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    for command in (["embed"], ["doctor"], []):
        run = [sys.executable, "-m", "annopipe", *command, "--help"]
        shown = subprocess.run(run, capture_output=True, text=True, check=True, encoding="utf-8").stdout
        options = set(re.findall(r"(?<![\w-])--[a-z]+", shown)) - {"--help"}
        assert options
        assert {option for option in options if f"`{option}" not in page} == set()


def test_readme_commands_are_the_ones_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^```shell\n(python3 -m venv .*)\n```$", readme, re.MULTILINE)
    assert len(commands) == 2
    assert "examples/card.py" in commands[0]
    assert "pytest" in commands[1]


def test_every_page_is_reached_from_the_index() -> None:
    linked = set(re.findall(r"\]\(([\w-]+\.md)", (DOCS / "index.md").read_text(encoding="utf-8")))
    assert {path.name for path in DOCS.glob("*.md")} == linked | {"index.md"}
    mends = {path.name for path in DOCS.glob("mends-*.md")}
    assert mends <= set(re.findall(r"\]\(([\w-]+\.md)", (DOCS / "dialects.md").read_text(encoding="utf-8")))
