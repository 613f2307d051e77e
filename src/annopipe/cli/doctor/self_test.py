"""Three seconds of real work on the bundled model."""

import time
from typing import Any, Final

import numpy as np

from annopipe.annotation import Annotation
from annopipe.bulk.stages import Choice
from annopipe.cli.doctor.section import Section
from annopipe.errors import AnnopipeError
from annopipe.pipeline.pipeline import PipelineModel

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
