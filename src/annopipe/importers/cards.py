"""Cards of imported models, with the fields of Spark NLP's."""

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annopipe.hub.card import Card
from annopipe.hub.card_building import with_folder
from annopipe.hub.catalog import example
from annopipe.hub.store import megabytes
from annopipe.hub.usage import usage
from annopipe.importers.found import Found
from annopipe.importers.naming import Naming
from annopipe.importers.sources import Source
from annopipe.version import __version__

UNKNOWN = "Unknown"
KINDS = {
    "hugging-face": "Hugging Face's form (safetensors)",
    "torch": "Hugging Face's form (pytorch_model.bin)",
    "spark-nlp": "Spark NLP's saved form",
    "google-research": "a checkpoint of google-research's ALBERT",
    "tf-hub": "a SavedModel of TensorFlow Hub",
    "onnx": "an ONNX export",
}


def write_card(
    folder: Path, naming: Naming, source: Source, found: Found, checked: str, told: Mapping[str, str | None]
) -> Card:
    """Write ``card.md`` into a model's folder and return the card.

    Args:
        folder: of the model, all other files in it.
        naming: what it is called.
        source: where it came from.
        found: what was read there.
        checked: what the self-check found.
        told: what the user said: ``license``, ``description``, ``title``.
    """
    model = naming.model
    said = {key: told.get(key) or found.settings.get(key) for key in ("license", "description", "title")}
    date = datetime.datetime.fromtimestamp(naming.milliseconds / 1000, datetime.UTC).date().isoformat()
    card = Card(
        name=model.name,
        language=model.language,
        title=_line(said["title"]) or model.name,
        date=date,
        description=said["description"] or f"An ALBERT model, imported from {KINDS.get(found.kind, found.kind)}.",
        tags=("albert", "embeddings", model.language, "imported"),
        edition=f"annopipe {__version__}",
        usage=usage(model, example(model.language), None),
        information=_information(folder, naming, source, found, said["license"]),
        more=_more(found, checked),
    )
    (folder / "card.md").write_text(with_folder(card, folder).markdown(), encoding="utf-8", errors="replace")
    return card


def _information(folder: Path, naming: Naming, source: Source, found: Found, license_: Any) -> dict[str, str]:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tokenizer = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    rows = {
        "Model Name": naming.model.name,
        "Compatibility": f"annopipe {__version__}+",
        "License": _line(license_) or UNKNOWN,
        "Edition": "Imported",
        "Input Labels": "[sentence, token]",
        "Output Labels": "[embeddings]",
        "Language": naming.model.language,
        "Size": megabytes(size),
        "Case sensitive": str(not tokenizer.get("do_lower_case", True)).lower(),
        "Dimension": str(config["hidden_size"]),
        "Version": naming.release,
        "Source": _line(source.told),
        "Source format": KINDS.get(found.kind, found.kind),
        "SHA-256 of the source": source.sha256,
    }
    return {label: value for label, value in rows.items() if value}


def _more(found: Found, checked: str) -> dict[str, str]:
    """Return further sections: what was guessed, what was left out, what the self-check found."""
    left_out = ", ".join(f"`{name}`" for name in found.left_out)
    parts = {
        "Assumed": "\n".join(f"- {sentence}" for sentence in found.assumed),
        "Left out": f"Of no use for word vectors: {left_out}." if left_out else "",
        "Self-check": checked,
    }
    return {heading: text for heading, text in parts.items() if text}


def _line(text: Any) -> str:
    """Return a text as one line."""
    return " ".join(str(text).split()) if text else ""
