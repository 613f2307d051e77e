"""One command from texts to a model folder: ``python -m training CORPUS --work FOLDER --out FOLDER``."""

from __future__ import annotations

import argparse
import os
from dataclasses import fields
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    from training.train import Plan

    made = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    made.add_argument("corpus", type=Path, help="folder of SOURCE.txt.xz files")
    made.add_argument("--work", type=Path, required=True, help="folder for segments, vocabulary, checkpoints, log")
    made.add_argument("--out", type=Path, help="model folder to write when the tokens are spent")
    made.add_argument("--evaluation", type=Path, help="evaluation texts: kept out of training; STS-B dev is watched")
    made.add_argument("--pieces", type=int, default=20_000)
    made.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    for field in fields(Plan):
        kind = type(field.default)
        made.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    return made


def main() -> None:
    import torch

    from training.prepare import prepare
    from training.train import Plan, Training
    from training.vocabulary import train_vocabulary

    given = parser().parse_args()
    torch.set_num_threads(given.threads)
    given.work.mkdir(parents=True, exist_ok=True)
    segments = prepare(given.corpus, given.evaluation, given.work)
    train_vocabulary(segments, given.work, given.pieces)
    plan = Plan(**{field.name: getattr(given, field.name) for field in fields(Plan)})
    training = Training(given.work, plan, given.evaluation)
    training.run()
    if given.out:
        from training.export import export

        export(training.model, given.work, given.out)


if __name__ == "__main__":
    main()
