"""An ALBERT in any of its forms, from anywhere, into the local store: whole and checked, or not at all."""

import contextlib
import dataclasses
import datetime
import logging
import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from annopipe.albert.normalise import FoldingRules
from annopipe.errors import AnnopipeWarning, ModelError, NameTaken, ParamTypeError, SourceError
from annopipe.hub import partials
from annopipe.hub.card import Card
from annopipe.hub.card_building import card_of_folder
from annopipe.hub.checksums import stamps_of, write_sums
from annopipe.hub.lock import held
from annopipe.hub.provenance import Provenance
from annopipe.hub.store import BUNDLED, LOCKS, in_store, install, models_in, store_folder, writing
from annopipe.importers.cards import write_card
from annopipe.importers.found import Choices, Found
from annopipe.importers.layout import find_model, reader
from annopipe.importers.model_folder import tokenizer_config, write_folder
from annopipe.importers.naming import Naming, naming
from annopipe.importers.same_model import same_model
from annopipe.importers.self_check import check_model
from annopipe.importers.sentence_head import head_of
from annopipe.importers.sources import Source, open_source
from annopipe.version import __version__

WORK: Final = "import"
MADE: Final = "model"
WITH_HEADS: Final = {"hugging-face", "torch"}
"""Formats whose folders always say how a text becomes one vector, where it is not the mean."""

SWITCHES: Final = tuple(one.name for one in dataclasses.fields(FoldingRules))

