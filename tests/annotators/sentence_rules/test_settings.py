"""Settings that cannot be used."""

import pytest

from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings
from annopipe.errors import ParamTypeError, ParamValueError


@pytest.mark.parametrize("strategy", ["middle", "None", ""])
def test_an_unknown_strategy_is_refused_with_and_without_bounds(strategy: str) -> None:
    for bounds in ((), ("x",)):
        with pytest.raises(ParamValueError, match="none, prepend, append"):
            SentenceSettings(customBounds=bounds, customBoundsStrategy=strategy)


def test_bounds_are_a_list() -> None:
    with pytest.raises(ParamTypeError, match="customBounds"):
        SentenceSettings(customBounds="ab")


def test_bounds_given_as_a_list_are_kept_as_a_tuple() -> None:
    settings = SentenceSettings(customBounds=["a", "b"])
    assert settings == SentenceSettings(customBounds=("a", "b"))
    assert hash(settings) == hash(SentenceSettings(customBounds=("a", "b")))


def test_defaults_are_the_rules_of_no_settings() -> None:
    assert SentenceRules().settings == SentenceSettings()
