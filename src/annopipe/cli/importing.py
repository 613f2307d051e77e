"""``annopipe import``: models of other formats into the store."""

import argparse
from typing import Any, Final

from annopipe.albert.config import ACTIVATIONS
from annopipe.hub.card import Card
from annopipe.importers.importing import import_model

ASSUMED: Final = "Assumed"
"""Section of the card that is said as warnings, too."""

_DESCRIPTION: Final = """\
Bring an ALBERT of another format into the local store, ready for pretrained(NAME, LANG), and print where it lies.
SOURCE is a folder, a zip or tar.gz file, or an address (https://, http://, s3://, file://) of one of

  a Hugging Face repository            config.json, model.safetensors or pytorch_model.bin, spiece.model
  what Spark NLP saved                 its zip, folder, or one of ~/cache_pretrained, engine ONNX or TensorFlow
  a checkpoint of google-research      albert_config.json, model.ckpt-*, 30k-clean.model
  a SavedModel of TensorFlow Hub       saved_model.pb, variables/, assets/
  an ONNX export                       model.onnx, config.json, spiece.model

Neither TensorFlow nor torch is needed, and nothing of the source is run. Every import ends with a self-check; after an
error nothing is kept.
"""
_EXAMPLES: Final = """\
examples:
  annopipe import ./albert-base-v2 --name albert_base_v2
  annopipe import ./exported --name my_albert --vocabulary spiece.model
  annopipe import ~/cache_pretrained/albert_embeddings_albert_base_v1_en_3.4.2_3.0_1649954125996
  annopipe import s3://my-bucket/models/albert_legal_en_1.0_1700000000000.zip    private: ANNOPIPE_S3_SIGNED=1
  annopipe import albert_base.tar.gz --name my_albert --lang en --license Apache-2.0
"""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "import",
        help="bring models of other formats into the local store",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        parents=[shared],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="SOURCE", help="folder, zip or tar.gz file, or address")
    parser.add_argument("--name", help="what to call it (default: as the source does)")
    parser.add_argument("--lang", help="its language (default: as the source says, else en)")
    parser.add_argument("--replace", action="store_true", help="put it in the place of another model of this name")
    parser.add_argument("--sha256", metavar="DIGEST", help="that the archive must have")
    card = parser.add_argument_group("for its card")
    card.add_argument("--license", metavar="TEXT", help="such as Apache-2.0")
    card.add_argument("--description", metavar="TEXT", help="what it is, and of which texts it was made")
    card.add_argument("--title", metavar="TEXT", help="its heading (default: the name)")
    card.add_argument("--version", help="of its release (default: 1.0)")
    facts = parser.add_argument_group("what the source does not tell, or tells wrongly")
    facts.add_argument("--heads", type=int, metavar="N", help="attention heads")
    facts.add_argument("--epsilon", type=float, metavar="X", help="of layer normalisation")
    facts.add_argument("--activation", choices=sorted(ACTIVATIONS), metavar="NAME", help="one of %(choices)s")
    facts.add_argument(
        "--case-sensitive", action=argparse.BooleanOptionalAction, default=None, help="whether capitals are kept"
    )
    facts.add_argument("--vocabulary", metavar="FILE", help="a SentencePiece model")
    facts.add_argument("--config", metavar="FILE", help="a config.json")
    facts.add_argument("--checkpoint", metavar="START", help="which of several, by the start of its file name")
    facts.add_argument(
        "--no-sentence-head",
        dest="sentence_head",
        action="store_false",
        help="leave out what a folder of sentence-transformers says of sentence vectors",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import the model, and say where it lies and what was left out of it."""
    card = import_model(
        options.source,
        options.name,
        options.lang,
        license=options.license,
        description=options.description,
        title=options.title,
        version=options.version,
        heads=options.heads,
        epsilon=options.epsilon,
        activation=options.activation,
        case_sensitive=options.case_sensitive,
        vocabulary=options.vocabulary,
        config=options.config,
        checkpoint=options.checkpoint,
        sha256=options.sha256,
        replace=options.replace,
        sentence_head=options.sentence_head,
    )
    print("\n".join(_lines(card)))
    return 0


def _lines(card: Card) -> list[str]:
    return [
        f"{card.name} ({card.language}): {card.information.get('Dimension')} numbers a vector, from {card.endpoint}",
        *(f"{heading.lower()}: {' '.join(text.split())}" for heading, text in card.more.items() if heading != ASSUMED),
        str(card.folder),
    ]
