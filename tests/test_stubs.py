"""The type stubs show what users write, refuse what stages refuse, and are made from the declarations."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RIGHT = """
from annopipe import AlbertEmbeddings, DocumentAssembler, EmbeddingsFinisher, SentenceDetector, SentenceEmbeddings
from annopipe import Tokenizer, TokenizerModel
from typing import assert_type

assembler = DocumentAssembler(inputCol="text", dialect="albert").setOutputCol("document").setCleanupMode("shrink")
assert_type(assembler, DocumentAssembler)
assert_type(assembler.getInputCol(), str | None)
tokenizer = Tokenizer(inputCols=["document"], minLength=2).setMaxLength(9).setSplitChars(["-"]).addException("New York")
assert_type(tokenizer.setInputCols("document").setOutputCol("token"), Tokenizer)
assert_type(tokenizer.getMinLength(), int)
assert_type(tokenizer.fit(), TokenizerModel)
words = AlbertEmbeddings.pretrained("albert_mini", "en").setInputCols(["document", "token"]).setOutputCol("words")
assert_type(words.setPooling("mean").setLayers([-1, -2]).setBatchSize(8).setCaseSensitive(False), AlbertEmbeddings)
assert_type(words.getLayers(), str)
assert_type(SentenceDetector(explodeSentences=True).setCustomBounds(["\\n"]), SentenceDetector)
assert_type(SentenceEmbeddings().setPoolingStrategy("SUM").getPoolingStrategy(), str)
assert_type(EmbeddingsFinisher(cleanAnnotations=True).setOutputCols("a", "b").getOutputCols(), list[str])
"""
WRONG = {
    "Tokenizer(minlength=2)": "call-arg",
    'Tokenizer(minLength="2")': "arg-type",
    'Tokenizer().setMinLength("2")': "arg-type",
    'Tokenizer().setSplitChars("-")': "arg-type",
    "Tokenizer().setMinLenght(2)": "attr-defined",
    'AlbertEmbeddings().setCaseSensitive("yes")': "arg-type",
    'DocumentAssembler().setInputCol(["text"])': "arg-type",
}


def _mypy(folder: Path, code: str) -> str:
    pytest.importorskip("mypy", reason="type stubs are checked where mypy is installed")
    file = folder / "example.py"
    file.write_text(code, encoding="utf-8")
    run = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-color-output", str(file)]
    config = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(folder / "cache")]
    done = subprocess.run([*run, *config], capture_output=True, text=True, check=False, cwd=ROOT)
    assert not done.stderr, done.stderr
    return done.stdout


def test_users_code_passes(tmp_path: Path) -> None:
    assert _mypy(tmp_path, RIGHT) == ""


def test_mistakes_are_found(tmp_path: Path) -> None:
    header = "from annopipe import AlbertEmbeddings, DocumentAssembler, Tokenizer\n"
    found = _mypy(tmp_path, header + "\n".join(WRONG) + "\n")
    for number, (line, code) in enumerate(WRONG.items(), 2):
        assert any(f"example.py:{number}:" in shown and f"[{code}]" in shown for shown in found.splitlines()), line


def test_stubs_are_current() -> None:
    pytest.importorskip("ruff", reason="stubs are formatted by ruff")
    script = ROOT / "scripts" / "make_stubs.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
