"""Make the type stubs of the annotators from their declared parameters.

    python scripts/make_stubs.py            write src/annopipe/annotators/*.pyi
    python scripts/make_stubs.py --check    say which are not current, exit code 1 if any

Setters, getters and constructor keywords are made when a class is made, where type checkers and editors do not see
them; the stubs show them. They are formatted by ruff, which must be installed.
"""

import argparse
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from stub_source import stub

MODULES: Final = (
    "albert_embeddings",
    "chunk2doc",
    "chunk_embeddings",
    "doc2chunk",
    "document_assembler",
    "embeddings_finisher",
    "finisher",
    "ngram_generator",
    "regex_matcher",
    "sentence_detector",
    "sentence_embeddings",
    "text_matcher",
    "token_assembler",
    "tokenizer",
)


def _path(module: ModuleType) -> Path:
    return Path(str(module.__file__)).with_suffix(".pyi")


def _formatted(text: str, path: Path) -> str:
    for command in (["check", "--fix", "--quiet", "--select", "I,UP037"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(path), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    return text


def main() -> int:
    """Write the stubs, or compare them."""
    parser = argparse.ArgumentParser(description="Make the type stubs of the annotators.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a stub is not current")
    check = parser.parse_args().check
    stale = []
    for name in MODULES:
        module = import_module(f"annopipe.annotators.{name}")
        path = _path(module)
        made = _formatted(stub(module), path)
        if check and (not path.is_file() or path.read_text(encoding="utf-8") != made):
            stale.append(path.name)
        elif not check:
            path.write_text(made, encoding="utf-8", newline="\n")
    if stale:
        print(f"not current: {', '.join(stale)}; run python scripts/make_stubs.py")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
