"""All texts of the evaluation pack of the reference data, by the group they belong to."""

import json
from collections.abc import Iterator
from pathlib import Path

JSON_LINES = {"pos": ("ewt_dev", "ewt_test", "pud_test"), "ner": ("wnut17_dev", "wnut17_test", "wnut17_train")}
TABLES = {"sts": ("s1", "s2"), "cls": ("text",)}


def evaluation_texts(reference: Path) -> dict[str, list[str]]:
    """Group to texts: ``pos``, ``ner``, ``sts``, ``cls``, ``longdocs`` (paragraphs) and ``messy``."""
    folder = reference / "corpus" / "eval"
    groups = {group: list(_of_json_lines(folder / group, names)) for group, names in JSON_LINES.items()}
    groups |= {group: list(_of_tables(folder / group, columns)) for group, columns in TABLES.items()}
    groups["longdocs"] = [
        paragraph
        for path in sorted((folder / "longdocs").glob("*.txt"))
        for paragraph in path.read_text("utf-8").split("\n\n")
    ]
    groups["messy"] = [json.loads(line) for line in (folder / "messy" / "messy.jsonl").read_text("utf-8").splitlines()]
    return groups


def long_documents(reference: Path) -> list[str]:
    """The 30 book chapters, each as one text."""
    folder = reference / "corpus" / "eval" / "longdocs"
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]


def _of_json_lines(folder: Path, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        for line in (folder / f"{name}.jsonl").read_text("utf-8").split("\n"):
            if line:
                yield json.loads(line)["text"]


def _of_tables(folder: Path, columns: tuple[str, ...]) -> Iterator[str]:
    for path in sorted(folder.glob("*.tsv")):
        head, *rows = path.read_text("utf-8").rstrip("\n").split("\n")
        places = [head.split("\t").index(column) for column in columns]
        for row in rows:
            fields = row.split("\t")
            yield from (fields[place] for place in places)
