"""Check the types twice: as users see them, with the stubs, and the annotators' own source, without.

    python scripts/check_types.py

mypy reads a stub instead of the module beside it; the second run therefore works on a copy without stubs, and looks at
the modules that have one.
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


def _without_stubs() -> int:
    modules = [".".join(stub.relative_to(ROOT / "src").with_suffix("").parts) for stub in PACKAGE.rglob("*.pyi")]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "plain"
        leave = shutil.ignore_patterns("*.pyi", "models", "__pycache__")
        shutil.copytree(PACKAGE, copy / "src" / "annopipe", ignore=leave)
        return _mypy(copy, "--follow-imports=silent", *(f"-m{module}" for module in sorted(modules)))


def main() -> int:
    """Run both, and return 1 if either found something."""
    print("mypy, with the stubs", flush=True)
    found = _mypy(ROOT, "-p", "annopipe")
    print("mypy, the source that has stubs", flush=True)
    return int(bool(found | _without_stubs()))


if __name__ == "__main__":
    sys.exit(main())
