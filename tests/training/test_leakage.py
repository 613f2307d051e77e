"""No evaluation text in training: exact and near duplicates are found, and dropped from the segments."""

import json
from pathlib import Path

import pytest
from tiny_run import LEAKED, NEARLY
from training.corpus import prepared
from training.leakage import Leakage

SENTENCE = "A man in a red shirt is playing the guitar on a stage."


@pytest.fixture(scope="module")
def leakage() -> Leakage:
    return Leakage([SENTENCE, "Two dogs run.", "Hi"])


@pytest.mark.parametrize(
    "segment",
    [
        SENTENCE,
        SENTENCE.upper(),
        "a man, in a red shirt, is playing: the guitar on a stage",
        SENTENCE.replace(" ", "  "),
    ],
)
def test_the_same_words_are_the_same_text(leakage: Leakage, segment: str) -> None:
    assert leakage.leaks(segment) == "exact"


@pytest.mark.parametrize(
    "segment",
    [
        f"Yesterday we saw this: {SENTENCE} It was cold.",
        "A man in a red shirt is playing the drums in a club.",
        "Look, in a red shirt is playing the guitar on the roof of a house",
    ],
)
def test_half_of_its_shingles_make_a_near_duplicate(leakage: Leakage, segment: str) -> None:
    assert leakage.leaks(segment) == "near"


@pytest.mark.parametrize(
    "segment",
    [
        "A man in a blue coat was reading on a stage.",
        "the guitar on a stage was red",
        "Two dogs run.",
        "two dogs run across the field and hi there",
        "",
    ],
)
def test_other_texts_stay(leakage: Leakage, segment: str) -> None:
    """Texts too short to tell from chance stay, too: three words or fewer are no duplicate."""
    assert leakage.leaks(segment) is None


def test_prepared_segments_hold_no_evaluation_text(prepared_work: Path) -> None:
    segments = (prepared_work / "segments.txt").read_text(encoding="utf-8").splitlines()
    assert len(segments) > 400
    assert prepared(LEAKED) not in segments
    assert prepared(NEARLY) not in segments
    report = json.loads((prepared_work / "segments.json").read_text())
    assert report["books"]["exact"] == report["books"]["near"] == 1
    assert len(segments) == report["segments"] == sum(report[name]["kept"] for name in ("books", "talk"))


def test_the_order_is_a_fixed_shuffle(corpus: Path, evaluation: Path, prepared_work: Path, tmp_path: Path) -> None:
    from training.prepare import prepare

    again = prepare(corpus, evaluation, tmp_path).read_bytes()
    assert again == (prepared_work / "segments.txt").read_bytes()
    assert again.splitlines() != sorted(again.splitlines())
