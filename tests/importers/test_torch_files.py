"""``pytorch_model.bin`` without torch: bit for bit, and nothing in it is run."""

import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annopipe.errors import ArchiveError, CheckpointError, PickleRefused, SourceError
from annopipe.importers.torch_files.archive import TorchFile
from importers.torch_zip import (
    Call,
    Name,
    Outside,
    assembled,
    long_claim,
    pickled,
    save,
    storage,
    tensor,
    write_torch_file,
)

FILES = Path(__file__).parents[1] / "golden" / "torch_files"
KNOWN = json.loads((FILES / "tensors.json").read_text())
PLACE = storage("FloatStorage", "0", 4)
DATA = {"0": np.arange(4, dtype="<f4").tobytes()}


@pytest.mark.parametrize("file", sorted(KNOWN))
def test_files_that_torch_wrote_are_read_bit_for_bit(file: str) -> None:
    with TorchFile(FILES / file) as opened:
        assert set(opened.plans) == set(KNOWN[file])
        for name, expected in KNOWN[file].items():
            values = opened.floats(name)
            assert list(values.shape) == expected["shape"], name
            assert values.reshape(-1).view(np.uint32).tolist() == expected["bits"], name


def test_the_files_are_of_more_than_one_release_and_kind() -> None:
    kinds = {name.rpartition("_")[2] for name in KNOWN}
    assert kinds == {"float32.bin", "float16.bin", "bfloat16.bin"}
    assert len({name.split("_")[1] for name in KNOWN}) >= 2


@pytest.mark.parametrize("file", sorted(path.name for path in FILES.glob("old_*.bin")))
def test_the_format_before_zip_is_refused_with_the_way_out(file: str) -> None:
    with pytest.raises(PickleRefused, match=r"before 1\.6.*save_pretrained.*model\.safetensors"):
        TorchFile(FILES / file)