_log: Final = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and as what; see `import_model`."""

    source: str | os.PathLike[str]
    name: str | None = None
    lang: str | None = None
    version: str | None = None
    sha256: str | None = None
    replace: bool = False
    sentence_head: bool = True


def import_model(
    source: str | os.PathLike[str],
    name: str | None = None,
    lang: str | None = None,
    *,
    license: str | None = None,
    description: str | None = None,
    title: str | None = None,
    version: str | None = None,
    heads: int | None = None,
    epsilon: float | None = None,
    activation: str | None = None,
    case_sensitive: bool | None = None,
    vocabulary: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    checkpoint: str | None = None,
    sha256: str | None = None,
    replace: bool = False,
    sentence_head: bool = True,
) -> Card:
    """Bring a model of another format into the local store, ready for ``pretrained(name, lang)``; return its card.

    Nothing of the source is run: not TensorFlow, not torch, no pickle, no Java object. Every import ends with a
    self-check; what fails leaves nothing behind. The same model, if it is there already, stays: the same weights
    and vocabulary, whatever their format.

    Args:
        source: a folder, a zip, tar or tar.gz file, or its address (``https://``, ``http://``, ``file://``, ``s3://``,
            which is read anonymously unless ``ANNOPIPE_S3_SIGNED=1``), of: a Hugging Face repository (safetensors or
            ``pytorch_model.bin``), a model that Spark NLP saved, a checkpoint of google-research, a SavedModel of
            TensorFlow Hub, or an ONNX export.
        name: what to call it; by default as the source does.
        lang: its language code; by default as the source says, else ``en``.
        license, description, title: for its card.
        version: of its release, for its card and its zip: "1.0" by default.
        heads, epsilon, activation, case_sensitive: what the source does not tell, or tells wrongly.
        vocabulary, config: paths of files that the source lacks.
        checkpoint: which of several checkpoints or graphs, by the start of its file name.
        sha256: that the archive must have.
        replace: put it in the place of another model of this name.
        sentence_head: take what a folder of sentence-transformers says of sentence vectors, too: pooling, dense layers,
            normalising, length, prompts. False leaves it out, as for a model whose modules are not computed here.

    Warns:
        AnnopipeWarning: for each guess about what the source does not tell.

    Raises:
        SourceError, ArchiveError, PickleRefused, OtherArchitecture, ModelError: what was found cannot be read; the text
            says what is wrong and what to do.
        SentenceHeadError: ``modules.json`` asks for what is not computed here; the text names it.
        SelfCheckFailed: the model does not run, or not as its source's own graph.
        NameTaken: another model has the name.
        FetchError, FetchMismatch, ModelNotHere: the address cannot be reached, or gives something else.
        StoreError: the store cannot be written, or its disk is full.
    """
    order = Order(source, name, lang, version, sha256, replace, sentence_head)
    choices = Choices(
        heads, epsilon, activation, _path(vocabulary), _path(config), _checked_flag(case_sensitive), checkpoint
    )
    with writing(f"importing {os.fspath(source)}"), work_folder() as work:
        return _import(order, choices, {"license": license, "description": description, "title": title}, work)


def _import(order: Order, choices: Choices, told: Mapping[str, str | None], work: Path) -> Card:
    source = open_source(order.source, work, order.sha256)
    with in_words_of(source, work):
        folder, kind = find_model(source.folder)
        _log.info("importing %s (%s)", source.told, kind)
        found = reader(kind)(folder, choices)
        if order.sentence_head:
            found = dataclasses.replace(found, sentences=head_of(source.folder, folder))
        called = naming(source, found, order.name, order.lang, order.version, time.time_ns() // 1_000_000)
        made = work / MADE
        made.mkdir()
        names = write_folder(found, made, source.told)
        found = dataclasses.replace(found, tensors={})
        checked = check_model(made, found.graph)
    for sentence in found.assumed:
        warnings.warn(
            f"{called.model}: assumed, as the source does not tell: {sentence}", AnnopipeWarning, stacklevel=4
        )
    _finish(made, names, called, source, found, checked, told)
    switches = [name for name in SWITCHES if name in tokenizer_config(found)]
    heads = found.sentences is not None or found.kind in WITH_HEADS
    return _keep(made, called, partial(same_model, switches=switches, heads=heads), over=order.replace)


def _finish(
    made: Path,
    names: list[str],
    called: Naming,
    source: Source,
    found: Found,
    checked: str,
    told: Mapping[str, str | None],
) -> None:
    """Write digests, origin and card."""
    write_sums(made, names)
    Provenance(
        name=called.model.name,
        language=called.model.language,
        repository=None,
        revision=None,
        endpoint=source.told,
        fetched=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        verified="import",
        annopipe=__version__,
        release=called.release,
        source_sha256=source.sha256,
        stamps=stamps_of(made, names),
    ).write(made)
    write_card(made, called, source, found, checked, told)


def _keep(made: Path, called: Naming, same: Callable[[Path, Path], bool], *, over: bool) -> Card:
    """Put a finished model into the store, unless the same one is there."""
    key = called.model.key
    if key in models_in(BUNDLED):
        if not same(BUNDLED / key, made):
            raise NameTaken(f"{called.model} comes with the package: give the model another name")
        return card_of_folder(BUNDLED / key, called.model)
    store = store_folder()
    (store / LOCKS).mkdir(parents=True, exist_ok=True)
    with held(store / LOCKS / f"{key}.lock", done=lambda: False):
        there = in_store(key)
        if there is not None and not over:
            if not same(there, made):
                raise NameTaken(
                    f"{called.model} is in the store {store} with other content: give the new one another name, or "
                    "replace it (replace=True, --replace)"
                )
            return card_of_folder(there, called.model)
        return card_of_folder(install(made, key, replace=over), called.model)


@contextlib.contextmanager
def work_folder() -> Iterator[Path]:
    """A private, empty folder beside the store's models, gone afterwards whatever happens."""
    work = partials.claim(WORK)
    try:
        shutil.rmtree(work)
        work.mkdir()
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextlib.contextmanager
def in_words_of(source: Source, work: Path) -> Iterator[None]:
    """Let errors name the source, not the folder where it was unpacked."""
    try:
        yield
    except ModelError as error:
        text = str(error).replace(str(work / MADE), source.told).replace(str(source.folder), source.told)
        raise type(error)(text if source.told in text else f"{source.told}: {text}") from error
    except OSError as error:
        if error.filename is None or not Path(error.filename).is_relative_to(source.folder):
            raise
        raise SourceError(f"{source.told} cannot be read: {error}") from error


def _path(path: str | os.PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path).expanduser()


def _checked_flag(flag: bool | None) -> bool | None:
    if flag is not None and not isinstance(flag, bool):
        raise ParamTypeError(f"case_sensitive is {flag!r}: give True, False or None")
    return flag
