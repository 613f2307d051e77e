"""The ``sparknlp`` dialect against vectors recorded from Spark NLP 5.5.3, one sentence at a time (no padding there)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import WordSettings
from annopipe.albert.words import WordVectors

pytestmark = pytest.mark.reference

TOLERANCE = 1e-4
LIMITS = ("8", "16", "128", "512")

Record = dict[str, Any]
Spans = list[tuple[int, int]]


@pytest.fixture(scope="session")
def recorded_model(reference: Path) -> AlbertModel:
    """The model behind the recordings."""
    return AlbertModel.load(reference / "models" / "albert-tiny-random", threads=1)


def records(reference: Path, name: str) -> list[Record]:
    path = reference / "golden" / "embeddings" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def vectors(reference: Path, name: str) -> NDArray[np.float32]:
    loaded: NDArray[np.float32] = np.load(reference / "golden" / "embeddings" / f"{name}.npz")["vectors"]
    return loaded


def code_points(text: str, units: list[tuple[int, int]]) -> Spans:
    """Spans in UTF-16 units, the end inclusive, as spans in code points, the end exclusive."""
    place = [0]
    for number, letter in enumerate(text):
        place += [number + 1] * (2 if letter > "\uffff" else 1)
    return [(place[begin], place[end + 1]) for begin, end in units]


def embed(model: AlbertModel, texts: list[str], spans: list[Spans], **choices: Any) -> WordVectors:
    columns = np.array([span for own in spans for span in own], np.int64).reshape(-1, 2)
    offsets = np.cumsum([0, *map(len, spans)])
    settings = WordSettings(dialect="sparknlp", **choices)
    return model.embed_words(texts, columns[:, 0], columns[:, 1], offsets, settings)


def check(found: WordVectors, tokens: list[str], annotations: list[list[Any]], expected: NDArray[np.float32]) -> None:
    """Which tokens have a vector, their first pieces, and the vectors."""
    rows = np.flatnonzero(found.found)
    assert [tokens[row] for row in rows] == [annotation[3] for annotation in annotations]
    assert [str(number) for number in found.piece_id[rows]] == [annotation[4]["pieceId"] for annotation in annotations]
    recorded = expected[[annotation[5] for annotation in annotations]]
    np.testing.assert_allclose(found.vectors[rows], recorded, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("name", "case_sensitive"), [("words_single_uncased", False), ("words_single_cased", True)])
def test_words(reference: Path, recorded_model: AlbertModel, name: str, case_sensitive: bool) -> None:
    lines = records(reference, name)
    tokens_of = {line["id"]: line["token"] for line in records(reference, "words_single_uncased")}
    texts_of = {line["id"]: line["text"] for line in records(reference, "words_single_uncased")}
    texts = [texts_of[line["id"]] for line in lines]
    units = [[(token[0], token[1]) for token in tokens_of[line["id"]]] for line in lines]
    found = embed(recorded_model, texts, list(map(code_points, texts, units)), case_sensitive=case_sensitive)
    words = [token[2] for line in lines for token in tokens_of[line["id"]]]
    if not case_sensitive:
        words = [word.lower() for word in words]
    check(found, words, [row for line in lines for row in line["embeddings"]], vectors(reference, name))


@pytest.mark.parametrize("limit", LIMITS)
def test_truncation(reference: Path, recorded_model: AlbertModel, limit: str) -> None:
    lines = records(reference, "truncation")
    recorded = vectors(reference, "truncation")
    texts = [line["text"] for line in lines]
    spans = [code_points(line["text"], [(token[0], token[1]) for token in line["token"]]) for line in lines]
    found = embed(recorded_model, texts, spans, window=int(limit), case_sensitive=False)
    starts = np.cumsum([0, *map(len, spans)])
    for number, line in enumerate(lines):
        expected = line["limits"][limit]
        own = np.flatnonzero(found.found[starts[number] : starts[number + 1]])
        assert own.tolist() == expected["token_index"]
        assert found.cut[number] == len(spans[number]) - expected["count"]
        rows = starts[number] + own[expected["kept"]]
        kept = expected["embeddings"]
        assert [str(piece) for piece in found.piece_id[rows]] == [annotation[4]["pieceId"] for annotation in kept]
        expected_vectors = recorded[[annotation[5] for annotation in kept]]
        np.testing.assert_allclose(found.vectors[rows], expected_vectors, rtol=0, atol=TOLERANCE)


def test_sentences(reference: Path, recorded_model: AlbertModel) -> None:
    recorded = vectors(reference, "sentences")
    for line in records(reference, "sentences"):
        text = line["text"]
        places = code_points(text, [(row[1], row[2]) for row in line["sentence"]])
        texts = [text[begin:end] for begin, end in places]
        spans: list[Spans] = [[] for _ in places]
        tokens: list[list[str]] = [[] for _ in places]
        absolute = code_points(text, [(token[0], token[1]) for token in line["token"]])
        for (begin, end), token in zip(absolute, line["token"], strict=True):
            number = int(token[3])
            spans[number].append((begin - places[number][0], end - places[number][0]))
            tokens[number].append(token[2].lower())
        found = embed(recorded_model, texts, spans, case_sensitive=False)
        check(found, [word for own in tokens for word in own], line["embeddings"], recorded)
