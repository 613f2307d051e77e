"""Warnings name the line of the user, once."""

import warnings

import pandas
import pytest

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, Tokenizer
from annopipe.errors import AnnopipeWarning
from annopipe.warnings import warn_once


def test_a_warning_names_the_line_that_called_annopipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annopipe.warnings._said", set())
    embeddings = (
        AlbertEmbeddings.pretrained("albert_mini", "en").setInputCols("document", "token").setCaseSensitive(True)
    )
    assembler = DocumentAssembler().setInputCol("text").setOutputCol("document")
    tokenizer = Tokenizer().setInputCols("document").setOutputCol("token")
    frame = pandas.DataFrame({"text": ["Warm words"]})
    with pytest.warns(AnnopipeWarning, match="caseSensitive") as caught:
        Pipeline(stages=[assembler, tokenizer, embeddings.setOutputCol("vectors")]).fit(frame).transform(frame)
    assert {warning.filename for warning in caught} == {__file__}


def test_a_cause_is_said_once() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_once("the first of two", cause="test_a_cause_is_said_once")
        warn_once("the second of two", cause="test_a_cause_is_said_once")
    assert [str(warning.message) for warning in caught] == ["the first of two"]
