"""Make the parameter tables of docs/pipeline.md from the declarations.

    python scripts/make_param_tables.py            write them
    python scripts/make_param_tables.py --check    say whether they are current, exit code 1 if not

A table stands between ``<!-- params: Class -->`` and ``<!-- end -->``.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any, Final

import stub_types

import annopipe
from annopipe.annotators.stage import Wired
from annopipe.params import ABSENT, Param

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "pipeline.md"
_TABLE: Final = re.compile(r"(<!-- params: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(name: str) -> str:
    """Return the table of one class; what all annotators inherit is left to the page."""
    declared: dict[str, Param] = getattr(annopipe, name)._declared
    rows = [_row(key, param) for key, param in declared.items() if param is not Wired._declared.get(key)]
    return "\n".join(["| parameter | type | default | meaning |", "|---|---|---|---|", *rows, ""])


def _row(name: str, param: Param) -> str:
    mark = " +" if param.extra else ""
    doc = param.doc.replace("|", "\\|")
    return f"| `{name}`{mark} | {stub_types.kept(param)} | {_shown(param.default)} | {doc} |"


def _shown(default: Any) -> str:
    return "–" if default is ABSENT else f"`{default!r}`".replace("|", "\\|")


def main() -> int:
    """Write the tables, or compare them."""
    parser = argparse.ArgumentParser(description="Make the parameter tables of docs/pipeline.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a table is not current")
    check = parser.parse_args().check
    page = PAGE.read_text(encoding="utf-8")
    made = _TABLE.sub(lambda match: f"{match[1]}{table(match[2])}{match[3]}", page)
    if check and made != page:
        print(f"{PAGE.name} is not current: run python scripts/make_param_tables.py")
    elif not check:
        PAGE.write_text(made, encoding="utf-8", newline="\n")
    return int(check and made != page)


if __name__ == "__main__":
    sys.exit(main())
