"""Fixtures of the model core's tests."""

from pathlib import Path

import pytest

from annopipe.albert.model import AlbertModel
from annopipe.albert.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def tiny_model(tiny_model_folder: Path) -> AlbertModel:
    """The tiny random model, loaded."""
    return AlbertModel.load(tiny_model_folder, threads=1)


@pytest.fixture(scope="session")
def vocabulary(tiny_model: AlbertModel) -> Vocabulary:
    """Its vocabulary."""
    return tiny_model.vocabulary
