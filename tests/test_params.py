"""Parameters: one declaration gives keyword, setter, getter, check, explanation and copy."""

import numpy as np
import pytest

from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.sentence_detector import SentenceDetector
from annopipe.annotators.sentence_embeddings import SentenceEmbeddings
from annopipe.annotators.tokenizer import Tokenizer
from annopipe.dialect import options
from annopipe.errors import ParamTypeError, ParamUnset, ParamValueError


def test_keyword_and_setter_are_the_same() -> None:
    keyword = Tokenizer(inputCols=["document"], outputCol="t", minLength=2)
    chained = Tokenizer().setInputCols("document").setOutputCol("t").setMinLength(2)
    assert [keyword.getOrDefault(n) for n in ("inputCols", "outputCol", "minLength")] == [["document"], "t", 2]
    assert {p.name: v for p, v in keyword.extractParamMap().items()} == {
        p.name: v for p, v in chained.extractParamMap().items()
    }


def test_unknown_keyword_names_the_known_ones() -> None:
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'minlength'.*minLength"):
        Tokenizer(minlength=2)


def test_uid_is_class_name_and_twelve_hex() -> None:
    stage = Tokenizer()
    name, hexes = stage.uid.split("_")
    assert name == "Tokenizer"
    assert len(hexes) == 12
    assert int(hexes, 16) >= 0
    assert str(stage) == repr(stage) == stage.uid
    assert str(stage.minLength) == f"{stage.uid}__minLength"


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.float32(3)])
def test_whole_numbers_are_ints(value: float) -> None:
    assert Tokenizer().setMinLength(value).getMinLength() == 3


@pytest.mark.parametrize("value", [3.5, "3", True, None, [3], float("inf"), 10**400])
def test_other_values_are_no_ints(value: object) -> None:
    with pytest.raises(ParamTypeError, match='Invalid param value given for param "minLength"'):
        Tokenizer().setMinLength(value)


def test_bool_wants_a_bool() -> None:
    with pytest.raises(TypeError, match=r"requires value of type bool. Found <class 'int'>"):
        AlbertEmbeddings().setCaseSensitive(1)


@pytest.mark.parametrize(
    ("call", "count"), [(("a", "b"), 2), ((["a", "b"],), 2), (([],), 0), ((["document"], ["x"]), 0)]
)
def test_wrong_number_of_inputs_is_an_error_of_the_setter(call: tuple[object, ...], count: int) -> None:
    with pytest.raises(TypeError, match=rf"expecting 1 columns. Provided column amount: {count}. .*\['document'\]"):
        Tokenizer().setInputCols(*call)


def test_inputs_of_another_type() -> None:
    with pytest.raises(TypeError, match="It must be either str or list"):
        Tokenizer().setInputCols(3)
    with pytest.raises(TypeError):
        Tokenizer().setInputCols()


def test_unset_getters() -> None:
    with pytest.raises(ParamUnset, match=r"splitChars.*setSplitChars"):
        Tokenizer().getSplitChars()
    with pytest.raises(KeyError):
        Tokenizer().getOutputCol()
    assert DocumentAssembler().getInputCol() is None
    assert SentenceDetector().getSplitLength() is None
    assert Tokenizer().getParamValue("splitChars")() is None


def test_explain_says_default_and_current() -> None:
    assert Tokenizer().explainParam("minLength").endswith("(default: 0)")
    assert Tokenizer().setMinLength(3).explainParam("minLength").endswith("(default: 0, current: 3)")
    assert Tokenizer().explainParam("outputCol").endswith("(undefined)")
    names = [line.split(":")[0] for line in Tokenizer().explainParams().splitlines()]
    assert names == sorted(names)
    assert "dialect" not in names


def test_copy_is_independent() -> None:
    stage = Tokenizer(minLength=1)
    other = stage.copy({stage.maxLength: 7})
    other.setMinLength(9)
    assert (stage.getMinLength(), other.getMinLength(), other.getMaxLength()) == (1, 9, 7)
    assert other.uid == stage.uid


def test_lists_given_out_are_copies() -> None:
    stage = Tokenizer()
    stage.getContextChars().append("x")
    stage.addContextChars("y")
    assert "x" not in stage.getContextChars()
    assert "y" not in Tokenizer().getContextChars()


def test_recorded_defaults() -> None:
    stage = AlbertEmbeddings()
    shown = [stage.getBatchSize(), stage.getMaxSentenceLength(), stage.getDimension(), stage.getCaseSensitive()]
    assert shown == [8, 128, 768, False]
    assert Tokenizer().getMaxLength() == SentenceDetector().getMaxLength() == 99999


@pytest.mark.parametrize("length", [513, 2, 1, 0, -1])
def test_sentence_lengths_out_of_range(length: int) -> None:
    with pytest.raises(ParamValueError):
        AlbertEmbeddings().setMaxSentenceLength(length)


def test_values_spark_nlp_ignores_are_errors_or_act() -> None:
    assert SentenceEmbeddings().setPoolingStrategy("sum").getPoolingStrategy() == "SUM"
    shrink = DocumentAssembler(inputCol="text").setCleanupMode(" SHRINK ")
    assert shrink.getCleanupMode() == " SHRINK "
    assert shrink.transform([" a  b "])[0]["document"][0].result == "a b"
    for bad in ("MAX", ""):
        with pytest.raises(ParamValueError):
            SentenceEmbeddings().setPoolingStrategy(bad)
    with pytest.raises(ParamValueError, match="Cleanup mode possible values: disabled"):
        DocumentAssembler().setCleanupMode("trim")
    with pytest.raises(ParamValueError):
        AlbertEmbeddings().setBatchSize(0)


def test_dialect_is_settled_when_the_stage_is_made() -> None:
    before = Tokenizer()
    options.dialect = "sparknlp"
    try:
        inside = Tokenizer()
    finally:
        options.dialect = "albert"
    assert (before.getDialect(), inside.getDialect(), Tokenizer().getDialect()) == ("albert", "sparknlp", "albert")
    assert Tokenizer(dialect="sparknlp").getDialect() == "sparknlp"
    with pytest.raises(ParamValueError, match="albert, sparknlp"):
        options.dialect = "bert"  # type: ignore[assignment]
