"""Which column types an engine carries beside ours: the table of docs/spark.md, made by trying each.

    python tests/spark/type_table.py --engine sail            compare that engine's column of the table
    python tests/spark/type_table.py --engine sail --write    write it

A type is "carried" where its values come out of ``transform`` as they went in, "refused" where the bare engine refuses
it in ``mapInArrow`` and `UnsupportedColumn` says so before. Types that this version of the engine does not know are
left as they are.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import annopipe
from annopipe import DocumentAssembler
from annopipe.errors import UnsupportedColumn

PAGE = Path(__file__).resolve().parents[2] / "docs" / "spark.md"
ENGINES = ("sail", "spark")
TYPES = {
    "tinyint": "cast(1 as tinyint)",
    "smallint": "cast(1 as smallint)",
    "int": "1",
    "bigint": "cast(1 as bigint)",
    "float": "cast(1.5 as float)",
    "double": "cast(1.5 as double)",
    "decimal": "cast(1.5 as decimal(38,10))",
    "string": "'a'",
    "binary": "X'1234'",
    "boolean": "true",
    "date": "DATE'2020-01-01'",
    "timestamp": "TIMESTAMP'2020-01-01 00:00:00'",
    "timestamp_ntz": "TIMESTAMP_NTZ'2020-01-01 00:00:00'",
    "time": "TIME'12:00:00'",
    "interval day to second": "INTERVAL '1' DAY",
    "void": "null",
    "array": "array(1, null)",
    "map": "map('a', array(1.5D))",
    "struct": "named_struct('a', 1, 'b', named_struct('c', 'x'))",
    "array of structs of maps": "array(named_struct('m', map('a', DATE'2020-01-01')))",
    "variant": "parse_json('{\"a\": 1}')",
    "interval year to month": "INTERVAL '1' YEAR",
    "interval year to month in an array": "array(INTERVAL '1' YEAR)",
    "interval year to month in a map": "named_struct('a', map('b', INTERVAL '1' YEAR))",
    "interval (calendar)": "make_interval(1, 2, 3, 4, 5, 6, 7)",
}
_TABLE = re.compile(r"(?<=<!-- types -->\n).*?(?=<!-- end -->)", re.DOTALL)


def tried(spark: Any, name: str) -> str | None:
    """What becomes of one type: ``carried``, ``refused``, a cause for worry in words, or None where it is unknown."""
    from pyspark.errors import ParseException, PySparkException

    try:
        frame = spark.sql(f"select {TYPES[name]} as other, 'a' as text")
        schema = frame.schema
    except (ParseException, PySparkException):
        return None
    try:
        result = DocumentAssembler(inputCol="text", outputCol="document").transform(frame)
    except UnsupportedColumn:
        return "refused" if _refuses(frame) else "refused without need"
    came, went = result.select("other").collect(), frame.select("other").collect()
    same = result.schema["other"] == schema["other"] and repr(came) == repr(went)
    return "carried" if same else "changed"


def _refuses(frame: Any) -> bool:
    """Whether the bare engine refuses the column in ``mapInArrow``."""
    from pyspark.errors import PySparkException

    try:
        frame.mapInArrow(lambda batches: batches, frame.schema).collect()
    except (PySparkException, ValueError, TypeError):
        return True
    return False


def shown(page: str) -> dict[str, list[str]]:
    """The table: a cell an engine by type."""
    table = _TABLE.search(page)
    assert table is not None, "docs/spark.md has no table between <!-- types --> and <!-- end -->"
    cells = [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in table[0].splitlines()[2:]]
    return {row[0]: row[1:] for row in cells}


def found(spark: Any, engine: str, before: dict[str, list[str]]) -> dict[str, list[str]]:
    """The table with one engine's column as it is today."""
    place, rows = ENGINES.index(engine), {}
    for name in TYPES:
        rows[name] = list(before.get(name, ["untried"] * len(ENGINES)))
        rows[name][place] = tried(spark, name) or rows[name][place]
    return rows


def written(rows: dict[str, list[str]]) -> str:
    lines = ["| type | Sail | Apache Spark |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {' | '.join(cells)} |" for name, cells in rows.items()), ""])


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the table of column types in docs/spark.md.")
    parser.add_argument("--engine", choices=ENGINES, required=True)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    before = shown(page)
    rows = found(annopipe.start(engine=given.engine), given.engine, before)
    annopipe.stop()
    if given.write:
        PAGE.write_text(_TABLE.sub(lambda _: written(rows), page), encoding="utf-8", newline="\n")
    differing = [
        f"{name}: {before.get(name)}, found {cells}" for name, cells in rows.items() if cells != before.get(name)
    ]
    print("\n".join(differing))
    return int(bool(differing) and not given.write)


if __name__ == "__main__":
    sys.exit(main())
