"""Ids against transformers 4's sentencepiece ``AlbertTokenizer``, on all evaluation texts with the real vocabulary.

Transformers 4 lives in an environment of its own: give its Python as ``ANNOPIPE_TRANSFORMERS4_PYTHON``.
"""

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from annopipe.albert.piece_table import SPECIAL_PIECES
from annopipe.albert.vocabulary import Vocabulary
from evaluation_texts import evaluation_texts

pytestmark = [pytest.mark.oracle, pytest.mark.reference]

SCRIPT = Path(__file__).with_name("tokenizer_ids.py")
SHARE = 0.999


@pytest.fixture(scope="module")
def python() -> str:
    """The Python that has transformers 4, or a skip."""
    path = os.environ.get("ANNOPIPE_TRANSFORMERS4_PYTHON", "")
    if not path:
        pytest.skip("set ANNOPIPE_TRANSFORMERS4_PYTHON to a Python with transformers 4 and sentencepiece")
    return path


@pytest.fixture(scope="module")
def texts(reference: Path) -> list[str]:
    return [text for group in evaluation_texts(reference).values() for text in group]


def ids_of_transformers(python: str, folder: Path, texts: list[str]) -> list[list[int]]:
    """What that environment's tokenizer gives."""
    command = [python, str(SCRIPT), str(folder)]
    answer = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=600)
    found = json.loads(answer.stdout)
    assert found["version"].startswith("4.")
    return found["ids"]


def test_ids_equal_transformers_4(reference: Path, python: str, texts: list[str]) -> None:
    """All texts but those that spell a special piece, which is text here, on purpose."""
    folder = reference / "models" / "albert-vocab"
    vocabulary = Vocabulary.read(folder, SimpleNamespace(vocab_size=30000))
    expected = ids_of_transformers(python, folder, texts)
    pieces = vocabulary.encode(texts)
    bounds = pieces.offsets.tolist()
    differ = [
        text
        for number, text in enumerate(texts)
        if pieces.ids[bounds[number] : bounds[number + 1]].tolist() != expected[number]
    ]
    assert len(differ) <= (1 - SHARE) * len(texts)
    assert [text for text in differ if not any(piece in text for piece in SPECIAL_PIECES)] == []


def test_the_published_ids(reference: Path) -> None:
    folder = reference / "models" / "albert-vocab"
    vocabulary = Vocabulary.read(folder, SimpleNamespace(vocab_size=30000))
    assert vocabulary.encode(["this is a test"]).ids.tolist() == [48, 25, 21, 1289]
