"""Texts on the command line: what is printed is what the pipeline gives."""

import io
import json
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe.cli import main

TEXTS = ["I love Spark NLP", "The bank raised its rates."]


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["embed", *words, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_table_has_a_line_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", TEXTS[0]]) == 0
    lines = capsys.readouterr().out.splitlines()
    (words,) = annopipe.load("albert_mini").embed_words(TEXTS[:1])
    assert lines[0].split() == ["token", "begin", "end", "vector", "(384", "numbers)", "norm"]
    cells = [line.split() for line in lines[1:]]
    assert [row[0] for row in cells] == words.tokens
    assert [(int(row[1]), int(row[2]) + 1) for row in cells] == list(zip(words.begin, words.end, strict=True))
    for row, vector in zip(cells, words.vectors, strict=True):
        np.testing.assert_allclose([float(number) for number in row[3:7]], vector[:4], atol=6e-5)
        assert row[7] == "…"
        assert float(row[8]) == pytest.approx(float(np.linalg.norm(vector)), abs=6e-4)


def test_several_texts_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", *TEXTS]) == 0
    shown = capsys.readouterr().out
    assert "text 1: I love Spark NLP\ntoken" in shown
    assert "\n\ntext 2: The bank raised its rates.\ntoken" in shown


def test_json_holds_every_number(capsys: pytest.CaptureFixture[str]) -> None:
    rows = _json(capsys, *TEXTS)
    for row, words in zip(rows, annopipe.load("albert_mini").embed_words(TEXTS), strict=True):
        assert (row["text"], row["model"], row["dialect"]) == (words.text, "albert_mini", "albert")
        assert [token["token"] for token in row["tokens"]] == words.tokens
        assert [row["text"][t["begin"] : t["end"] + 1] for t in row["tokens"]] == words.tokens
        vectors = np.array([token["vector"] for token in row["tokens"]], np.float32)
        np.testing.assert_allclose(vectors, words.vectors, atol=1e-6)


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_texts_without_tokens(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = _json(capsys, text)
    assert main(["embed", text]) == 0
    shown = capsys.readouterr().out
    assert (shown == "(no tokens)\n") is (row["tokens"] == [])


def _standard_input(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="ascii"))


def test_standard_input_is_a_text_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _standard_input(b"\xef\xbb\xbfOne text.\r\n\nna\xc3\xafve \xe5\x8c\x97\rx\ny\x00\n", monkeypatch)
    assert [row["text"] for row in _json(capsys, "-")] == ["One text.", "", "naïve 北\rx", "y\0"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"caf\xe9\n", "standard input, line 1: not UTF-8"),
        (b"One.\n\nbad \xff byte\n", "standard input, line 3: not UTF-8 (invalid start byte at byte 4)"),
        ("One.\nTwo.".encode("utf-16"), "standard input, line 1: UTF-16, not UTF-8: convert it"),
        ("One.\nTwo.".encode("utf-16-le"), "UTF-16, not UTF-8"),
        ("Один.\nДва.".encode("utf-16-be"), "UTF-16, not UTF-8"),
        ("One.".encode("utf-32"), "UTF-32, not UTF-8"),
    ],
)
def test_standard_input_that_is_not_utf_8(
    raw: bytes, reason: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _standard_input(raw, monkeypatch)
    assert main(["embed", "-", "--json"]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("annopipe: InputFileError: standard input, line ")
    assert reason in err
    assert "\ufffd" not in out


def test_standard_input_that_is_closed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert main(["embed", "-"]) == 2
    assert "CommandError: standard input is closed" in capsys.readouterr().err


def test_a_text_of_the_command_line_that_is_not_utf_8(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "fine", "caf\udce9"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "annopipe: CommandError: text 2 is not UTF-8 (at character 3): convert it\n")


def test_dialect_pooling_layers_and_sentences_reach_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    text = "Unbelievable , naïveté! Said he."
    plain = _json(capsys, text)
    for more in (["--dialect", "sparknlp"], ["--pooling", "mean"], ["--layers", "-2"], ["--sentences"]):
        (other,) = _json(capsys, text, *more)
        assert len(other["tokens"]) == len(plain[0]["tokens"])
        assert other["tokens"] != plain[0]["tokens"], more
    (wide,) = _json(capsys, "Unbelievable!", "--layers", "concat:-1,-2")
    assert len(wide["tokens"][0]["vector"]) == 768


def test_places_are_the_dialects(capsys: pytest.CaptureFixture[str]) -> None:
    (points,) = _json(capsys, "😀 is b")
    (units,) = _json(capsys, "😀 is b", "--dialect", "sparknlp")
    assert points["tokens"][-1]["begin"] == 5
    assert units["tokens"][-1]["begin"] == 6
    assert [word["token"] for word in units["tokens"]][-1] == "b"


@pytest.mark.filterwarnings("default::annopipe.AnnopipeWarning")
def test_a_text_that_looks_like_a_file_but_is_none_is_a_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annopipe.warnings._said", set())
    assert main(["embed", "absent.txt", "an absent.txt", "--json"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["text"] for line in out.splitlines()] == ["absent.txt", "an absent.txt"]
    assert err == "annopipe: warning: absent.txt is no file here: it is embedded as a text\n"


def test_an_output_for_texts_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "a text", "-o", "x.parquet"]) == 2
    assert "CommandError: -o x.parquet goes with one input file" in capsys.readouterr().err


def test_parquet_does_not_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "a text", "-o", "-"]) == 2
    assert "CommandError: -o - : Parquet goes to a file or a folder" in capsys.readouterr().err


def test_a_file_that_is_missing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "absent.csv", "-o", "x.parquet"]) == 2
    assert "CommandError: absent.csv is no file here" in capsys.readouterr().err
