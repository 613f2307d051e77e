"""Files that torch wrote, for the reader that does without it: run where torch is, ``python make_torch_files.py``.

Each release of torch that this is run with adds its own files; ``tensors.json`` has the bits that torch itself reads.
"""

import collections
import json
from pathlib import Path

import torch

HERE = Path(__file__).parent / "torch_files"
KINDS = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def tensors(kind: torch.dtype) -> "collections.OrderedDict[str, torch.Tensor]":
    """Numbers of every sort, in a matrix, a part of it seen crosswise, one that is tied to it, and one alone."""
    odd = [0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, 1e-40, float("inf"), float("-inf"), 1 / 3, 3.14159265, -1e-5]
    matrix = torch.tensor(odd, dtype=torch.float32).to(kind).reshape(3, 4)
    named = collections.OrderedDict()
    named["albert.matrix"] = matrix
    named["albert.crosswise"] = matrix.t()[1:, :2]
    named["albert.tied"] = matrix
    named["albert.parameter"] = torch.nn.Parameter(torch.tensor(odd[::-1], dtype=torch.float32).to(kind))
    named["albert.alone"] = torch.tensor(7.0).to(kind)
    named["albert.none"] = torch.zeros(0, 3).to(kind)
    named._metadata = collections.OrderedDict({"": {"version": 1}})
    return named


def bits(values: torch.Tensor) -> list[int]:
    return values.detach().float().contiguous().view(-1).numpy().view("uint32").tolist()


def main() -> None:
    HERE.mkdir(exist_ok=True)
    path = HERE / "tensors.json"
    known = json.loads(path.read_text()) if path.is_file() else {}
    release = torch.__version__.partition("+")[0]
    for name, kind in KINDS.items():
        file = f"torch_{release}_{name}.bin"
        torch.save(tensors(kind), HERE / file)
        loaded = torch.load(HERE / file)
        known[file] = {key: {"shape": list(value.shape), "bits": bits(value)} for key, value in loaded.items()}
    torch.save(tensors(torch.float32), HERE / f"old_{release}.bin", _use_new_zipfile_serialization=False)
    path.write_text(json.dumps(known, indent=0) + "\n")


if __name__ == "__main__":
    main()
