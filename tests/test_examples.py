"""Every example runs, and prints what it is there to show."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SHOWS = {
    "card.py": ["|love  |2    |5  |", "|nlp   |13   |15 |", "|384    |"],
    "plain_list.py": ["love", "nlp", "384 numbers"],
    "pandas_frame.py": ["['body', 'stars', 'vectors'] ['a', 'b', 'c']", "a [384]", "c [0]"],
    "polars_lazy.py": ["LazyFrame", "1 the bank raised its rates .", "2 we sat on the river bank ."],
    "native_stream.py": ["(6, 384) The bank raised its rates .", "(384,) 7 We sat on the river bank."],
    "save_and_load.py": ["['annopipe.json', 'metadata', 'models']", "['I', 'love', 'Spark', 'NLP'] 4 vectors of 384"],
}


def test_every_example_is_listed_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SHOWS)


@pytest.mark.parametrize("name", SHOWS)
def test_example(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for library, begins in (("pandas", "pandas"), ("polars", "polars"), ("pysail", "card")):
        if name.startswith(begins):
            pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    printed = capsys.readouterr().out
    for shown in SHOWS[name]:
        assert shown in printed
    assert not list(tmp_path.iterdir())
