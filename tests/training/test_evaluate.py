"""The evaluation's models and its record: the packaged model by itself, a checkpoint, and a second call."""

import json
import sys
from pathlib import Path

import pytest
from training.evaluate import Models
from training.weights import Checkpoint, Folder

from training import evaluate


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", *map(str, arguments)])
    evaluate.main()


def test_the_packaged_model_is_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "results.json"
    asked = (tmp_path, "--tasks", "senses", "--models", "student", "static", "--results", results)
    run(monkeypatch, *asked)
    printed = capsys.readouterr().out
    found = json.loads(results.read_text("utf-8"))
    margins = {key.split()[0]: next(iter(one["senses"].values()))["value"] for key, one in found.items()}
    assert list(margins) == ["student", "static"]
    assert margins["student"] > margins["static"] + 0.03
    monkeypatch.setattr(evaluate, "TASKS", {"senses": None})
    run(monkeypatch, *asked)
    assert capsys.readouterr().out == printed


def test_models_go_by_what_they_depend_on(tmp_path: Path) -> None:
    for name, weights in (("a", b"1"), ("b", b"2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "spiece.model").write_bytes(b"pieces")
        (tmp_path / name / "model.safetensors").write_bytes(weights)
    one, two = (Models(Folder(tmp_path / name), [tmp_path / "a"]) for name in ("a", "b"))
    same = [name for name in one.names if one.key(name) == two.key(name)]
    of_weights = {"student", "student, word by word", "static", *(f"student, layer {n}" for n in range(1, 6))}
    assert set(one.names) - set(same) == of_weights
    assert "student, int8" not in one.names


def test_a_checkpoint_is_measured_after_rounding_too(tmp_path: Path) -> None:
    (tmp_path / "spiece.model").write_bytes(b"pieces")
    (tmp_path / "latest.pt").write_bytes(b"1")
    models = Models(Checkpoint(tmp_path, "latest.pt"))
    assert "student, int8" in models.names
    assert models.key("student").split()[1] == models.key("static").split()[1] != models.key("random 0").split()[-1]
