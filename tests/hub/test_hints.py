"""A repository where a name or path belongs: the error says what to write, in the caller's form, and that works."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import annopipe
from annopipe import nlu
from annopipe.cli import main
from annopipe.errors import AnnopipeError
from hub.conftest import BASE
from hub.local_hub import LocalHub, Repository

OTHER = "someone/her-albert"


@pytest.mark.parametrize("repository", [BASE, OTHER])
@pytest.mark.parametrize(
    "command",
    [
        "embed hello --model {}",
        "import {}",
        "pull {}",
        "card {}",
        "export {} -o out",
    ],
)
def test_on_the_command_line(
    command: str,
    repository: str,
    hub: LocalHub,
    model_files: dict[str, bytes],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    hub.repositories[OTHER] = Repository(model_files)
    assert main(shlex.split(command.format(repository))) == 2
    text = capsys.readouterr().err
    assert "pretrained(" not in text
    pull, name = re.search(r"'annopipe (pull [^']*)', then (--model \S+)", text).groups()  # type: ignore[union-attr]
    assert main(shlex.split(pull)) == 0
    assert main(["embed", "hello", *shlex.split(name)]) == 0


def nlu_load(text: str) -> object:
    return nlu.load(text)


@pytest.mark.parametrize("repository", [BASE, OTHER])
@pytest.mark.parametrize(
    "call", [annopipe.load, annopipe.AlbertEmbeddings.pretrained, annopipe.card, annopipe.import_model, nlu_load]
)
def test_in_python(
    call: Callable[[str], object], repository: str, hub: LocalHub, model_files: dict[str, bytes]
) -> None:
    hub.repositories[OTHER] = Repository(model_files)
    with pytest.raises(AnnopipeError) as caught:
        call(repository)
    text = str(caught.value)
    assert "--model" not in text
    assert "annopipe pull" not in text
    fetching, use = re.search(r"(AlbertEmbeddings\.\S+\(.*?\)), and (annopipe\.load\(.*?\)) ", text).groups()  # type: ignore[union-attr]
    names = {"AlbertEmbeddings": annopipe.AlbertEmbeddings, "annopipe": annopipe}
    eval(fetching, names)  # noqa: S307 - our own text
    assert eval(use, names).embed_words(["hello"])  # noqa: S307
    if call is nlu_load:
        reference = re.search(r"NLU's reference is '(.*?)'", text)
        assert reference is not None
        assert nlu.load(reference[1]).predict("hello") is not None


@pytest.mark.parametrize("command", ["embed hello --model albert_base_v9", "card ../x/y", "import ./albert/base"])
def test_what_is_no_repository_gets_no_such_hint(
    command: str, hub: LocalHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(command)) == 2
    text = capsys.readouterr().err
    assert "pretrained(" not in text
    assert "pull my_albert" not in text
