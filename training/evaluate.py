"""How good the vectors are, beside the teacher's, static ones and random weights'.

``python -m training.evaluate EVALUATION [--beside MODEL_FOLDER ...]`` measures the model in the package; with
``--work FOLDER [--checkpoint latest.pt]`` one in training. Figures are kept in ``--results`` (JSON), so that a later
call measures only what is missing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch
from transformers import AlbertModel

from annopipe.albert.plain import write_plain
from annopipe.hub import locate
from training.checkpoint import LATEST
from training.export import rounded
from training.metrics import Figure
from training.pieces import Vocabulary
from training.readers import Reader, StaticReader, StudentReader, TeacherReader
from training.tasks import TASKS
from training.teacher import Teacher
from training.weights import Checkpoint, Folder, Weights, digest

RANDOM_SEEDS = (0, 1, 2)
INNER_LAYERS = range(1, 6)


def _inner(layer: int) -> Reader:
    return TeacherReader(Teacher(), layer)


def _read_folder(folder: Path) -> Reader:
    weights = Folder(folder)
    return StudentReader(folder.name, weights.model(), Vocabulary(weights.vocabulary))


class Models:
    """The readers by name, made when asked for; model folders beside the student go by their own names."""

    def __init__(self, weights: Weights, beside: Sequence[Path] = ()) -> None:
        self.weights = weights
        self.beside = {folder.name: folder for folder in beside}
        self._makers: dict[str, Callable[[], Reader]] = {
            "teacher": lambda: TeacherReader(Teacher()),
            "student": lambda: self._student("student", weights.model()),
            "student, word by word": lambda: self._student("student, word by word", weights.model(), wordwise=True),
            "static": lambda: StaticReader("static", weights.model(), self._vocabulary()),
        }
        if not weights.rounded:
            self._makers["student, int8"] = lambda: self._student("student, int8", rounded(weights.model()))
        self._makers |= {f"random {seed}": partial(self._random, seed) for seed in RANDOM_SEEDS}
        self._makers |= {f"teacher, layer {n}": partial(_inner, n) for n in INNER_LAYERS}
        self._makers |= {f"student, layer {n}": partial(self._inner, n) for n in INNER_LAYERS}
        self._makers |= {name: partial(_read_folder, folder) for name, folder in self.beside.items()}

    @property
    def names(self) -> list[str]:
        return list(self._makers)

    def make(self, name: str) -> Reader:
        return self._makers[name]()

    def key(self, name: str) -> str:
        """The name, with a digest of the weights and vocabulary that it depends on."""
        if name.startswith("teacher"):
            return name
        if name in self.beside:
            return f"{name} {digest(Folder(self.beside[name]).file)}"
        of_weights = () if name.startswith("random") else (self.weights.file,)
        return f"{name} {digest(self.weights.vocabulary, *of_weights)}"

    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.weights.vocabulary)

    def _student(self, name: str, model: AlbertModel, wordwise: bool = False) -> Reader:
        return StudentReader(name, model, self._vocabulary(), wordwise)

    def _inner(self, layer: int) -> Reader:
        return StudentReader(f"student, layer {layer}", self.weights.model(), self._vocabulary(), layer=layer)

    def _random(self, seed: int) -> Reader:
        torch.manual_seed(seed)
        model = AlbertModel(self.weights.config(), add_pooling_layer=False)
        model.train(False)
        return self._student(f"random {seed}", model)


class Results:
    """Figures by model, task and name, kept in a JSON file where one is given."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.found: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
        if path is not None and path.exists():
            self.found = json.loads(path.read_text())

    def get(self, key: str, task: str) -> dict[str, Figure] | None:
        kept = self.found.get(key, {}).get(task)
        return None if kept is None else {name: Figure(**figure) for name, figure in kept.items()}

    def put(self, key: str, task: str, figures: dict[str, Figure]) -> None:
        self.found.setdefault(key, {})[task] = {name: asdict(figure) for name, figure in figures.items()}
        if self.path is not None:
            beside = self.path.with_suffix(".partial")
            beside.write_text(json.dumps(self.found, indent=1))
            beside.replace(self.path)


def evaluate(models: Models, names: list[str], tasks: list[str], folder: Path, results: Results) -> None:
    """Measure what is missing and print a line for each figure, with its 95 % interval."""
    for name in names:
        key, reader = models.key(name), None
        for task in tasks:
            figures = results.get(key, task)
            if figures is None:
                reader = reader or models.make(name)
                figures = TASKS[task](reader, folder)
                results.put(key, task, figures)
            for what, figure in figures.items():
                print(f"{name:24} {what:16} {figure}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("--work", type=Path, help="training's folder (default: the model in the package)")
    parser.add_argument("--checkpoint", default=LATEST, help="file of the folder (default: %(default)s)")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--models", nargs="+", help="default: all but inner layers")
    parser.add_argument("--beside", nargs="*", type=Path, default=[], help="plain model folders to measure too")
    given = parser.parse_args()
    if given.work is None and given.checkpoint != LATEST:
        parser.error("--checkpoint is a file in the folder of --work: give that too")
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as scratch:
        weights = Checkpoint(given.work, given.checkpoint) if given.work else _packaged(Path(scratch))
        models = Models(weights, given.beside)
        if unknown := set(given.models or ()) - set(models.names):
            parser.error(f"--models {', '.join(sorted(unknown))}: choose of {', '.join(models.names)}")
        names = given.models or [name for name in models.names if "layer" not in name]
        evaluate(models, names, given.tasks, given.evaluation, Results(given.results))


def _packaged(scratch: Path) -> Folder:
    return Folder(write_plain(locate("albert_mini_en"), scratch / "albert_mini_en"))


if __name__ == "__main__":
    main()
