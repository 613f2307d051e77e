"""Cards of models: from the catalog, from what is installed, from a folder's own ``card.md``."""

from dataclasses import replace
from pathlib import Path

from annopipe.errors import StoreError
from annopipe.hub.bounds import parsed
from annopipe.hub.card import BUCKET, Card
from annopipe.hub.card_reading import read_card
from annopipe.hub.catalog import example
from annopipe.hub.checksums import read_sums
from annopipe.hub.entry import Entry, Release
from annopipe.hub.names import ModelName
from annopipe.hub.provenance import Provenance
from annopipe.hub.store import BUNDLED, CONFIG, megabytes
from annopipe.hub.usage import usage
from annopipe.sentence_head import read_head, transformer_folder

CARD = "card.md"


def card_of(entry: Entry, folder: Path | None = None) -> Card:
    """Return the card of a catalog's entry, with what is installed in ``folder``."""
    model, release = entry.model, entry.release
    card = Card(
        name=model.name,
        language=model.language,
        title=entry.title,
        date=release.date,
        description=entry.description,
        tags=("albert", "embeddings", model.language, "open_source"),
        task=entry.task,
        edition=f"Spark NLP {release.spark_nlp}" if release.spark_nlp else None,
        usage=usage(model, example(model.language), entry.nlu[0] if entry.nlu else None),
        information=_information(entry),
        references=entry.references,
        downloads=tuple(link for one in entry.releases for link in _links(one, model)),
        repository=entry.repository,
        presumed=entry.presumed,
        revision=entry.revision,
        sha256=dict(entry.sha256),
        nlu=entry.nlu,
        note=entry.note,
        source=release.source,
    )
    return card if folder is None else with_folder(card, folder)


def card_of_folder(folder: Path, model: ModelName) -> Card:
    """Return the card of a model that the catalog does not know: its own ``card.md``, else what its files tell."""
    path = folder / CARD
    card = read_card(path.read_text(encoding="utf-8"), model) if path.is_file() else _plain(model)
    return with_folder(card, folder)


def with_folder(card: Card, folder: Path) -> Card:
    """Return a card with what is installed in a folder: dimension, size, digests, origin."""
    origin = Provenance.read(folder)
    card = replace(card, folder=folder, sha256=read_sums(folder) or card.sha256)
    information = {**_measured(folder), **card.information}
    if (dimension := _dimension(folder)) is not None:
        information["Dimension"] = dimension
    if (head := read_head(folder)) is not None:
        information |= head.rows()
    card = replace(card, information=information)
    if folder.parent == BUNDLED:
        return replace(card, verified="package")
    if origin is None:
        return card
    return replace(
        card,
        repository=origin.repository,
        presumed=card.presumed and origin.repository == card.repository,
        revision=origin.revision,
        endpoint=origin.endpoint,
        fetched=origin.fetched,
        verified=origin.verified,
    )


def _plain(model: ModelName) -> Card:
    information = {"Model Name": model.name, "Language": model.language}
    return Card(name=model.name, language=model.language, information=information)


def _information(entry: Entry) -> dict[str, str]:
    release = entry.release
    rows = {
        "Model Name": entry.model.name,
        "Compatibility": f"Spark NLP {release.spark_nlp}+" if release.spark_nlp else None,
        "License": entry.license,
        "Edition": entry.edition,
        "Input Labels": _labels(entry.input_labels),
        "Output Labels": _labels(entry.output_labels),
        "Language": entry.model.language,
        "Size": release.size,
        "Case sensitive": None if entry.case_sensitive is None else str(entry.case_sensitive).lower(),
        "Dimension": None if entry.dimension is None else str(entry.dimension),
    }
    return {label: value for label, value in rows.items() if value is not None}


def _labels(labels: tuple[str, ...]) -> str:
    return f"[{', '.join(labels)}]"


def _links(release: Release, model: ModelName) -> list[str]:
    file = release.file(model)
    return [] if file is None else [f"https://s3.amazonaws.com/{BUCKET}/{file}", f"s3://{BUCKET}/{file}"]


def _measured(folder: Path) -> dict[str, str]:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"Size": megabytes(size)}


def _dimension(folder: Path) -> str | None:
    path = transformer_folder(folder) / CONFIG
    try:
        size = parsed(path.read_bytes()).get("hidden_size")
    except (ValueError, AttributeError, OSError) as error:
        raise StoreError(f"{path} is damaged: {error}") from error
    return None if size is None else str(size)