@pytest.mark.oracle
@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16"])
def test_a_model_saved_by_this_torch(kind: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    sizes = {"vocab_size": 50, "embedding_size": 8, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    model = transformers.AlbertForPreTraining(transformers.AlbertConfig(**sizes, intermediate_size=32))
    model = model.to(getattr(torch, kind))
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with TorchFile(tmp_path / "pytorch_model.bin") as opened:
        for name, values in model.state_dict().items():
            ours = opened.floats(name)
            theirs = values.float().numpy()
            assert ours.shape == theirs.shape
            assert np.array_equal(ours.view(np.uint32), theirs.view(np.uint32)), name


class _Runs:
    """What a hostile pickle asks for."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._asked = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._asked


COMMAND = "touch ran"


def _hostile() -> dict[str, bytes]:
    """Pickles that no reader of tensors may follow."""
    system, ran = Name("os", "system"), (COMMAND,)
    odd = {
        "os.system": Call(system, *ran),
        "posix.system": Call(Name("posix", "system"), *ran),
        "subprocess.Popen": Call(Name("subprocess", "Popen"), ["touch", "ran"]),
        "builtins.eval": Call(Name("builtins", "eval"), "open('ran', 'w')"),
        "builtins.exec": Call(Name("builtins", "exec"), "open('ran', 'w')"),
        "__builtin__.eval": Call(Name("__builtin__", "eval"), "open('ran', 'w')"),
        "getattr": Call(Name("builtins", "getattr"), Name("os", "path"), "os"),
        "functools.partial": Call(Call(Name("functools", "partial"), system, *ran)),
        "importlib": Call(Name("importlib", "import_module"), "os"),
        "torch.load": Call(Name("torch", "load"), "other.bin"),
        "torch.hub": Call(Name("torch.hub", "load"), "owner/name", "model"),
        "numpy": Call(Name("numpy.core.multiarray", "_reconstruct"), Name("numpy", "ndarray"), (0,), b"b"),
        "a dotted name": Call(Name("torch", "os.system"), *ran),
        "a function where a tensor belongs": {"a": system},
        "a call of what a call gave": Call(Call(Name("collections", "OrderedDict"))),
        "OrderedDict of calls": Call(Name("collections", "OrderedDict"), [("a", Call(system, *ran))]),
        "persistent id: text": Outside("anything"),
        "persistent id: number": Outside(7),
        "persistent id: other class": Outside(("storage", system, "0", "cpu", 4)),
        "persistent id: no class": Outside(("storage", "FloatStorage", "0", "cpu", 4)),
        "persistent id: path": Outside(("storage", Name("torch", "FloatStorage"), "../../secret", "cpu", 4)),
        "persistent id: dict": Outside(("storage", Name("torch", "FloatStorage"), {}, "cpu", 4)),
        "persistent id: negative": storage("FloatStorage", "0", -4),
        "persistent id: true": storage("FloatStorage", "0", True),
        "persistent id: module": Outside(("module", Name("torch.nn", "Linear"), "code.py", "source")),
        "tensor of nothing": tensor(None, 0, (2,), (1,)),
        "tensor with a hook": Call(
            Name("torch._utils", "_rebuild_tensor_v2"), PLACE, 0, (2,), (1,), False, {"hook": Call(system, *ran)}
        ),
    }
    tensors = {
        "past the end": tensor(PLACE, 0, (5,), (1,)),
        "past the end by its place": tensor(PLACE, 3, (2,), (1,)),
        "past the end by its steps": tensor(PLACE, 0, (2, 2), (3, 1)),
        "before the start": tensor(PLACE, -1, (2,), (1,)),
        "backwards": tensor(PLACE, 3, (4,), (-1,)),
        "huge by repeating": tensor(PLACE, 0, (1 << 30, 1 << 20), (0, 0)),
        "huge sizes": tensor(PLACE, 0, (1 << 61,), (1,)),
        "sizes beyond any": tensor(PLACE, 0, (1 << 80,), (0,)),
        "more sizes than steps": tensor(PLACE, 0, (2, 2), (1,)),
        "many dimensions": tensor(PLACE, 0, (1,) * 65, (1,) * 65),
        "sizes as text": tensor(PLACE, 0, ("2",), (1,)),
        "storage that is not there": tensor(storage("FloatStorage", "9", 4), 0, (2,), (1,)),
        "storage of another size": tensor(storage("FloatStorage", "0", 5), 0, (2,), (1,)),
        "storage of huge size": tensor(storage("FloatStorage", "0", 1 << 40), 0, (2,), (1,)),
    }
    bytewise = {
        "INST": b"(Vtouch ran\nios\nsystem\n.",
        "OBJ": b"(cos\nsystem\nVtouch ran\no.",
        "NEWOBJ": b"\x80\x02cos\nsystem\nVtouch ran\n\x85\x81.",
        "STACK_GLOBAL": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x09touch ran\x85R.",
        "STACK_GLOBAL of numbers": b"\x80\x04K\x01K\x02\x93.",
        "EXT1": b"\x80\x02\x82\x01.",
        "PERSID": b"Panything\n.",
        "DUP": b"}" + b"2" * 1000 + b".",
        "memo of a function": b"\x80\x02cos\nsystem\nq\x00X\x09\x00\x00\x00touch ranq\x010h\x00h\x01\x85R.",
        "memo never filled": b"\x80\x02h\x07.",
        "memo at four billion": b"\x80\x02}r\xff\xff\xff\xff0j\xff\xff\xff\xffj\xff\xff\xff\xfe.",
        "memo of the mark": b"\x80\x02(q\x00h\x00.",
        "a string that claims an exabyte": long_claim(b"\x80\x04\x8d", 1 << 60),
        "bytes that claim an exabyte": long_claim(b"\x80\x04\x8e", 1 << 60),
        "a bytearray that claims an exabyte": long_claim(b"\x80\x05\x96", 1 << 60),
        "a number of two gigabytes": b"\x80\x02\x8b\xff\xff\xff\x7f1.",
        "a frame of an exabyte": long_claim(b"\x80\x04\x95", 1 << 60),
        "a number in 100 000 digits": b"I" + b"9" * 100_000 + b"\n.",
        "100 000 tuples in each other": b"\x80\x02)" + b"\x85" * 100_000 + b".",
        "100 000 lists in each other": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
        "a dict of lists as names": b"\x80\x02}]K\x01s.",
        "a dict of itself": b"\x80\x02}q\x00h\x00h\x00s.",
        "a state for a tensor": b"\x80\x02}X\x08\x00\x00\x00__class__cos\nsystem\nsb.",
        "a state for a dict": b"\x80\x02}}X\x06\x00\x00\x00updatecos\nsystem\nsb.",
        "appending to a dict": b"\x80\x02}K\x01a.",
        "a set": b"\x80\x04\x8f.",
        "a buffer from outside": b"\x80\x05\x97.",
        "nothing at all": b"",
        "only an end": b".",
        "two things": b"NN.",
        "a mark": b"(.",
        "no end": b"\x80\x02}",
        "a protocol to come": b"\x80\x63}.",
    }
    made = {name: assembled(value) for name, value in odd.items()}
    made |= {f"tensor: {name}": assembled({"a": value}) for name, value in tensors.items()}
    for protocol in range(6):
        made[f"os.system, protocol {protocol}"] = pickled({"a": _Runs(os.system, COMMAND)}, protocol)
        made[f"eval, protocol {protocol}"] = pickled(_Runs(eval, "open('ran', 'w')"), protocol)
    return made | bytewise


HOSTILE = _hostile()


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_pickle_is_refused_and_nothing_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_torch_file(tmp_path / "pytorch_model.bin", HOSTILE[name], DATA)
    before = set(tmp_path.iterdir())
    tracemalloc.start()
    try:
        with pytest.raises(PickleRefused, match=r"pytorch_model\.bin was refused: .*Nothing in it was run"):
            TorchFile(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert set(tmp_path.iterdir()) == before
    assert peak < 50 * len(HOSTILE[name]) + 5_000_000


def test_an_index_of_a_function_names_it(tmp_path: Path) -> None:
    path = write_torch_file(tmp_path / "a.bin", HOSTILE["os.system"], DATA)
    with pytest.raises(PickleRefused, match=r"asks to run os\.system"):
        TorchFile(path)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"archive/data.pkl": b"}.", "archive/constants.pkl": b"."}, "TorchScript"),
        ({"archive/data.pkl": b"}.", "archive/code/__torch__.py": b""}, "TorchScript"),
        ({"archive/data.pkl": b"}.", "archive/byteorder": b"big"}, "order of bytes"),
        ({"a/data.pkl": b"}.", "b/data.pkl": b"}."}, "no file of tensors"),
        ({"model.onnx": b""}, "no file of tensors"),
    ],
)
def test_other_zip_files_are_named(files: dict[str, bytes], reason: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.bin", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with pytest.raises(PickleRefused, match=reason):
        TorchFile(tmp_path / "a.bin")


def test_a_pointer_of_large_file_storage_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(SourceError, match="git lfs pull"):
        TorchFile(tmp_path / "a.bin")


def test_a_pickle_alone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(pickled({"a": _Runs(os.system, COMMAND)}, 2))
    with pytest.raises(PickleRefused, match="no file of torch's zip format"):
        TorchFile(tmp_path / "a.bin")


def test_numbers_of_another_kind_are_named_when_they_are_weights(tmp_path: Path) -> None:
    with (
        TorchFile(save(tmp_path / "a.bin", {"a": np.arange(3, dtype=np.int64)})) as opened,
        pytest.raises(CheckpointError, match="holds int64"),
    ):
        opened.floats("a")


def test_wrapped_state_dicts_are_unwrapped(tmp_path: Path) -> None:
    described = assembled({"epoch": 3, "state_dict": {"a": tensor(PLACE, 1, (3,), (1,))}})
    with TorchFile(write_torch_file(tmp_path / "a.bin", described, DATA)) as opened:
        assert opened.floats("a").tolist() == [1, 2, 3]


def test_cut_at_any_byte_it_is_refused(tmp_path: Path) -> None:
    whole = save(tmp_path / "a.bin", {"a": np.arange(4, dtype=np.float32)}).read_bytes()
    for length in range(len(whole)):
        (tmp_path / "a.bin").write_bytes(whole[:length])
        with pytest.raises((PickleRefused, ArchiveError)):
            TorchFile(tmp_path / "a.bin")
