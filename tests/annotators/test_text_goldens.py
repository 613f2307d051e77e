"""All recorded outputs and errors of Spark NLP 5.5.3's text annotators, through our stages, in both dialects."""

from pathlib import Path

import pytest

from annopipe.errors import AnnopipeError

from .text_records import FILES, Record, counts_otherwise, expected_rows, recorded_slices, records, replay, slices

pytestmark = [pytest.mark.reference, pytest.mark.filterwarnings("ignore::annopipe.AnnopipeWarning")]


def _answers(record: Record) -> bool:
    return "output" in record or "rows" in record


@pytest.mark.parametrize("dialect", ["sparknlp", "albert"])
@pytest.mark.parametrize("file", FILES)
def test_outputs(reference: Path, tmp_path: Path, file: str, dialect: str) -> None:
    """All records are equal, but where Spark NLP's own annotations do not slice the text or a value is refused here.

    The tests of the rules hold what comes instead to the letter (``docs/mends-*.md``).
    """
    seen = equal = 0
    for record in filter(_answers, records(reference, file)):
        seen += 1
        try:
            found, documents = replay(record, dialect, tmp_path)
        except AnnopipeError:
            assert _refused(record["params"]), record
            continue
        if found == expected_rows(record, documents, dialect):
            equal += 1
        else:
            otherwise = counts_otherwise(record, documents, dialect)
            assert otherwise or not recorded_slices(record, documents), record
            assert all(slices(one, documents, dialect) for row in found for one in row), record
    print(f"{file} {dialect}: {equal} of {seen} as recorded, the rest mended")
    assert seen > 450
    assert equal >= 0.97 * seen


def _refused(params: Record) -> bool:
    """Tell whether a null, a negative length or crossed lengths were set, which Spark NLP's Python lets pass."""
    least, most = params.get("setMinLength", 0), params.get("setMaxLength", 10**9)
    return None in params.values() or least < 0 or most < least


@pytest.mark.parametrize("file", FILES)
def test_errors(reference: Path, tmp_path: Path, file: str) -> None:
    """Each recorded error is a named error here, or gives what the documentation says."""
    for record in records(reference, file):
        if "error" not in record:
            continue
        if _documented(record["params"], record.get("input")):
            replay(record, "albert", tmp_path)
        else:
            with pytest.raises(AnnopipeError):
                print(record, replay(record, "albert", tmp_path))


def _documented(params: Record, text: object) -> bool:
    """Tell whether a setting that fails in Spark NLP has a meaning here (``docs/mends-*.md``, ``docs/pipeline.md``)."""
    groups = {"\\A([#@])?", "([)])?([.])?\\z"} & {params.get("setPrefixPattern"), params.get("setSuffixPattern")}
    exceptions = params.get("setExceptions") == ["\\$100", "\\(and you"]
    case = params.get("setCleanupMode") in {"SHRINK", " shrink ", "Shrink_Full"}
    nullable_lists = isinstance(text, list)
    astral = params.get("addSplitChars") == ["\U0001f600"] or params.get("addSplitChars") == "\U0001f600"
    wide = params.get("setMaxLength", 0) > 2**31
    return bool(groups) or exceptions or case or nullable_lists or astral or wide
