"""Wrong wiring is an error before any data moves, and says what would fit."""

import pyarrow as pa
import pytest

from annopipe import (
    AlbertEmbeddings,
    DocumentAssembler,
    EmbeddingsFinisher,
    SentenceDetector,
    SentenceEmbeddings,
    Tokenizer,
)
from annopipe.annotators.plan import Plan
from annopipe.annotators.stage import Transformer
from annopipe.errors import ColumnTypeError, ParamTypeError, ParamValueError, WiringError

TEXT = pa.schema([("text", pa.string())])
assembler = DocumentAssembler(inputCol="text", outputCol="document")
tokenizer = Tokenizer(inputCols=["document"], outputCol="token").fit()


def _refusal(stages: list[Transformer], schema: pa.Schema = TEXT) -> str:
    with pytest.raises(WiringError) as caught:
        Plan(stages, schema)
    return str(caught.value)


def test_a_missing_column_is_named_with_what_would_fit() -> None:
    text = _refusal([assembler, Tokenizer(inputCols=["doc"], outputCol="token").fit()])
    assert "Wrong or missing inputCols annotators in REGEX_TOKENIZER_" in text
    assert "Current inputCols: doc. Dataset's columns:\n(column_name=text,is_nlp_annotator=false)\n" in text
    assert "(column_name=document,is_nlp_annotator=true,type=document)." in text
    assert "following annotator types: document" in text
    assert "What would fit: document: 'document'." in text


def test_a_stage_that_is_missing_is_named() -> None:
    albert = AlbertEmbeddings.pretrained("albert_mini").setInputCols("document", "token").setOutputCol("e")
    assert "token: no column, put a Tokenizer before this stage" in _refusal([assembler, albert])


@pytest.mark.parametrize("column", ["text", "token"])
def test_a_column_of_another_kind(column: str) -> None:
    stage = SentenceDetector(inputCols=[column], outputCol="s")
    assert f"Current inputCols: {column}." in _refusal([assembler, tokenizer, stage])


def test_one_column_cannot_serve_two_kinds() -> None:
    albert = AlbertEmbeddings.pretrained("albert_mini").setInputCols("document", "document").setOutputCol("e")
    assert "Wrong or missing inputCols" in _refusal([assembler, tokenizer, albert])


def test_names_that_were_not_given() -> None:
    assert "inputCols not provided" in _refusal([assembler, SentenceDetector(outputCol="s")])
    assert "outputCol" in _refusal([assembler, SentenceDetector(inputCols=["document"])])
    assert "inputCol" in _refusal([DocumentAssembler()])
    assert "inputCols not provided" in _refusal([assembler, EmbeddingsFinisher()])


def test_usual_names_need_no_setting() -> None:
    plan = Plan([assembler, Tokenizer().fit()], TEXT)
    assert plan.schema.names == ["text", "document", "token"]


def test_an_output_column_that_exists() -> None:
    assert "'token' exists already" in _refusal([assembler, tokenizer, tokenizer.copy()])
    other = DocumentAssembler(inputCol="text", outputCol="body")
    assert "exists already" in _refusal([other], pa.schema([("text", pa.string()), ("body", pa.string())]))


def test_the_assembler_may_replace_its_own_input() -> None:
    assert Plan([DocumentAssembler(inputCol="text", outputCol="text")], TEXT).schema.names == ["text"]


@pytest.mark.parametrize("param", ["inputCol", "idCol", "metadataCol"])
def test_a_missing_source_column(param: str) -> None:
    stage = DocumentAssembler(**{"inputCol": "text", param: "Text"})
    assert f"Dataset does not have any 'Text' column ({param}" in _refusal([stage])


@pytest.mark.parametrize("type_", [pa.struct([("a", pa.string())]), pa.list_(pa.int32())])
def test_a_column_that_is_no_text(type_: pa.DataType) -> None:
    with pytest.raises(ColumnTypeError, match="column 'text'"):
        Plan([assembler], pa.schema([("text", type_)]))


def test_dialects_must_agree() -> None:
    other = Tokenizer(inputCols=["document"], outputCol="token", dialect="sparknlp").fit()
    assert "must share one dialect" in _refusal([assembler, other])


def test_the_finisher_wants_embeddings_and_as_many_names() -> None:
    with pytest.raises(ParamTypeError, match="holds token, not embeddings"):
        Plan([assembler, tokenizer, EmbeddingsFinisher(inputCols=["token"])], TEXT)
    with pytest.raises(ParamValueError, match="length must match"):
        Plan([assembler, EmbeddingsFinisher(inputCols=["document"], outputCols=["a", "b"])], TEXT)


def test_column_metadata_says_kind_reference_and_dimension() -> None:
    albert = AlbertEmbeddings.pretrained("albert_mini").setInputCols("document", "token").setOutputCol("e")
    pooled = SentenceEmbeddings(inputCols=["document", "e"], outputCol="s")
    schema = Plan([assembler, tokenizer, albert, pooled], TEXT).schema
    expected = {b"ref": albert.uid.encode(), b"dimension": b"384"}
    assert schema.field("token").metadata == {b"annotatorType": b"token"}
    assert schema.field("e").metadata == {b"annotatorType": b"word_embeddings", **expected}
    assert schema.field("s").metadata == {b"annotatorType": b"sentence_embeddings", **expected}


def test_a_dimension_that_is_not_the_models() -> None:
    albert = AlbertEmbeddings.pretrained("albert_mini").setInputCols("document", "token").setOutputCol("e")
    assert albert.getDimension() == 384
    with pytest.raises(ParamValueError, match="dimension is 5"):
        Plan([assembler, tokenizer, albert.setDimension(5)], TEXT)
