"""Run the tests with the lowest versions that pyproject.toml allows, each proved by the run; needs uv (pip install uv).

    python scripts/check_floors.py              the lowest versions of what pyproject.toml names
    python scripts/check_floors.py --newest     the newest ones, pandas 3 among them

Each run recreates the environment, .venv-floors or .venv-newest. What follows the options is passed to pytest.
"""

import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Make the environment, print its versions, run the tests; return pytest's exit code."""
    newest = "--newest" in arguments
    folder = ROOT / (".venv-newest" if newest else ".venv-floors")
    venv.create(folder, clear=True, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    resolution = "highest" if newest else "lowest-direct"
    install = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "-q",
        "--python",
        python,
        "--resolution",
        resolution,
        "-e",
        ROOT,
    ]
    subprocess.run([*install, "--group", f"{ROOT / 'pyproject.toml'}:test"], check=True)
    subprocess.run([sys.executable, "-m", "uv", "pip", "list", "-q", "--python", python], check=True)
    rest = [argument for argument in arguments if argument != "--newest"]
    return subprocess.run([python, "-m", "pytest", "-n", "auto", *rest], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
