"""The model of the contest: ALBERT-base's shape with random weights, in the forms that the peers read."""

import subprocess
from dataclasses import asdict
from pathlib import Path

from base_model import BASE, random_weights
from contest.process import PROCESSES
from model_folder import write_model_folder

NAME = "ALBERT base's shape, random weights, the bundled vocabulary"


def write_model(folder: Path, python: Path) -> Path:
    """Write the folder, with what the environment of transformers makes of it.

    Raises:
        SystemExit: that environment cannot read it.
    """
    write_model_folder(folder, {**asdict(BASE), "architectures": ["AlbertModel"]}, random_weights(BASE))
    done = subprocess.run(
        [str(python), str(PROCESSES / "export.py"), str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the model cannot be exported: {done.stderr[-1000:]}")
    return folder
