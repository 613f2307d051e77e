"""How the command ends: exit codes, one line on stderr, no traceback unless asked for."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from annopipe.cli import main
from annopipe.errors import ModelNotFound
from annopipe.version import __version__


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"annopipe {__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["embed", "--help"], ["doctor", "--help"]])
def test_help_has_text_and_examples(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "usage: annopipe" in shown
    assert "exit code" in shown or "examples:" in shown


@pytest.mark.parametrize("words", [[], ["embd"], ["embed"], ["embed", "x", "--dialect", "klingon"]])
def test_wrong_words_are_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "usage: annopipe" in capsys.readouterr().err


def test_an_error_is_one_line_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "text", "--model", "no_such_model"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("annopipe: ModelNotFound: no model 'no_such_model' for language 'en'")
    assert captured.err.count("\n") == 1


def test_an_error_of_several_lines_becomes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "text", "--layers", "most"]) == 2
    assert main(["embed", "text", "--model", str(tmp_path)]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert "ParamValueError" in errors[0]
    assert "has no config.json" in errors[1]


def test_debug_lets_the_error_through() -> None:
    with pytest.raises(ModelNotFound):
        main(["embed", "text", "--model", "no_such_model", "--debug"])


def _annopipe(*words: str, **options: object) -> "subprocess.Popen[bytes]":
    run = [sys.executable, "-m", "annopipe", *words]
    return subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload,no-any-return]


def test_a_closed_pipe_is_quiet() -> None:
    read, write = os.pipe()
    os.close(read)
    run = [sys.executable, "-m", "annopipe", "embed", "I love Spark NLP"]
    done = subprocess.run(run, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert done.stderr == b""
    assert done.returncode != 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_an_interrupt_ends_with_130_and_without_traceback() -> None:
    process = _annopipe("embed", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(b"I love Spark NLP\n" * 200)
    process.stdin.flush()
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.stdin.close()
    _, errors = process.stdout.read(), process.stderr.read()
    assert process.wait(timeout=30) == 130
    assert b"Traceback" not in errors
    process.stdout.close()
    process.stderr.close()


def test_a_text_of_another_encoding_prints_on_a_narrow_terminal() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "annopipe", "embed", "naïve 北京"], capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"na\\xefve" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "after", ["annopipe.cli.command", "numpy", "annopipe.cli.dataset", "annopipe.bulk.run", "onnxruntime"]
)
@pytest.mark.parametrize("way", ["module", "entry point"])
def test_a_signal_during_imports_ends_without_a_word(number: int, after: str, way: str, tmp_path: Path) -> None:
    """Whichever module is being imported; a finder raises the signal when its turn comes."""
    (tmp_path / "in.txt").write_text("a\n")
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {after!r}:\n"
        f"            os.kill(os.getpid(), {int(number)})\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    program = "import sys; from annopipe.cli import main; sys.exit(main())"
    run = [sys.executable, *(("-m", "annopipe") if way == "module" else ("-c", program))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    words = ["embed", str(tmp_path / "in.txt"), "-o", str(tmp_path / "out"), "--level", "sentence"]
    done = subprocess.run([*run, *words], capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, b"", b"")
    assert not (tmp_path / "out").exists()
