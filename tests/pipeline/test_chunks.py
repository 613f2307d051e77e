"""Chunks and what is made of them: own cases, in both dialects."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from annopipe import (
    AlbertEmbeddings,
    AnnopipeWarning,
    Annotation,
    Chunk2Doc,
    ChunkEmbeddings,
    Doc2Chunk,
    DocumentAssembler,
    Finisher,
    LightPipeline,
    NGramGenerator,
    Pipeline,
    PipelineModel,
    RegexMatcher,
    SentenceDetector,
    TextMatcher,
    TokenAssembler,
    Tokenizer,
)
from annopipe.errors import (
    ChunkMissing,
    ColumnTypeError,
    LightWiringError,
    ParamTypeError,
    ParamValueError,
    PatternError,
    RulesFileMissing,
    WiringError,
)

TEXT = "Ann Lee went home. Bob saw Ann Lee."


def _front(**options: Any) -> list[Any]:
    return [
        DocumentAssembler(inputCol="text", outputCol="document", **options),
        SentenceDetector(inputCols=["document"], outputCol="sentence", **options),
        Tokenizer(inputCols=["sentence"], outputCol="token", **options),
    ]


def _words(folder: Path, **options: Any) -> AlbertEmbeddings:
    return (
        AlbertEmbeddings.pretrained(str(folder))
        .setInputCols("sentence", "token")
        .setOutputCol("words")
        .setDialect(options.get("dialect", "albert"))
    )


def _chunks(chunker: Any, rows: list[Any]) -> list[list[Annotation]]:
    result = Pipeline(stages=[*_front(), chunker]).fit().transform(rows)
    return [row["chunk"] for row in result]


def _spans(chunks: list[Annotation]) -> list[tuple[int, int, str, str, str]]:
    return [(c.begin, c.end, c.result, c.metadata["sentence"], c.metadata["chunk"]) for c in chunks]


def test_ngrams_do_not_cross_sentences() -> None:
    pairs = NGramGenerator(inputCols=["token"], outputCol="chunk", delimiter="+")
    (found,) = _chunks(pairs, ["One two. Three"])
    assert _spans(found) == [(0, 6, "One+two", "0", "0"), (4, 7, "two+.", "0", "1")]
    (all_sizes,) = _chunks(pairs.copy().setEnableCumulative(True), ["a b"])
    assert [c.result for c in all_sizes] == ["a", "b", "a+b"]
    assert _chunks(pairs, ["", "a"]) == [[], []]
    with pytest.raises(ParamValueError, match="at least 1"):
        NGramGenerator().setN(0)


def test_texts_of_a_column_where_they_stand() -> None:
    find = Doc2Chunk(inputCols=["document"], outputCol="chunk", chunkCol="c")
    rows = [{"text": "a 😀 bc bc", "c": "bc"}, {"text": "a", "c": None}, {"text": "a", "c": "z"}]
    found = _chunks(find, rows)
    assert [_spans(row) for row in found] == [[(4, 5, "bc", "0", "0")], [], []]
    assert _spans(_chunks(find.copy().setStartCol("s"), [{**rows[0], "s": 5}])[0])[0][:2] == (7, 8)
    lists = _chunks(find, [{"text": "a b c", "c": ["c", None, "x", "a"]}])[0]
    assert _spans(lists) == [(4, 4, "c", "0", "0"), (0, 0, "a", "0", "3")]
    whole = _chunks(Doc2Chunk(inputCols=["sentence"], outputCol="chunk"), ["One. Two."])[0]
    assert [(c.result, c.metadata["sentence"]) for c in whole] == [("One.", "0"), ("Two.", "1")]


def test_the_places_of_chunks_count_what_the_dialect_counts() -> None:
    stages = [*_front(dialect="sparknlp"), Doc2Chunk(outputCol="chunk", chunkCol="c", dialect="sparknlp")]
    (row,) = Pipeline(stages=stages).fit().transform([{"text": "a 😀 bc", "c": "bc"}])
    assert _spans(row["chunk"])[0][:2] == (5, 6)


def test_texts_are_found_without_regard_to_case() -> None:
    find = Doc2Chunk(outputCol="chunk", chunkCol="c", lowerCase=True)
    assert _spans(_chunks(find, [{"text": "İ saw BOB", "c": "Bob"}])[0])[0][:3] == (6, 8, "bob")


def test_what_doc2chunk_refuses() -> None:
    with pytest.raises(ChunkMissing, match="'z'"):
        _chunks(Doc2Chunk(outputCol="chunk", chunkCol="c", failOnMissing=True), [{"text": "a", "c": "z"}])
    with pytest.raises(WiringError, match="no column 'nope'"):
        _chunks(Doc2Chunk(outputCol="chunk", chunkCol="nope"), ["a"])
    with pytest.raises(ColumnTypeError, match="whole numbers"):
        _chunks(Doc2Chunk(outputCol="chunk", chunkCol="c", startCol="s"), [{"text": "a", "c": "a", "s": "x"}])


def test_rules_find_their_places(tmp_path: Path) -> None:
    rules = RegexMatcher(inputCols=["sentence"], outputCol="chunk", rules=[r"\b[A-Z]\w+ [A-Z]\w+,name", "(?i)BOB,bob"])
    (found,) = _chunks(rules, [TEXT])
    assert _spans(found) == [(0, 6, "Ann Lee", "0", "0"), (27, 33, "Ann Lee", "1", "0"), (19, 21, "Bob", "1", "1")]
    assert [c.metadata["identifier"] for c in found] == ["name", "name", "bob"]
    file = tmp_path / "rules.txt"
    file.write_text("[a-z]{1,4}~short\n\n", encoding="utf-8")
    read = RegexMatcher(outputCol="chunk").setExternalRules(str(file), "~")
    assert [c.result for c in _chunks(read, ["ab cdefg"])[0]] == ["ab", "cdef", "g"]
    assert [c.result for c in _chunks(read.copy().setStrategy("match_first"), ["ab cdefg"])[0]] == ["ab"]
    whole = read.copy().setStrategy("MATCH_COMPLETE")
    assert [[c.result for c in row] for row in _chunks(whole, ["ab", "ab c"])] == [["ab"], []]


def test_wrong_rules_are_told_by_fit(tmp_path: Path) -> None:
    with pytest.raises(ParamValueError, match="no rules"):
        RegexMatcher().fit()
    with pytest.raises(ParamValueError, match="identifier"):
        RegexMatcher(rules=["abc"]).fit()
    with pytest.raises(PatternError, match=r"rules\[0\]"):
        RegexMatcher(rules=["(,x"]).fit()
    with pytest.raises(RulesFileMissing, match="not found"):
        RegexMatcher().setExternalRules(str(tmp_path / "no"), ",")
    with pytest.raises(ParamValueError, match="no texts"):
        TextMatcher().fit()


def test_texts_are_found_token_by_token(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("Ann Lee\nlee went\nhome\n", encoding="utf-8")
    names = TextMatcher(inputCols=["sentence", "token"], outputCol="chunk", entityValue="who").setEntities(str(file))
    (found,) = _chunks(names, [TEXT])
    assert _spans(found) == [(0, 6, "Ann Lee", "0", "0"), (13, 16, "home", "0", "1"), (27, 33, "Ann Lee", "1", "0")]
    assert {c.metadata["entity"] for c in found} == {"who"}
    any_case = names.copy().setCaseSensitive(False)
    assert [c.result for c in _chunks(any_case, [TEXT])[0]] == ["Ann Lee", "Lee went", "home", "Ann Lee"]
    merged = any_case.copy().setMergeOverlapping(True)
    assert [c.result for c in _chunks(merged, [TEXT])[0]] == ["Ann Lee went", "home", "Ann Lee"]
    spaced = names.copy().setBuildFromTokens(True)
    assert [c.result for c in _chunks(spaced, ["Ann   Lee"])[0]] == ["Ann Lee"]


@pytest.mark.parametrize("strategy", ["AVERAGE", "SUM"])
def test_a_chunk_is_the_mean_or_sum_of_its_words(tiny_model_folder: Path, strategy: str) -> None:
    stages = [
        *_front(),
        _words(tiny_model_folder),
        NGramGenerator(inputCols=["token"], outputCol="chunk"),
        ChunkEmbeddings(inputCols=["words", "chunk"], outputCol="e", poolingStrategy=strategy),
    ]
    (row,) = Pipeline(stages=stages).fit().transform([TEXT])
    words = {(w.begin, w.end): w.embeddings for w in row["words"]}
    assert len(row["e"]) == len(row["chunk"]) == 8
    for vector in row["e"]:
        inside = [v for (begin, end), v in words.items() if begin >= vector.begin and end <= vector.end]
        assert len(inside) == 2
        expected = np.sum(inside, axis=0) / (2 if strategy == "AVERAGE" else 1)
        np.testing.assert_allclose(vector.embeddings, expected, atol=1e-6)
        assert vector.annotatorType == "word_embeddings"
        assert vector.metadata["token"] == vector.result


def test_every_chunk_has_its_vector_except_as_recorded(tiny_model_folder: Path) -> None:
    def found(dialect: str) -> list[tuple[str, int]]:
        stages = [
            *_front(dialect=dialect),
            _words(tiny_model_folder, dialect=dialect),
            Doc2Chunk(inputCols=["document"], outputCol="chunk", chunkCol="c", dialect=dialect),
            ChunkEmbeddings(inputCols=["chunk", "words"], outputCol="e", dialect=dialect),
        ]
        rows = [{"text": TEXT, "c": ["Lee went", "saw Ann", "nn L"]}]
        (row,) = Pipeline(stages=stages).fit().transform(rows)
        return [(vector.result, len(vector.embeddings)) for vector in row["e"]]

    assert found("albert") == [("Lee went", 16), ("saw Ann", 16), ("nn L", 16)]
    with pytest.warns(AnnopipeWarning, match=r"chunks in which no word .* are left out \(2 of the first slice"):
        assert found("sparknlp") == [("Lee went", 16)]


def test_words_out_of_vocabulary_are_left_out(tiny_model_folder: Path) -> None:
    stages = [
        *_front(),
        _words(tiny_model_folder),
        Doc2Chunk(inputCols=["document"], outputCol="chunk"),
        ChunkEmbeddings(inputCols=["chunk", "words"], outputCol="known"),
        ChunkEmbeddings(inputCols=["chunk", "words"], outputCol="all", skipOOV=False),
    ]
    (row,) = Pipeline(stages=stages).fit().transform(["house \u200b"])
    house, nothing = (word.embeddings for word in row["words"])
    assert not np.any(nothing)
    np.testing.assert_allclose(row["known"][0].embeddings, house, atol=1e-6)
    np.testing.assert_allclose(row["all"][0].embeddings, house / 2, atol=1e-6)


def test_chunks_as_documents() -> None:
    stages = [
        *_front(),
        RegexMatcher(inputCols=["document"], outputCol="chunk", rules=["[A-Z]+,x"]),
        Chunk2Doc(inputCols=["chunk"], outputCol="part"),
        Tokenizer(inputCols=["part"], outputCol="again"),
    ]
    (row,) = Pipeline(stages=stages).fit().transform(["ab CD e FG"])
    assert [(d.annotatorType, d.begin, d.result) for d in row["part"]] == [("document", 3, "CD"), ("document", 8, "FG")]
    assert [(t.begin, t.result) for t in row["again"]] == [(3, "CD"), (8, "FG")]


def test_finished_texts_of_any_annotations() -> None:
    table = pa.table({"text": ["Ann went.", None, ""]})
    finished = Pipeline(stages=[*_front(), Finisher(inputCols=["token", "document"])]).fit().transform(table)
    assert finished.column_names == ["text", "finished_token", "finished_document"]
    assert finished["finished_token"].to_pylist() == [["Ann", "went", "."], [], []]
    joined = Finisher(inputCols=["token"], outputCols=["t"], outputAsArray=False, cleanAnnotations=False)
    kept = Pipeline(stages=[*_front(), joined]).fit().transform(table)
    assert kept["t"].to_pylist() == ["Ann@went@.", "", ""]
    assert "token" in kept.column_names
    with pytest.raises(ParamTypeError, match="not annotations"):
        Pipeline(stages=[*_front(), Finisher(inputCols=["text"])]).fit().transform(table)
    with pytest.raises(WiringError, match="no column 'nope'"):
        Pipeline(stages=[*_front(), Finisher(inputCols=["nope"])]).fit().transform(table)


def test_light_pipeline_shows_what_a_finisher_would(tiny_model_folder: Path) -> None:
    model = Pipeline(stages=[*_front(), _words(tiny_model_folder), Finisher(inputCols=["token"])]).fit()
    assert LightPipeline(model).annotate("a b") == {"token": ["a", "b"]}
    assert LightPipeline(model).annotate([]) == []
    wrong = Pipeline(stages=[Tokenizer(inputCols=["nope"], outputCol="token")]).fit()
    with pytest.raises(LightWiringError, match="Wrong or missing inputCols") as told:
        LightPipeline(wrong).annotate("a")
    assert isinstance(told.value, TypeError)


def test_saved_stages_come_back(tmp_path: Path) -> None:
    stages = [
        *_front(),
        NGramGenerator(inputCols=["token"], outputCol="n", n=3),
        RegexMatcher(inputCols=["document"], outputCol="r", rules=["a+,x"]),
        TextMatcher(inputCols=["document", "token"], outputCol="t", entities=["a b"]),
        Chunk2Doc(inputCols=["t"], outputCol="d"),
        Finisher(inputCols=["n", "r", "t", "d"]),
    ]
    model = Pipeline(stages=stages).fit()
    model.save(tmp_path / "m")
    table = pa.table({"text": ["a b c"]})
    assert PipelineModel.load(tmp_path / "m").transform(table).equals(model.transform(table))


def test_tokens_are_put_together_again() -> None:
    def found(**options: Any) -> list[tuple[int, int, str]]:
        stages = [*_front(), TokenAssembler(inputCols=["sentence", "token"], outputCol="again", **options)]
        (row,) = Pipeline(stages=stages).fit().transform(["Ann  (Lee) went.\tBob 9"])
        return [(d.begin, d.end, d.result) for d in row["again"]]

    assert found() == [(0, 14, "Ann (Lee) went."), (17, 21, "Bob 9")]
    assert found(preservePosition=True) == [(0, 15, "Ann (Lee) went."), (17, 21, "Bob 9")]


def test_a_window_too_short_for_a_piece_cuts_all(tiny_model_folder: Path) -> None:
    words = _words(tiny_model_folder, dialect="sparknlp").setMaxSentenceLength(2)
    model = Pipeline(stages=[*_front(dialect="sparknlp"), words]).fit()
    with pytest.warns(AnnopipeWarning, match="past maxSentenceLength"):
        found = model.transform(["a b", ""])
    assert [row["words"] for row in found] == [[], []]
    with pytest.raises(ParamValueError, match="at least 3"):
        words.copy().setDialect("albert").setMaxSentenceLength(2)
