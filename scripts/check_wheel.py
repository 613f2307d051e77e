"""Check a wheel: what must be inside is, what must not is not, and it is small enough.

python scripts/check_wheel.py dist/annopipe-*.whl
"""

import sys
import zipfile
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 20_000_000
MODEL: Final = "annopipe/models/albert_mini_en"
NEEDED: Final = (
    "annopipe/__init__.py",
    "annopipe/py.typed",
    "annopipe/annotators/albert_embeddings.pyi",
    "annopipe/annotators/tokenizer.pyi",
    f"{MODEL}/config.json",
    f"{MODEL}/model.int8.safetensors",
    f"{MODEL}/spiece.model",
    f"{MODEL}/tokenizer_config.json",
    f"{MODEL}/card.md",
    f"{MODEL}/SHA256SUMS",
)
LICENCES: Final = ("LICENSE", "NOTICE")


def faults(wheel: Path) -> list[str]:
    """Return what is wrong with a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    found = [f"{name} is missing" for name in NEEDED if name not in names]
    found += [f"{name} is missing" for name in LICENCES if not any(n.endswith(f"licenses/{name}") for n in names)]
    strays = [name for name in names if not name.startswith(("annopipe/", "annopipe-")) or "__pycache__" in name]
    found += [f"{name} does not belong there" for name in strays]
    if not wheel.name.endswith("-py3-none-any.whl"):
        found.append(f"{wheel.name} is not a wheel for every platform")
    if (size := wheel.stat().st_size) > MOST_BYTES:
        found.append(f"{size} bytes are more than {MOST_BYTES}")
    return found


def main() -> int:
    """Check each wheel of the command line."""
    bad = 0
    for wheel in map(Path, sys.argv[1:]):
        found = faults(wheel)
        bad += len(found)
        print(f"{wheel.name}: {wheel.stat().st_size} bytes, {'; '.join(found) or 'as it must be'}")
    return int(bad > 0 or len(sys.argv) == 1)


if __name__ == "__main__":
    sys.exit(main())
