"""Check the types: as users see them, with the stubs; the annotators' own source, without; and one against the other.

    python scripts/check_types.py

mypy reads a stub instead of the module beside it; the second run therefore works on a copy without stubs, and looks at
the modules that have one. The third run is mypy's stubtest: what a stub says is there at run time, and the reverse.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "src" / "annopipe"


def _mypy(root: Path, *more: str) -> int:
    config = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache" / root.name)]
    return subprocess.run([sys.executable, "-m", "mypy", *config, *more], cwd=root, check=False).returncode


def _stubbed() -> list[str]:
    """Return the names of the modules that have a stub."""
    root = ROOT / "src"
    return sorted(".".join(stub.relative_to(root).with_suffix("").parts) for stub in PACKAGE.rglob("*.pyi"))


def _without_stubs() -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "plain"
        leave = shutil.ignore_patterns("*.pyi", "models", "__pycache__")
        shutil.copytree(PACKAGE, copy / "src" / "annopipe", ignore=leave)
        return _mypy(copy, "--follow-imports=silent", *(f"-m{module}" for module in _stubbed()))


def _stubtest() -> int:
    run = [sys.executable, "-m", "mypy.stubtest", "--concise", "--mypy-config-file", str(ROOT / "pyproject.toml")]
    return subprocess.run([*run, *_stubbed()], cwd=ROOT, check=False).returncode


def main() -> int:
    """Run all three, and return 1 if any found something."""
    found = 0
    for what, check in (
        ("mypy, with the stubs", lambda: _mypy(ROOT, "-p", "annopipe")),
        ("mypy, the source that has stubs", _without_stubs),
        ("stubtest", _stubtest),
    ):
        print(what, flush=True)
        found |= check()
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
