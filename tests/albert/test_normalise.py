"""ALBERT's normalisation, with the source of every character."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert.odd_texts import texts
from albert.slow_encoding import fold_slowly
from annopipe.albert.codepoints import CodePoints
from annopipe.albert.normalise import FoldingRules, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Two\t words \n", "two words"),
        ("``Quoted'' and ```three'''", '"quoted" and "`three"\''),
        ("İSTANBUL ﬁnd 5㎏", "istanbul find 5kg"),
        ("Crème Brûlée", "creme brulee"),
        ("ΟΔΟΣ", "οδοσ"),
        ("한", "\u1112\u1161\u11ab"),
        ("", ""),
        ("\u0301\u0302", ""),
        ("a\ud800b", "a\ufffdb"),
    ],
)
def test_texts_are_folded(text: str, folded: str) -> None:
    assert fold(CodePoints.of([text]), FoldingRules()).strings() == [folded]


def test_each_rule_can_be_turned_off() -> None:
    text = CodePoints.of([" Été  ``A''"])
    assert fold(text, FoldingRules(do_lower_case=False)).strings() == ['Ete "A"']
    assert fold(text, FoldingRules(keep_accents=True)).strings() == ['été "a"']
    assert fold(text, FoldingRules(remove_space=False)).strings() == [' ete  "a"']


def test_texts_do_not_run_into_each_other() -> None:
    given_texts = ["a'", "'b ", " c", "", "`", "`"]
    assert fold(CodePoints.of(given_texts), FoldingRules()).strings() == ["a'", "'b", "c", "", "`", "`"]


@given(st.lists(texts, max_size=5), st.booleans(), st.booleans())
def test_folding_equals_the_slow_way(many: list[str], lower: bool, keep_accents: bool) -> None:
    folded = fold(CodePoints.of(many), FoldingRules(do_lower_case=lower, keep_accents=keep_accents))
    base = 0
    for number, text in enumerate(many):
        letters = fold_slowly(text, lower, keep_accents)
        own = slice(folded.offsets[number], folded.offsets[number + 1])
        assert folded.strings()[number] == "".join(letter.text for letter in letters)
        spans = zip((folded.begin[own] - base).tolist(), (folded.end[own] - base).tolist(), strict=True)
        for letter, (begin, end) in zip(letters, spans, strict=True):
            assert not letter.source or list(range(begin, end)) == letter.source
        base += len(text)
    assert np.all(np.diff(folded.begin) >= 0)
    assert np.all(np.diff(folded.end) >= 0)
