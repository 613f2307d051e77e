"""``annopipe embed``: word vectors of texts, as a table or JSON, or of a file, as Parquet."""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from annopipe.bulk.endings import ENDINGS
from annopipe.cli.dataset import add_dataset_options, is_folder, refuse_dataset_options, run_dataset
from annopipe.dialect import DIALECTS
from annopipe.errors import CommandError
from annopipe.interrupts import at_once
from annopipe.warnings import warn_once

if TYPE_CHECKING:
    from annopipe.bulk.stages import Choice

_DESCRIPTION: Final = """\
Give the word vectors of texts, or of the text column of files.

TEXT...                prints a table: token, begin, end (inclusive), first numbers of the vector, norm
TEXT... --json         prints one JSON object a text, with all numbers
-                      reads texts from standard input, one a line
FILE -o OUT.parquet    writes the file's columns with those of the annotators after them
INPUT... -o FOLDER     makes a dataset: shards of Parquet; run again after a kill, it goes on where it ended
"""
_EXAMPLES: Final = """\
examples:
  annopipe embed "I love Spark NLP"
  annopipe embed "The bank raised its rates." "We sat on the river bank." --json
  cut -f2 queries.tsv | annopipe embed - --json > vectors.jsonl
  annopipe embed reviews.csv --column body -o reviews.parquet
  annopipe embed notes.txt -o notes.parquet --sentences --model ./my-albert
  annopipe embed reviews/ 'more/*.csv' -o vectors --level sentence --float16
  annopipe embed --config job.toml
  annopipe embed -- "-5 degrees"                 a text that begins with a dash

A FILE is an existing path that ends in .txt (a text a line), .jsonl, .csv (with a header line) or .parquet; an INPUT is
a FILE, a folder, a glob, or an address such as s3://bucket/a.jsonl (annopipe[remote]); any other argument is a text.
"""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "embed",
        help="word vectors of texts or of a file's text column",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        parents=[shared],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="*", metavar="TEXT|INPUT|-", help="texts, files, or - for standard input")
    parser.add_argument(
        "--json", action="store_true", help="texts: one JSON object a text instead of a table; datasets: the report"
    )
    _add_model(parser)
    _add_file(parser)
    add_dataset_options(parser)
    parser.set_defaults(run=run, usage=parser.print_usage)


def _add_model(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("model")
    group.add_argument(
        "--model",
        metavar="NAME|FOLDER",
        help="a model on this machine by name, or a Hugging Face style folder (default: albert_mini, the bundled one)",
    )
    group.add_argument("--lang", help="language of the name (default: en)")
    group.add_argument(
        "--dialect",
        choices=DIALECTS,
        help="albert: Hugging Face's vectors; sparknlp: Spark NLP's numbers (default: albert)",
    )
    group.add_argument(
        "--pooling", help="a word's pieces to one vector: first, last, mean, first_last (default: first)"
    )
    group.add_argument(
        "--layers", metavar="LAYERS", help="last, an index, or several: mean:-4,-3 or concat:-1,-2 (default: last)"
    )
    group.add_argument(
        "--sentences", action="store_true", default=None, help="find sentences first and encode each by itself"
    )


def _add_file(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("files")
    group.add_argument("-o", "--output", type=Path, metavar="FILE.parquet|FOLDER", help="where vectors go")
    group.add_argument("--column", help="name of the text column (default: text)")
    group.add_argument("--prefix", help="put before the names of the new columns (default: nothing)")
    group.add_argument("--overwrite", action="store_true", help="replace an output that exists")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if str(options.output) == "-":
        raise CommandError("-o - : Parquet goes to a file or a folder; standard output shows texts, with --json too")
    if options.config is not None or is_folder(options.output):
        return run_dataset(options)
    if not options.inputs:
        options.usage(sys.stderr)
        raise CommandError("nothing to embed: give texts, files, or - for standard input; --help has examples")
    refuse_dataset_options(options)
    file = _file_of(options.inputs)
    _check_output(options.inputs, file, options.output)
    _check_characters(options.inputs if file is None else [])
    _warn_of_missing(options.inputs)
    return _run_texts(options) if file is None else _run_file(options, file)


def _run_texts(options: argparse.Namespace) -> int:
    with at_once():
        from annopipe.cli.texts import TextJob

    return TextJob(_choice(options), as_json=options.json).run(options.inputs)


def _run_file(options: argparse.Namespace, file: Path) -> int:
    with at_once():
        from annopipe.cli.file_job import FileJob

    return FileJob(_choice(options), file, options.output, overwrite=options.overwrite).run()


def _choice(options: argparse.Namespace) -> "Choice":
    from annopipe.bulk.stages import Choice

    given = {field.name: getattr(options, field.name) for field in fields(Choice)}
    return Choice(**{name: value for name, value in given.items() if value is not None})


def _file_of(inputs: list[str]) -> Path | None:
    files = [Path(text) for text in inputs if text.lower().endswith(ENDINGS) and _is_file(text)]
    if files and len(inputs) > 1:
        msg = f"{files[0]} is a file: give one file at a time, and no texts beside it; several go with -o FOLDER"
        raise CommandError(msg)
    return files[0] if files else None


def _check_characters(texts: list[str]) -> None:
    """Refuse texts with bytes that are not UTF-8: Python hands them over as half characters."""
    for number, text in enumerate(texts, 1):
        try:
            text.encode()
        except UnicodeEncodeError as broken:
            msg = f"text {number} is not UTF-8 (at character {broken.start}): convert it"
            raise CommandError(msg) from None


def _warn_of_missing(inputs: list[str]) -> None:
    """Warn of texts that look like the name of a file that is not there."""
    for text in inputs:
        if text.lower().endswith(ENDINGS) and " " not in text and not _is_file(text):
            warn_once(f"{text} is no file here: it is embedded as a text")


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _check_output(inputs: list[str], file: Path | None, output: Path | None) -> None:
    if file is None and output is not None:
        missing = next((text for text in inputs if text.lower().endswith(ENDINGS)), None)
        if missing is not None:
            raise CommandError(f"{missing} is no file here: look at its name and folder")
        msg = f"-o {output} goes with one input file that exists and ends in {', '.join(ENDINGS)}; texts are printed"
        raise CommandError(msg)
    if file is not None and output is None:
        msg = f"{file} is a file: say where its vectors go, with -o {file.with_suffix('.vectors.parquet').name}"
        raise CommandError(msg)
