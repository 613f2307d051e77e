"""``annopipe export``: models for other programs."""

import argparse
from pathlib import Path
from typing import Any, Final

from annopipe.exporters.exporting import FORMS, SAVED, SAVED_MODEL, export_model

_DESCRIPTION: Final = f"""\
Write a model for other programs and print where it lies.

  hf          a folder that transformers loads: AlbertModel.from_pretrained(FOLDER)
  onnx        model.onnx with everything inside: input_ids, attention_mask, token_type_ids to last_hidden_state
  spark-nlp   FOLDER/{SAVED_MODEL} for AlbertEmbeddings.{SAVED_MODEL}(folder, spark) of Spark NLP,
              FOLDER/{SAVED} for AlbertEmbeddings.{SAVED}(folder)
"""
_EXAMPLES: Final = """\
examples:
  annopipe export albert_mini --to hf -o ./albert_mini
  annopipe export albert_legal --lang en --to onnx -o ./albert_legal_onnx
  annopipe export albert_legal --to spark-nlp --zip -o /mnt/share/models     a zip as Spark NLP's model hub names them
"""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "export",
        help="write a model for transformers, ONNX runtimes or Spark NLP",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        parents=[shared],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help="name of a model, or path of its folder")
    parser.add_argument("--lang", default="en", help="language of a name without one (default: %(default)s)")
    parser.add_argument("--to", choices=FORMS, default="hf", help="for whom (default: %(default)s)")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help="where to (default: <name>_<lang> here; with --zip: here)"
    )
    parser.add_argument("--zip", action="store_true", help="one zip file for sharing, and its SHA-256 beside it")
    parser.add_argument("--version", help="of the release, in the zip's name (default: that of its import, else 1.0)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Export the model and print where it lies."""
    written = export_model(
        options.name,
        options.lang,
        to=options.to,
        output=options.output,
        zip=options.zip,
        version=options.version,
    )
    print(written)
    return 0
