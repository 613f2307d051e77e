"""``nlu.load(...).predict(...)``: inputs, levels, names, order."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import annopipe
from annopipe import (
    AlbertEmbeddings,
    DocumentAssembler,
    LightPipeline,
    NGramGenerator,
    Pipeline,
    PipelineModel,
    SentenceDetector,
    SentenceEmbeddings,
    TextMatcher,
    Tokenizer,
    nlu,
)
from annopipe.errors import ColumnTypeError, NluReferenceError, ParamTypeError, SavedPipelineError, WiringError

TEXTS = ["It rained. We stayed.", "Ann came"]
VECTOR = "word_embedding_albert_mini"


@pytest.fixture(scope="module")
def pipe() -> nlu.NLUPipeline:
    return nlu.load("en.embed.albert_mini")


def _model(folder: Path, *more: Any) -> PipelineModel:
    stages = [
        DocumentAssembler(inputCol="text", outputCol="document"),
        SentenceDetector(inputCols=["document"], outputCol="sentence"),
        Tokenizer(inputCols=["sentence"], outputCol="token"),
        AlbertEmbeddings.pretrained(str(folder)).setInputCols("sentence", "token").setOutputCol("words"),
        *more,
    ]
    return Pipeline(stages=stages).fit()


def test_one_text_gives_its_tokens_with_their_vectors(pipe: nlu.NLUPipeline) -> None:
    frame = pipe.predict("""I love Spark NLP""")
    assert list(frame.columns) == ["token", VECTOR]
    assert frame["token"].tolist() == ["I", "love", "Spark", "NLP"]
    assert frame.index.tolist() == [0, 0, 0, 0]
    assert {str(dtype) for dtype in frame.dtypes} == {"object"}
    (words,) = annopipe.load("albert_mini").embed_words(["I love Spark NLP"])
    for found, expected in zip(frame[VECTOR], words.vectors, strict=True):
        assert found.dtype == np.float64
        assert (found.astype(np.float32) == expected).all()


INPUTS = {
    "list": lambda: TEXTS,
    "tuple": lambda: tuple(TEXTS),
    "numpy": lambda: np.array(TEXTS),
    "numpy objects": lambda: np.array(TEXTS, dtype=object),
    "arrow array": lambda: pa.array(TEXTS),
    "arrow chunks": lambda: pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
    "series": lambda: pd.Series(TEXTS),
    "polars series": lambda: pl.Series(TEXTS),
    "pandas": lambda: pd.DataFrame({"text": TEXTS}),
    "polars": lambda: pl.DataFrame({"text": TEXTS}),
    "lazy polars": lambda: pl.LazyFrame({"text": TEXTS}),
    "arrow": lambda: pa.table({"text": TEXTS}),
    "arrow batch": lambda: pa.RecordBatch.from_pydict({"text": TEXTS}),
    "large": lambda: pa.table({"text": pa.array(TEXTS, pa.large_string())}),
}


@pytest.mark.parametrize("kind", INPUTS)
def test_every_input_gives_the_same(pipe: nlu.NLUPipeline, kind: str) -> None:
    frame = pipe.predict(INPUTS[kind]())
    expected = pipe.predict(TEXTS)
    assert frame["token"].tolist() == expected["token"].tolist()
    assert frame.index.tolist() == [0] * 6 + [1] * 2
    assert np.array_equal(np.stack(frame[VECTOR]), np.stack(expected[VECTOR]))
    assert ("text" in frame.columns) is (kind in ("pandas", "polars", "lazy polars", "arrow", "arrow batch", "large"))


def test_a_frame_keeps_its_labels_and_columns_and_is_not_changed(pipe: nlu.NLUPipeline) -> None:
    given = pd.DataFrame({"body": TEXTS, "n": [7, 8], "tags": [["a"], []], "none": [None, None]}, index=["x", "y"])
    before = given.copy(deep=True)
    frame = pipe.predict(given)
    pd.testing.assert_frame_equal(given, before)
    assert list(frame.columns) == ["n", "tags", "text", "token", VECTOR]
    assert frame.index.tolist() == ["x"] * 6 + ["y"] * 2
    assert frame["n"].dtype == np.int64
    assert frame["text"].dtype == object
    assert frame.loc["y", "text"].tolist() == ["Ann came"] * 2
    bare = pipe.predict(given, keep_stranger_features=False)
    assert list(bare.columns) == ["token", VECTOR]
    assert pipe.predict(pd.Series(TEXTS, index=[5, 6])).index.tolist() == [5] * 6 + [6] * 2


def test_missing_and_empty_texts_keep_their_row(pipe: nlu.NLUPipeline) -> None:
    frame = pipe.predict(pd.DataFrame({"text": ["a", None, " ", "b"], "n": range(4)}))
    assert frame["n"].tolist() == [0, 1, 2, 3]
    assert frame["text"].tolist() == ["a", None, " ", "b"]
    assert frame["token"].isna().tolist() == frame[VECTOR].isna().tolist() == [False, True, True, False]
    assert len(pipe.predict([])) == len(pipe.predict(pd.DataFrame({"text": []}))) == 0
    assert list(pipe.predict([]).columns) == ["token", VECTOR]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (5, "not int"),
        ({"text": ["a"]}, "not dict; a dict of columns becomes a frame by pandas"),
        (b"a", "not bytes; bytes are no text: decode them first"),
        ({"a"}, r"not set; list\(\.\.\.\)"),
        (np.array(["2020-01-01"], "datetime64[D]"), "item 0 of the texts is date"),
        (np.array([b"a"]), "item 0 of the texts is bytes"),
        (iter(["a", 1]), "item 1 of the texts is int"),
        (("a", ["b"]), "item 1 of the texts is list"),
        (pa.array([1]), "the Arrow array holds values of type int64"),
        (pd.Series([1.5, float("nan"), "x"]), "item 0 of the texts is float"),
        (pd.DataFrame({"text": [1.5, float("nan"), "x"]}), r"Python objects \(float, at row 2 str\)"),
        (pd.DataFrame({"text": ["x", 1]}), r"Python objects \(str, at row 1 int\)"),
        (pd.DataFrame({"text": ["x", ["y"]]}), r"Python objects \(str, at row 1 list\)"),
        (pd.DataFrame({"text": pd.period_range("2020", periods=2, freq="D")}), "pandas.period"),
        (pl.DataFrame({"text": [object()]}, schema={"text": pl.Object}), "Polars Object"),
        (pa.table({"text": [{"a": 1}]}), "values of type struct"),
        (pl.DataFrame(), "no columns"),
        (["a", 1], "item 1 of the texts is int"),
        (np.array([["a"]]), "2 dimensions"),
        (pd.DataFrame(), "no columns"),
        (pd.DataFrame([["a", "b"]], columns=["text", "text"]), "several columns of one name"),
    ],
)
def test_what_holds_no_texts_is_named(pipe: nlu.NLUPipeline, data: Any, told: str) -> None:
    with pytest.raises(ColumnTypeError, match=told):
        pipe.predict(data)


def test_none_is_an_empty_text(pipe: nlu.NLUPipeline) -> None:
    pd.testing.assert_frame_equal(pipe.predict(None), pipe.predict([None]))


def test_frames_of_odd_columns_are_read(pipe: nlu.NLUPipeline) -> None:
    words = pa.array(["b", "a"], pa.string_view())
    codes = pa.DictionaryArray.from_arrays(pa.array([1, 0, None]), words)
    table = pa.table({"text": codes, "beside": codes})
    assert pipe.predict(table)["token"].tolist()[:2] == ["a", "b"]
    assert pipe.predict(table)["beside"].tolist()[:2] == ["a", "b"]
    assert pipe.predict(codes)["token"].tolist()[:2] == ["a", "b"]
    frame = pd.DataFrame({"text": ["a b"], "beside": pd.arrays.ArrowExtensionArray(words[:1])})
    assert pipe.predict(frame)["beside"].tolist() == ["b", "b"]
    levels = pd.DataFrame([["a b", 1]], columns=pd.MultiIndex.from_tuples([("text", "en"), ("n", "")]))
    assert pipe.predict(levels)["token"].tolist() == ["a", "b"]
    assert pipe.predict(iter(["a", None]))["token"].tolist()[:1] == ["a"]


def test_the_level_decides_the_context(pipe: nlu.NLUPipeline) -> None:
    by_token, by_sentence = pipe.predict(TEXTS[:1]), pipe.predict(TEXTS[:1], output_level="sentence")
    whole = pipe.predict(TEXTS[:1], output_level="document")
    assert list(by_sentence.columns) == ["sentence", VECTOR]
    assert by_sentence["sentence"].tolist() == ["It rained.", "We stayed."]
    assert list(whole.columns) == ["document", VECTOR]
    alone, together = np.stack(by_token[VECTOR]), whole[VECTOR].iloc[0]
    assert np.array_equal(by_sentence[VECTOR].iloc[0], alone)
    assert alone.shape == together.shape
    assert np.abs(alone - together).max() > 0.01
    assert np.array_equal(pipe.predict(TEXTS[:1], output_level="chunk")[VECTOR].iloc[0], together)
    assert pipe.predict(TEXTS[:1])["token"].tolist() == by_token["token"].tolist()


def test_positions_and_metadata(pipe: nlu.NLUPipeline) -> None:
    frame = pipe.predict(["A b. C"], positions=True)
    assert frame["token_begin"].tolist() == frame[f"{VECTOR}_begin"].tolist() == [0, 2, 3, 5]
    assert frame["sentence_end"].iloc[0] == [3, 5]
    full = pipe.predict(["A b. C"], metadata=True)
    assert full["token_origin_sentence"].tolist() == ["0", "0", "0", "1"]
    assert full["origin_index"].dtype == np.int64
    assert full[f"{VECTOR}_is_OOV"].tolist() == ["false"] * 4
    assert pipe.predict(["a"], drop_irrelevant_cols=False).columns.tolist() == [
        "document",
        "origin_index",
        "sentence",
        "token",
        VECTOR,
    ]


def test_embeddings_may_be_left_out(pipe: nlu.NLUPipeline, tiny_model_folder: Path) -> None:
    assert list(pipe.predict("a", get_embeddings=False).columns) == ["token"]
    assert list(pipe.predict("a", get_embeddings=None).columns) == ["token", VECTOR]
    other = nlu.to_nlu_pipe(_model(tiny_model_folder))
    assert "word_embedding_words" not in other.predict("a", get_embeddings=None).columns


def test_a_column_of_the_frame_is_not_lost(pipe: nlu.NLUPipeline) -> None:
    given = pd.DataFrame({"text": ["a"], "token": ["mine"]})
    with pytest.raises(WiringError, match="'token'"):
        pipe.predict(given)
    assert pipe.predict(given, keep_stranger_features=False)["token"].tolist() == ["a"]


def test_many_rows_keep_their_order(tiny_model_folder: Path) -> None:
    pipe = nlu.load(path=tiny_model_folder)
    frame = pipe.predict([f"word{i} x" for i in range(500)])
    assert frame["token"].tolist()[::2] == [f"word{i}" for i in range(500)]
    assert frame.index.tolist() == [i for i in range(500) for _ in range(2)]


def test_a_finished_pipeline_as_a_pipe(tiny_model_folder: Path) -> None:
    ngrams = NGramGenerator(inputCols=["token"], outputCol="pairs")
    names = TextMatcher(inputCols=["sentence", "token"], outputCol="names", entities=["Ann Lee"])
    mean = SentenceEmbeddings(inputCols=["sentence", "words"], outputCol="mean")
    pipe = nlu.to_nlu_pipe(_model(tiny_model_folder, ngrams, names.fit(), mean))
    assert list(pipe)[:3] == ["document_assembler", "sentence_detector", "tokenizer"]
    frame = pipe.predict("Ann Lee came. Bob", output_level="chunk")
    assert frame["ngram"].tolist() == ["Ann Lee", "Lee came", "came ."]
    assert frame["chunk"].tolist()[0] == "Ann Lee"
    assert frame["chunk"].isna().tolist() == [False, True, True]
    by_sentence = pipe.predict("Ann Lee came. Bob")
    assert list(by_sentence.columns) == ["ngram", "sentence_embeddings", "sentence_pragmatic", "word_embedding_words"]
    vectors = pipe.predict_embeds(["Ann. Bob", ""])
    assert np.array_equal(vectors[0], pipe.predict("Ann. Bob")["sentence_embeddings"].iloc[0].astype(np.float32))
    assert vectors[1].shape == (0,)
    with pytest.raises(WiringError, match="No Sentence Embedder"):
        nlu.load("en.embed.albert_mini").predict_embeds("a")
    with pytest.raises(ParamTypeError, match="fitted PipelineModel"):
        nlu.to_nlu_pipe("albert")  # type: ignore[arg-type]


def test_a_token_without_vector_does_not_shift_the_others(tiny_model_folder: Path) -> None:
    stages = [
        DocumentAssembler(inputCol="text", outputCol="document", dialect="sparknlp"),
        Tokenizer(inputCols=["document"], outputCol="token", dialect="sparknlp"),
        AlbertEmbeddings.pretrained(str(tiny_model_folder))
        .setDialect("sparknlp")
        .setInputCols("document", "token")
        .setOutputCol("e"),
    ]
    model = Pipeline(stages=stages).fit()
    frame = nlu.to_pretty_df(model, "house \u200b river", positions=True)
    assert frame["token_begin"].tolist() == [0, 6, 8]
    assert frame["word_embedding_e_begin"].isna().tolist() == [False, True, False]
    light = LightPipeline(model, parse_embeddings=True).fullAnnotate("house \u200b river")[0]["e"]
    for row, annotation in ((0, light[0]), (2, light[1])):
        assert (frame["word_embedding_e"].iloc[row].astype(np.float32) == annotation.embeddings).all()


def test_several_references_in_one_load() -> None:
    from annopipe.nlu.reference import references

    found = references("albert en.embed.albert_base_v1 albert")
    assert [(r.model, r.language, r.name) for r in found] == [
        ("albert_base_uncased", "en", "albert"),
        ("albert_embeddings_albert_base_v1", "en", "albert_base_v1"),
    ]
    same = references("en.embed.albert.base_uncased en.embed.albert.large_uncased fr.embed.albert")
    assert [r.name for r in same] == ["albert_base_uncased", "albert_large_uncased", "albert"]
    assert references("fr.embed.albert")[0].language == "fr"
    with pytest.raises(NluReferenceError, match="Near: "):
        nlu.load("en.embed.albert_bse_v1")
    with pytest.raises(NluReferenceError, match="empty"):
        nlu.load(" ")


@pytest.mark.filterwarnings("ignore:.*past maxSentenceLength:annopipe.AnnopipeWarning")
def test_components_are_set_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    pipe = nlu.load("en.embed.albert_mini", dialect="sparknlp")
    assert list(pipe) == ["document_assembler", "tokenizer", "albert_embeddings@albert_mini"]
    pipe["albert_embeddings@albert_mini"].setMaxSentenceLength(4)  # type: ignore[attr-defined]
    pipe["tokenizer"].setMinLength(2)  # type: ignore[attr-defined]
    frame = pipe.predict("a house river summer")
    assert frame["token"].tolist() == ["house", "river", "summer"]
    assert frame[VECTOR].isna().tolist() == [False, False, True]
    pipe.print_info()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("The following parameters are configurable for this NLU pipeline")
    assert ">>> component_list['tokenizer'] has settable params:" in printed
    (line,) = (line for line in printed if ".setMaxSentenceLength(4)" in line)
    assert line.startswith("component_list['albert_embeddings@albert_mini'].setMaxSentenceLength(4)")
    assert line.endswith("| Currently set to : 4")


def test_what_is_saved_is_loaded(pipe: nlu.NLUPipeline, tmp_path: Path) -> None:
    pipe.save(tmp_path / "pipe")
    again = nlu.load(path=tmp_path / "pipe")
    pd.testing.assert_frame_equal(again.predict(TEXTS, positions=True), pipe.predict(TEXTS, positions=True))
    with pytest.raises(SavedPipelineError, match="already exists"):
        pipe.save(tmp_path / "pipe")
    pipe.save(tmp_path / "pipe", overwrite=True)
    pipe.save(tmp_path / "part", component="albert_embeddings@albert_mini")
    single = nlu.load(path=tmp_path / "part")
    assert single.predict("a").columns.tolist() == ["token", "word_embedding_from_disk"]
    with pytest.raises(SavedPipelineError, match="does not exist"):
        nlu.load(path=tmp_path / "no")
    (tmp_path / "pipe" / "nlu.json").write_text("{", encoding="utf-8")
    with pytest.raises(SavedPipelineError, match=r"nlu\.json is damaged"):
        nlu.load(path=tmp_path / "pipe")


def test_importing_nlu_loads_no_pandas() -> None:
    code = "import sys; from annopipe import nlu; nlu.load('en.embed.albert_mini'); print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
