"""``annopipe run``: a Spark NLP or NLU script as it is."""

import argparse
import traceback
import warnings
from pathlib import Path
from typing import Any, Final

from annopipe.dialect import DIALECTS
from annopipe.errors import InputFileError
from annopipe.sparknlp.scripts import run_script

FAILED: Final = 1
_AS_PYTHON_DOES: Final = warnings.showwarning

_DESCRIPTION: Final = """\
Run a Python script or a notebook that was written for Spark NLP or NLU, unmodified: import sparknlp and import nlu mean
annopipe, sparknlp.start() and SparkSession.builder.getOrCreate() give its session, without a JVM where pysail is
installed.
"""
_EXAMPLES: Final = """\
examples:
  annopipe run embed_reviews.py reviews.csv out.parquet
  annopipe run notebook.ipynb                       its code cells in order, without lines that begin with % or !
  annopipe run --dialect albert script.py           Hugging Face's vectors in place of Spark NLP's

The script ends as under python: with its own exit code, or with its traceback.
"""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "run",
        help="run a Spark NLP or NLU script as it is",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        parents=[shared],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--dialect", choices=DIALECTS, default="sparknlp", help="dialect of its stages (default: %(default)s)"
    )
    parser.add_argument("script", type=Path, help="a .py file or an .ipynb notebook")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="what the script gets in sys.argv")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the script; warnings, errors and the exit code are its own."""
    with warnings.catch_warnings():
        warnings.showwarning = _AS_PYTHON_DOES
        try:
            run_script(options.script, options.arguments, dialect=options.dialect)
        except InputFileError:
            raise
        except Exception:  # noqa: BLE001 -- whatever the script raises is shown as python shows it
            traceback.print_exc()
            return FAILED
    return 0
