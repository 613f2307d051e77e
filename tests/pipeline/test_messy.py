"""Three thousand odd strings through the whole pipeline with the bundled model."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from annopipe import (
    AlbertEmbeddings,
    DocumentAssembler,
    LightPipeline,
    Pipeline,
    SentenceDetector,
    SentenceEmbeddings,
    Tokenizer,
)

pytestmark = [pytest.mark.reference, pytest.mark.filterwarnings("ignore::annopipe.AnnopipeWarning")]
HANGS = 1.0


def _light(dialect: str) -> LightPipeline:
    albert = AlbertEmbeddings.pretrained("albert_mini").setDialect(dialect)
    stages: list[Any] = [
        DocumentAssembler(inputCol="text", outputCol="document", dialect=dialect),
        SentenceDetector(inputCols=["document"], outputCol="sentence", dialect=dialect),
        Tokenizer(inputCols=["sentence"], outputCol="token", dialect=dialect),
        albert.setInputCols("sentence", "token").setOutputCol("words"),
        SentenceEmbeddings(inputCols=["sentence", "words"], outputCol="pooled", dialect=dialect),
    ]
    return LightPipeline(Pipeline(stages=stages).fit(), parse_embeddings=True)


def _texts(reference: Path) -> list[str]:
    folder = reference / "corpus" / "eval" / "messy"
    files = ("messy.jsonl", "lone_surrogates.jsonl")
    return [json.loads(line) for name in files for line in (folder / name).read_text("ascii").splitlines()]


@pytest.mark.parametrize("dialect", ["albert", "sparknlp"])
def test_none_crashes_or_hangs(reference: Path, dialect: str) -> None:
    texts, light = _texts(reference), _light(dialect)
    assert len(texts) > 3000
    light.fullAnnotate("warm")
    slowest = 0.0
    for text in texts:
        seconds, row = _timed(light, text)
        slowest = max(slowest, seconds)
        assert seconds <= HANGS, text[:200]
        if dialect == "albert":
            assert len(row["words"]) == len(row["token"])
        assert len(row["pooled"]) == len(row["sentence"])
    print(f"{dialect}: {len(texts)} texts, slowest {slowest:.2f} s")


def _timed(light: LightPipeline, text: str) -> tuple[float, dict[str, list[Any]]]:
    """Return the seconds on the clock or of the processor, whichever are fewer: a busy machine is no hang."""
    start, used = time.perf_counter(), time.process_time()
    (row,) = light.fullAnnotate(text)
    return min(time.perf_counter() - start, time.process_time() - used), row
