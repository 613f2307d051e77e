"""The documentation is true: its Python runs, and the output it shows is what comes out.

In README.md, docs/*.md and the cards of bundled models, in order and file by file:
    ```python    is run, in one namespace and one empty folder a file
    ```text      right after it is what it printed
    ```console   ``$ annopipe …`` is run, and what follows is what it printed
Numbers with a decimal point agree to two units of the last digit shown, as processors differ there; runs of blanks
count as one; ``...`` stands for anything.
"""

import contextlib
import io
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CARDS = (ROOT / "src" / "annopipe" / "models").glob("*/card.md")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(CARDS)]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DECIMAL = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, text, first line, and whether it follows another block directly."""

    language: str
    text: str
    line: int
    follows: bool


def blocks(page: str) -> list[Block]:
    found = []
    end = -1
    for match in FENCE.finditer(page):
        follows = end >= 0 and not page[end : match.start()].strip()
        found.append(Block(match[1], match[2], page.count("\n", 0, match.start()) + 2, follows))
        end = match.end()
    return found


def alike(shown: str, printed: str) -> bool:
    """Tell whether a page shows what was printed."""
    parts = [_squeezed(part) for part in shown.split("...")]
    pattern = ".*".join(re.escape(DECIMAL.sub("\0", part)).replace(re.escape("\0"), r"(-?\d+\.\d+)") for part in parts)
    match = re.fullmatch(pattern, _squeezed(printed), re.DOTALL)
    if match is None:
        return False
    pairs = zip(DECIMAL.findall(" ".join(parts)), match.groups(), strict=True)
    return all(_near(written, found) for written, found in pairs)


def _near(written: str, found: str) -> bool:
    return abs(float(written) - float(found)) <= 2.0000001 * 10.0 ** -len(written.partition(".")[2])


def _squeezed(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def run_python(block: Block, page: Path, namespace: dict[str, Any]) -> str:
    printed = io.StringIO()
    code = compile("\n" * (block.line - 1) + block.text, str(page), "exec")
    with contextlib.redirect_stdout(printed):
        exec(code, namespace)  # noqa: S102
    return printed.getvalue()


def run_console(block: Block, folder: Path) -> None:
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        words = shlex.split(command)
        assert words[0] == "annopipe", f"only annopipe's commands are run in console blocks, not {command!r}"
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert alike(shown, done.stdout), f"{command!r} printed\n{done.stdout}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if page.name in {"scala-java.md", "spark.md", "tables.md"}:
        pytest.importorskip("pysail", reason="pysail is absent: pip install 'annopipe[sail]'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed = ""
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language == "python":
            printed = run_python(block, page, namespace)
        elif block.language == "text" and block.follows:
            assert alike(block.text, printed), f"{page.name}:{block.line} was printed\n{printed}"
        elif block.language == "console":
            run_console(block, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a  1.00 b", "a 1.02 b", True),
        ("a 1.00 b", "a 1.03 b", False),
        ("a 1.00 b", "a 1.00 c", False),
        ("took ... s\n", "took 12.5 s", True),
        ("one\ntwo", "one", False),
        ("-0.0001", "0.0001", True),
        ("7 rows", "8 rows", False),
    ],
)
def test_comparison(shown: str, printed: str, same: bool) -> None:
    assert alike(shown, printed) is same
