"""Similarity and neighbours: what a name means, what comes out, what is refused."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

import annopipe
from annopipe.errors import ColumnTypeError, ParamTypeError, ParamValueError, WordNotFound
from annopipe.pipeline.native import Embedder

MONEY = "The bank raised its rates."
LOAN = "The bank approved the loan."
RIVER = "We sat on the bank of the river."
TWICE = "the bank of the other bank"


@pytest.fixture(scope="module")
def mini() -> Embedder:
    return annopipe.load("albert_mini")


@pytest.fixture(scope="module")
def tiny(tiny_model_folder: object) -> Embedder:
    return annopipe.load(str(tiny_model_folder))


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b) / math.sqrt(float(a @ a) * float(b @ b))


def test_a_word_is_compared_as_its_text_makes_it_mean(mini: Embedder) -> None:
    assert mini.similarity((MONEY, "bank"), (LOAN, "bank")) > mini.similarity((MONEY, "bank"), (RIVER, "bank"))


def test_words_by_name_number_and_span_are_the_native_apis_vectors(tiny: Embedder) -> None:
    first, second = tiny.embed_words([MONEY, RIVER], dialect="albert")
    wanted = pytest.approx(_cosine(first.vectors[1], second.vectors[4]), abs=1e-6)
    for where in ("bank", 1, -5, (4, 8), (5, 6), np.int64(1)):
        assert tiny.similarity((MONEY, where), (RIVER, "bank")) == wanted
    assert tiny.similarity((MONEY, "bank"), (MONEY, "bank")) == pytest.approx(1)


def test_several_tokens_are_the_mean_of_their_vectors(tiny: Embedder) -> None:
    (words,) = tiny.embed_words(["I love Spark NLP"], dialect="albert")
    wanted = pytest.approx(_cosine(words.vectors[2:4].mean(axis=0), words.vectors[0]), abs=1e-6)
    for where in ("Spark NLP", (7, 16), (9, 14)):
        assert tiny.similarity(("I love Spark NLP", where), ("I love Spark NLP", 0)) == wanted


def test_texts_are_their_sentence_vectors(tiny: Embedder) -> None:
    first, second = tiny.embed_sentences([MONEY, RIVER])
    assert tiny.similarity(MONEY, RIVER) == pytest.approx(_cosine(first.vector, second.vector), abs=1e-6)
    matrix = tiny.similarities([MONEY, RIVER], [RIVER, (MONEY, "bank"), MONEY])
    assert matrix.shape == (2, 3)
    assert matrix[1, 0] == pytest.approx(1)
    assert matrix[0, 0] == pytest.approx(tiny.similarity(MONEY, RIVER))
    assert np.allclose(tiny.similarities([MONEY, RIVER]), tiny.similarities([MONEY, RIVER], [MONEY, RIVER]))


def test_layers_are_those_of_embed_words(tiny: Embedder) -> None:
    first, second = tiny.embed_words([MONEY, RIVER], layers="mean:-2,-1", dialect="albert")
    found = tiny.similarity((MONEY, 1), (RIVER, 0), layers="mean:-2,-1")
    assert found == pytest.approx(_cosine(first.vectors[1], second.vectors[0]), abs=1e-6)


def test_the_dialect_of_the_options_does_not_matter(tiny: Embedder, sparknlp_dialect: None) -> None:
    (words,) = tiny.embed_words([MONEY], dialect="albert")
    found = tiny.similarity((MONEY, 1), (MONEY, 2))
    assert found == pytest.approx(_cosine(words.vectors[1], words.vectors[2]), abs=1e-6)


def test_a_word_of_which_nothing_survives_is_like_nothing(mini: Embedder) -> None:
    odd = "a \u0301 b"
    assert not next(iter(mini.embed_words([odd]))).vectors[1].any()
    assert mini.similarity((odd, 1), (odd, 0)) == 0


def test_the_nearest_words_in_their_texts(mini: Embedder) -> None:
    texts = [MONEY, None, LOAN, RIVER, "Bank!"]
    near = mini.most_similar((MONEY, "bank"), texts, n=100)
    assert (near[0].word, near[0].text, near[0].index, near[0].begin, near[0].end) == ("bank", LOAN, 2, 4, 8)
    assert [n.similarity for n in near] == sorted((n.similarity for n in near), reverse=True)
    assert {n.word for n in near if n.index == 0} == {"The", "raised", "its", "rates"}
    assert all(n.text[n.begin : n.end] == n.word and n.text == texts[n.index] for n in near)
    assert near[5].similarity == pytest.approx(
        mini.similarity((MONEY, "bank"), (near[5].text, (near[5].begin, near[5].end))), abs=1e-5
    )
    assert mini.most_similar((MONEY, "bank"), texts, n=3) == near[:3]


def test_distinct_words_come_once_and_never_the_targets_own(mini: Embedder) -> None:
    texts = [MONEY, LOAN, RIVER, "Bank!"]
    near = mini.most_similar((MONEY, "bank"), texts, n=100, distinct=True)
    words = [n.word.casefold() for n in near]
    assert len(words) == len(set(words))
    assert "bank" not in words
    every = mini.most_similar((MONEY, "bank"), texts, n=100)
    for one in near:
        assert one.similarity == max(n.similarity for n in every if n.word.casefold() == one.word.casefold())


def test_the_nearest_texts(mini: Embedder) -> None:
    near = mini.most_similar(MONEY, (text for text in [RIVER, MONEY, " ", None, LOAN]))
    assert [(n.word, n.index, n.begin, n.end) for n in near] == [(LOAN, 4, 0, 27), (RIVER, 0, 0, 32)]
    assert near[0].similarity == pytest.approx(mini.similarity(MONEY, LOAN), abs=1e-5)


def test_a_generator_is_not_kept(tiny: Embedder) -> None:
    seen = 0

    def texts() -> Iterator[str]:
        nonlocal seen
        for number in range(200):
            seen += 1
            yield f"word {number}"

    assert len(tiny.most_similar(("a word", 1), texts(), n=4)) == 4
    assert seen == 200


def test_neighbours_are_a_table(mini: Embedder) -> None:
    near = mini.most_similar((MONEY, "bank"), [LOAN, "<b> bank " + "x" * 50], n=2)
    assert "The [bank] approved the loan." in str(near)
    assert near[1:] == tuple(near)[1:]
    drawn = near._repr_html_()
    assert "&lt;b&gt; [bank] xx" in drawn
    assert "x" * 30 not in drawn


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ((MONEY, "Bank"), "has no word 'Bank'; it has 'bank'; its words: The bank raised its rates ."),
        ((MONEY, "ban"), "has no word 'ban'; it has 'bank'"),
        ((MONEY, "zebra"), "has no word 'zebra'; its words: The bank"),
        ((MONEY, ""), "has no word ''"),
        ((TWICE, "bank"), "has 'bank' 2 times: name one by its number, which are 1, 5"),
        ((MONEY, 6), "has 6 words: there is no word number 6"),
        ((MONEY, -7), "there is no word number -7"),
        ((MONEY, (3, 4)), r"has no word in \(3, 4\)"),
        (("", 0), "has 0 words"),
    ],
)
def test_a_word_that_is_not_there(tiny: Embedder, named: tuple[str, object], says: str) -> None:
    with pytest.raises(WordNotFound, match=says):
        tiny.similarity(named, MONEY)
    with pytest.raises(LookupError):
        tiny.most_similar(named, [MONEY])


@pytest.mark.parametrize(
    "named", [None, 5, b"bank", (MONEY,), (MONEY, True), (MONEY, 1.0), (MONEY, (1, "2")), [MONEY, 1]]
)
def test_what_is_no_name(tiny: Embedder, named: object) -> None:
    with pytest.raises(ParamTypeError, match="give a text, or a word in a text as"):
        tiny.similarity(named, MONEY)


def test_what_is_no_search(tiny: Embedder) -> None:
    with pytest.raises(ParamValueError, match="n is 0"):
        tiny.most_similar(MONEY, [RIVER], n=0)
    with pytest.raises(ColumnTypeError, match="not one str"):
        tiny.most_similar(MONEY, RIVER)
    assert tiny.most_similar(MONEY, []) == ()


def test_native_results_are_drawn_in_notebooks(tiny: Embedder) -> None:
    (words,) = tiny.embed_words(["a <house> " * 40])
    drawn = words._repr_html_()
    assert drawn.count("<tr>") == 51
    assert "<td>&lt;house&gt;</td>" in drawn or "<td>house</td>" in drawn
    assert drawn.endswith("…")
    (sentence,) = tiny.embed_sentences(["a house"])
    assert "<td>a house</td><td>2</td>" in sentence._repr_html_()
