"""Model folders from a trained student: annopipe and transformers give the student's own vectors."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_run import PIECES
from training.__main__ import main
from training.checkpoint import LATEST, trained
from training.export import export, rounded
from training.quantise import packed
from training.teacher import Teacher
from training.train import Plan, Training
from transformers import AlbertModel as TheirModel

from annopipe.albert.model import AlbertModel
from annopipe.albert.plain import write_plain

IDS = np.array([[2, 8, 30, 44, 3], [2, 100, 9, 9, 3]])
TEXTS = ["the old doctor by the river", "A letter.", ""]


@pytest.fixture(scope="module")
def work(prepared_work: Path, teacher_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work folder of a run that is over, with a card."""
    folder = shutil.copytree(prepared_work, tmp_path_factory.mktemp("training") / "work")
    (folder / "card.md").write_text("A card.")
    Training(folder, Plan(embedding=16, tokens=800, warmup=2, inner=1), teacher=Teacher(teacher_folder)).run()
    return folder


def states(model: TheirModel) -> np.ndarray:
    with torch.no_grad():
        found: np.ndarray = model(torch.from_numpy(IDS)).last_hidden_state.numpy()
    return found


def largest(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.abs(one - two).max())


@pytest.mark.parametrize("kind", ["int8", "float16", "float32"])
def test_annopipe_gives_the_students_vectors(work: Path, tmp_path: Path, kind: str) -> None:
    student = trained(work / LATEST)
    size = export(student, work, tmp_path / "model", kind)
    assert size == sum(path.stat().st_size for path in (tmp_path / "model").iterdir())
    found = AlbertModel.load(tmp_path / "model", threads=1).encoder.run(IDS)
    expected = states({"int8": rounded, "float16": lambda model: model.half().float()}.get(kind, lambda m: m)(student))
    assert largest(found, expected) <= 2e-5
    if kind != "float32":
        assert largest(found, states(trained(work / LATEST))) > 1e-5


def test_transformers_loads_what_is_plain(work: Path, tmp_path: Path) -> None:
    student = trained(work / LATEST)
    export(student, work, tmp_path / "model", "float32")
    theirs, faults = TheirModel.from_pretrained(tmp_path / "model", add_pooling_layer=False, output_loading_info=True)
    assert not any(faults.values())
    assert np.array_equal(states(theirs.eval()), states(student))


def test_int8_expands_to_a_plain_folder(work: Path, tmp_path: Path) -> None:
    export(trained(work / LATEST), work, tmp_path / "model")
    made = write_plain(tmp_path / "model", tmp_path / "plain")
    theirs = TheirModel.from_pretrained(made, add_pooling_layer=False).eval()
    assert largest(states(theirs), states(rounded(trained(work / LATEST)))) <= 1e-6
    ours = [AlbertModel.load(folder, threads=1).embed_sentences(TEXTS) for folder in (made, tmp_path / "model")]
    assert np.array_equal(*ours)


def test_the_folders_files_and_sums(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    export(trained(work / LATEST), work, out)
    names = {"config.json", "model.int8.safetensors", "spiece.model", "tokenizer_config.json", "card.md"}
    assert {path.name for path in out.iterdir()} == names | {"SHA256SUMS"}
    lines = [line.split("  ") for line in (out / "SHA256SUMS").read_text().splitlines()]
    assert {name: digest for digest, name in lines} == {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names
    }
    config = json.loads((out / "config.json").read_text())
    assert config["model_type"] == "albert"
    assert config["dtype"] == "float32"


def test_rows_are_rounded_no_worse_than_by_their_peak() -> None:
    torch.manual_seed(3)
    matrix = torch.randn(10, 4000) * torch.rand(10, 1)
    matrix[7] = torch.randint(-127, 128, (4000,)) * 0.94 / 127
    matrix[7, 0] = 1.0
    matrix[8] = 0.0
    parts = packed({"m": matrix, "b": torch.ones(3)})
    assert parts["m"].dtype == torch.int8
    assert int(parts["m"].min()) >= -127
    assert bool((parts["m.scale"] > 0).all())
    peak = matrix.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
    made = [parts["m"].float() * parts["m.scale"][:, None], (matrix / peak).round() * peak]
    off, by_peak = (((one - matrix) ** 2).sum(1) for one in made)
    assert bool((off <= by_peak + 1e-9).all())
    assert off[7] < 0.5 * by_peak[7]
    assert torch.equal(parts["b"], torch.ones(3))


def test_one_command_from_texts_to_a_folder(
    corpus: Path, evaluation: Path, teacher_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.teacher.teacher_folder", lambda: teacher_folder)
    work, out = tmp_path / "work", tmp_path / "out"
    options = {"--work": work, "--out": out, "--evaluation": evaluation, "--embedding": 16, "--pieces": PIECES}
    options |= {"--tokens": 600, "--inner": 1, "--threads": 1}
    monkeypatch.setattr(
        sys, "argv", ["training", str(corpus), *(str(part) for pair in options.items() for part in pair)]
    )
    main()
    model = AlbertModel.load(out, threads=1)
    assert (model.config.embedding_size, model.config.hidden_size, model.config.vocab_size) == (16, 32, PIECES)
    assert largest(model.encoder.run(IDS), states(rounded(trained(work / LATEST)))) <= 2e-5
    before = (out / "SHA256SUMS").read_text()
    main()
    assert (out / "SHA256SUMS").read_text() == before
