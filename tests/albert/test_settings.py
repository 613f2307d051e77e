"""Choices are checked when they are made."""

import pytest

from annopipe.albert.settings import SentenceSettings, WordSettings
from annopipe.errors import ParamTypeError, ParamValueError


@pytest.mark.parametrize(
    "choice",
    [
        {"dialect": "bert"},
        {"pooling": "sum"},
        {"window": 2},
        {"max_sentences": 0},
        {"dialect": "sparknlp", "pooling": "mean"},
    ],
)
def test_values_out_of_range_are_refused(choice: dict[str, object]) -> None:
    with pytest.raises(ParamValueError, match=str(next(reversed(choice)))):
        WordSettings(**choice)


@pytest.mark.parametrize("choice", [{"window": "many"}, {"max_sentences": 1.5}, {"layers": -1}, {"window": True}])
def test_wrong_types_are_refused(choice: dict[str, object]) -> None:
    with pytest.raises(ParamTypeError, match=next(iter(choice))):
        WordSettings(**choice)
    with pytest.raises(ParamTypeError, match=next(iter(choice))):
        SentenceSettings(**choice)


def test_sentences_have_poolings_of_their_own() -> None:
    with pytest.raises(ParamValueError, match="mean, cls, max"):
        SentenceSettings(pooling="first")
    with pytest.raises(ParamValueError, match="at least 3"):
        SentenceSettings(window=2)


@pytest.mark.parametrize("limit", [-1, 0, 1, 2])
def test_spark_nlp_takes_limits_that_leave_nothing(limit: int) -> None:
    assert WordSettings(dialect="sparknlp", window=limit).window == limit
