"""``annopipe embed INPUT... -o FOLDER``: the options and the run of a bulk job."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from annopipe.bulk.endings import ENDINGS
from annopipe.errors import CommandError
from annopipe.interrupts import at_once

_SHARED: Final = ("model", "lang", "dialect", "pooling", "layers", "sentences", "column", "prefix")
_OWN: Final = (
    "level",
    "flat",
    "sentence_pooling",
    "window",
    "float16",
    "compression",
    "shard_rows",
    "on_error",
    "threads",
    "processes",
    "stall_seconds",
    "memory",
    "deduplicate",
    "cache",
    "cache_size",
    "restart",
    "remote",
    "report",
)
"""Options of `annopipe.embed_dataset` that the command has under the same name, in other commands' words and here."""


def add_dataset_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of datasets; None stands for what was not said."""
    group = parser.add_argument_group("datasets (-o FOLDER)")
    add = group.add_argument
    add("--config", type=Path, metavar="FILE.toml", help="options, inputs and output from a file; those here win")
    add("--level", choices=("word", "sentence", "both"), help="vectors of words, texts, or both (default: word)")
    add("--flat", action="store_true", default=None, help="a row a token instead of a column of annotations")
    add("--sentence-pooling", help="with --level both: mean, cls, max, ... (default: the model's own, else mean)")
    add("--window", type=int, metavar="PIECES", help="pieces in a window of long texts (default: all positions)")
    add("--float16", action="store_true", default=None, help="vectors of 16 bits (--flat, --level sentence)")
    add("--compression", help="zstd, snappy, lz4, gzip, none (default: zstd)")
    add("--shard-rows", type=int, metavar="ROWS", help="rows of one shard (default: 10000)")
    add("--on-error", choices=("stop", "skip"), help="skip leaves failing rows out and names them (default: stop)")
    add("--threads", type=int, help="processor threads (default: all)")
    add("--processes", type=int, help="processes, each with its own encoder (default: 1)")
    add("--stall-seconds", type=int, metavar="N", help="replace a process without a sign of life (default: 600)")
    add("--memory", metavar="SIZE", help="memory of the whole job, such as 512MB (default: 1GB a process)")
    add(
        "--no-deduplicate", dest="deduplicate", action="store_false", default=None, help="compute equal texts each time"
    )
    add("--cache", nargs="?", const=True, metavar="FILE", help="remember vectors across runs")
    add("--cache-size", metavar="SIZE", help="most bytes in the cache (default: 10GB)")
    add("--restart", action="store_true", default=None, help="drop what the output holds and begin anew")
    add("--remote", metavar="sc://HOST:PORT", help="let a Spark Connect or Sail server carry the job out")
    add("--report", type=Path, metavar="FILE.json", help="write the report here too")


def is_folder(output: Path | None) -> bool:
    """Tell whether an output means a dataset: it is a folder, or has no file's ending."""
    return output is not None and (output.is_dir() or output.suffix.lower() not in ENDINGS)


def refuse_dataset_options(options: argparse.Namespace) -> None:
    """Refuse options that would be without effect on texts or one file.

    Raises:
        CommandError: there are some.
    """
    given = [name for name in _OWN if getattr(options, name) is not None]
    if given:
        flag = "no-deduplicate" if given[0] == "deduplicate" else given[0].replace("_", "-")
        msg = f"--{flag} is for datasets: give a folder as output, -o FOLDER"
        raise CommandError(msg)


def run_dataset(options: argparse.Namespace) -> int:
    """Make the dataset, and say on stderr what was done."""
    with at_once():
        from annopipe.bulk.embedding import embed_dataset

    if options.overwrite:
        raise CommandError("--overwrite is for one file: a dataset goes on where it ended, or begins anew (--restart)")
    given: dict[str, Any] = {name: getattr(options, name) for name in (*_SHARED, *_OWN)}
    said = {name: value for name, value in given.items() if value is not None}
    report = embed_dataset(options.inputs or None, options.output, config=options.config, **said)
    if options.json:
        print(json.dumps(report.described(), indent=2))
    print(report, file=sys.stderr)
    return 0
