"""Files of torch that hold more than tensors: the command that the error prints, run on that very file."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe.errors import PickleRefused
from importers.conftest import same_bits, vectors

pytestmark = pytest.mark.oracle
COMMAND = re.compile(r'python -c ".*?"')


def whole_module(torch: Any, model: Any, path: Path) -> None:
    torch.save(model, path)


def inside_a_checkpoint(torch: Any, model: Any, path: Path) -> None:
    torch.save({"epoch": 3, "model": model}, path)


def before_zip(torch: Any, model: Any, path: Path) -> None:
    torch.save(model.state_dict(), path, _use_new_zipfile_serialization=False)


def module_before_zip(torch: Any, model: Any, path: Path) -> None:
    torch.save(model, path, _use_new_zipfile_serialization=False)


def program(torch: Any, model: Any, path: Path) -> None:
    class Wrapped(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.albert = model

        def forward(self, ids: Any) -> Any:
            return self.albert(ids)[0]

    torch.jit.save(torch.jit.trace(Wrapped(), torch.tensor([[2, 5, 3]]), strict=False), path)


def plain_pickle(torch: Any, model: Any, path: Path) -> None:
    import pickle

    path.write_bytes(pickle.dumps(model.state_dict()))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "write", [whole_module, inside_a_checkpoint, before_zip, module_before_zip, program, plain_pickle]
)
def test_the_way_out_works(write: Any, repository: Path, tiny_model_folder: Path) -> None:
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    pytest.importorskip("safetensors")
    write(torch, transformers.AlbertModel.from_pretrained(tiny_model_folder), repository / "pytorch_model.bin")
    with pytest.raises(PickleRefused) as caught:
        annopipe.import_model(repository, "mine")
    [command] = COMMAND.findall(str(caught.value))
    program = command.removeprefix('python -c "').removesuffix('"')
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=repository, check=True, timeout=600)
    annopipe.import_model(repository, "mine")
    assert same_bits(vectors("mine"), vectors(tiny_model_folder))


def test_the_command_is_one_for_a_shell(repository: Path) -> None:
    (repository / "pytorch_model.bin").write_bytes(b"no file of torch")
    with pytest.raises(PickleRefused) as caught:
        annopipe.import_model(repository, "mine")
    [command] = COMMAND.findall(str(caught.value))
    if (shell := shutil.which("sh")) is not None:
        subprocess.run([shell, "-n", "-c", command], check=True)
    compile(command.removeprefix('python -c "').removesuffix('"'), "command", "exec")
