"""Models on this machine: the bundled one and the local store."""

import os
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

import annopipe
from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import content_hash
from annopipe.annotation import Annotation
from annopipe.bulk.stages import Choice
from annopipe.cli.doctor.machine import installed_version
from annopipe.cli.doctor.section import Section
from annopipe.errors import AnnopipeError
from annopipe.hub.catalog import VARIABLE, entries
from annopipe.hub.checksums import check
from annopipe.hub.offline import offline_switch
from annopipe.hub.provenance import Provenance
from annopipe.hub.store import LOCKS, PARTIAL, free_bytes, in_store, megabytes, models_in, store_folder
from annopipe.pipeline.pipeline import PipelineModel

BUNDLED: Final = Path(annopipe.__file__).resolve().parent / "models"


def models() -> Section:
    """Return where models lie and which are there; a bundled file that changed is a fault."""
    store = store_folder()
    facts: dict[str, Any] = {
        "store": str(store),
        "store is set by": "ANNOPIPE_HOME" if os.environ.get("ANNOPIPE_HOME") else "default",
        "in the store": _folders(store),
        "bundled": _folders(BUNDLED),
    }
    faults = [fault for name in _folders(BUNDLED) if (fault := damage(BUNDLED / name))]
    return Section("models", facts, tuple(faults))


def _folders(root: Path) -> list[str]:
    if not root.is_dir():
        return []
    return sorted(path.name for path in root.iterdir() if (path / "config.json").is_file())


def damage(folder: Path) -> str | None:
    """Return what is wrong with a bundled model's files by their ``SHA256SUMS``, or None."""
    try:
        content_hash(folder)
    except AnnopipeError as error:
        return f"{error} Install annopipe again."
    return None


PUBLIC: Final = "https://huggingface.co"


def hub() -> Section:
    """Return the state of store, catalog and way to the hub; damaged models and a wrong catalog are faults."""
    store = store_folder()
    free = free_bytes(store)
    faults: list[str] = []
    facts: dict[str, Any] = {
        "store may be written": _existing(store).is_dir() and os.access(_existing(store), os.W_OK),
        "free space": None if free is None else megabytes(free),
        "models": [_told(key, faults) for key in models_in(store)],
        "cut downloads": _names(store / PARTIAL),
        "locks": _names(store / LOCKS),
        "catalog": _catalog(faults),
        "fetching": offline_switch() or "allowed",
        "from": os.environ.get("HF_ENDPOINT") or PUBLIC,
        "token": "HF_TOKEN is set" if os.environ.get("HF_TOKEN") else "HF_TOKEN is not set",
        "huggingface_hub": installed_version("huggingface_hub") or "absent; pip install 'annopipe[hub]'",
    }
    return Section("hub", facts, tuple(faults))


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _told(key: str, faults: list[str]) -> str:
    """Check a model, every file of it, and tell how it was verified when it came."""
    try:
        folder = in_store(key)
        if folder is None:
            return key
        check(folder, whole=True)
        AlbertConfig.read(folder)
        origin = Provenance.read(folder)
    except (AnnopipeError, OSError) as error:
        faults.append(str(error))
        return f"{key} (damaged)"
    return (
        f"{key} ({origin.origin}, verified: {origin.verified})" if origin is not None else f"{key} (put there by hand)"
    )


def _catalog(faults: list[str]) -> str:
    try:
        count = len(entries())
    except AnnopipeError as error:
        faults.append(str(error))
        return "cannot be read"
    own = os.environ.get(VARIABLE)
    return f"{count} models" + (f", with those of {own}" if own else "")


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


SECONDS: Final = 3.0
TEXTS: Final = (
    "I love Spark NLP",
    "The river rose over night, and by noon the lower meadow was a lake.",
    "Prices went up by 3.5 % in March; nobody at the bank was surprised.",
    "Why?",
    "She put the letter back into its envelope, sealed it again, and told nobody of it until years later.",
)


def self_test() -> Section:
    """Load the bundled model and encode a few sentences again and again; wrong results are faults."""
    start = time.perf_counter()
    try:
        model = Choice().pipeline()
        rows = model.transform(list(TEXTS))
    except (AnnopipeError, OSError) as error:
        return Section("self-test", {"model": Choice().model}, (f"{type(error).__name__}: {error}",))
    loaded = time.perf_counter() - start
    facts = {
        "model": Choice().model,
        "first vectors after": f"{loaded:.2f} s",
        "speed": f"{_speed(model):.0f} tokens/s",
    }
    return Section("self-test", facts, tuple(_faults(rows)))


def _speed(model: PipelineModel) -> float:
    texts = list(TEXTS) * 8
    tokens = 0
    start = time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        tokens += sum(len(row["embeddings"]) for row in model.transform(texts))
    return tokens / (time.perf_counter() - start)


def _faults(rows: list[dict[str, list[Annotation]]]) -> list[str]:
    faults: list[str] = []
    for text, row in zip(TEXTS, rows, strict=True):
        vectors = np.array([word.embeddings for word in row["embeddings"]], np.float32)
        if len(vectors) != len(row["token"]):
            faults.append(f"{text!r} has {len(row['token'])} tokens and {len(vectors)} vectors: please report this")
        elif not np.isfinite(vectors).all() or not _differ(vectors):
            faults.append(f"the vectors of {text!r} are not usable numbers: try another version of onnxruntime")
    return faults


def _differ(vectors: Any) -> bool:
    """Tell whether each vector has a length, and no two of them are the same."""
    return bool((np.linalg.norm(vectors, axis=1) > 0).all()) and len(np.unique(vectors, axis=0)) == len(vectors)
