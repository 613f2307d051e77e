"""The file that ``torch.save`` writes since torch 1.6: a zip archive of one pickle and the bytes of the storages."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.safetensors import LFS
from annopipe.albert.weight_names import ANCHORS
from annopipe.errors import ArchiveError, PickleRefused, SourceError
from annopipe.importers.limits import USUAL
from annopipe.importers.torch_files.stack import LONGEST, read_pickle
from annopipe.importers.torch_files.symbols import Storage, TensorPlan
from annopipe.importers.torch_files.tensors import bytes_of, check_bounds, floats
from annopipe.importers.torch_files.way_out import OF_PICKLE, WAY_OUT
from annopipe.importers.zips import FAULTS, checked_entries, damaged, opened

OLD: Final = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"
"""How files of torch before 1.6 begin: a pickle of its magic number."""

PICKLE: Final = b"\x80"
MODULE: Final = b"_modules"
"""Key in the pickle of every whole module."""

WRAPPERS: Final = ("state_dict", "model_state_dict", "model", "module")
"""What trainings call the state dict in what they save; where a shard holds no table, it is looked for there."""

SHOWN: Final = 120

_PICKLE: Final = re.compile(r"(?:[^/]+/)?data\.pkl")


class TorchFile:
    """An opened file; ``with`` closes it.

    Attributes:
        plans: name → description of each tensor.

    Raises:
        PickleRefused: the file holds something else than named tensors, or comes from a torch before 1.6.
        ArchiveError: it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        try:
            self._open()
        except BaseException:
            self._file.close()
            raise

    def _open(self) -> None:
        self._refuse_old(self._file.read(512))
        self._zip = opened(self._file, self._path.name, USUAL)
        self._entries = {entry.filename: entry for entry in checked_entries(self._zip, self._path, USUAL)}
        pickles = [name for name in self._entries if _PICKLE.fullmatch(name)]
        if len(pickles) != 1:
            raise PickleRefused(f"{self._path.name} is no file of tensors as torch writes it. {WAY_OUT}")
        self._root = pickles[0].removesuffix("data.pkl")
        self._refuse_odd()
        self.plans = self._read_plans(pickles[0])

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._file.close()

    def floats(self, name: str) -> NDArray[np.float32]:
        """Return a tensor as float32.

        Raises:
            CheckpointError: its numbers are of a kind that no weight has.
            ArchiveError: its bytes are damaged.
        """
        plan = self.plans[name]
        return floats(name, plan, self._bytes(self._storage_entry(plan.storage).filename))

    def _refuse_old(self, start: bytes) -> None:
        if start.startswith(b"PK\x03\x04"):
            return
        if start.startswith(OLD) or start[257:262] == b"ustar":
            raise PickleRefused(
                f"{self._path.name} is in the format of torch before 1.6, which cannot be read without running what is "
                f"in it. {WAY_OUT}"
            )
        if start.startswith(LFS):
            raise SourceError(
                f"{self._path.name} is a pointer of git's large file storage, not the file: 'git lfs pull' fetches it"
            )
        way = OF_PICKLE if start.startswith(PICKLE) else WAY_OUT
        raise PickleRefused(f"{self._path.name} is no file of torch's zip format. {way}")

    def _refuse_odd(self) -> None:
        if f"{self._root}constants.pkl" in self._entries or any("/code/" in name for name in self._entries):
            raise PickleRefused(f"{self._path.name} is a TorchScript program, not a file of tensors. {WAY_OUT}")
        order = f"{self._root}byteorder"
        if order in self._entries and self._bytes(order, 16).strip() != b"little":
            raise PickleRefused(f"{self._path.name} was written on a machine with another order of bytes. {WAY_OUT}")

    def _read_plans(self, pickle: str) -> Mapping[str, TensorPlan]:
        data = self._bytes(pickle, LONGEST)
        try:
            found = read_pickle(data)
            plans = _named_tensors(found)
            for name, plan in plans.items():
                check_bounds(name, plan)
                self._storage_entry(plan.storage)
        except PickleRefused as error:
            what = "it is a whole module, code included, as torch.save(model) writes it: " if MODULE in data else ""
            text = f"{self._path.name} was refused: {what}{error}. Nothing in it was run. {WAY_OUT}"
            raise PickleRefused(text) from error
        return plans

    def _storage_entry(self, storage: Storage) -> zipfile.ZipInfo:
        entry = self._entries.get(f"{self._root}data/{storage.key}")
        if entry is None or entry.file_size != bytes_of(storage) or entry.compress_type != zipfile.ZIP_STORED:
            there = "nothing" if entry is None else f"{entry.file_size} bytes"
            raise PickleRefused(f"storage {storage.key} should have {bytes_of(storage)} bytes, but there is {there}")
        return entry

    def _bytes(self, name: str, most: int = USUAL.total) -> bytes:
        if self._entries[name].file_size > most:
            raise ArchiveError(f"{self._path.name}: {name} has {self._entries[name].file_size} bytes, too many")
        try:
            return self._zip.read(name)
        except FAULTS as error:
            raise damaged(self._path.name, error) from error


def _named_tensors(found: Any) -> dict[str, TensorPlan]:
    """Return the tensors of a state dict: of the one that holds an encoder, among what a training wrote beside it."""
    if not isinstance(found, dict) or not found:
        raise PickleRefused("it holds no named tensors")
    whole = dict(_state_dicts(found))
    if len(whole) > 1:
        raise PickleRefused(f"it holds {len(whole)} models, as {', '.join(whole)[:200]}: save one of them alone")
    if whole:
        [inner] = whole.values()
        return {name: plan for name, plan in inner.items() if isinstance(plan, TensorPlan)}
    for wrapper in WRAPPERS:
        if isinstance(found.get(wrapper), dict):
            found = found[wrapper]
    for name, plan in found.items():
        if not isinstance(name, str) or not isinstance(plan, TensorPlan):
            raise PickleRefused(f"{str(name)[:120]!r} in it is a {type(plan).__name__}, no tensor")
    return dict(found)


def _state_dicts(found: dict[Any, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give path → dict, of all dicts that hold the table of an encoder; each dict is looked at once."""
    waiting, seen = [("itself", found)], {id(found)}
    while waiting:
        path, one = waiting.pop()
        if any(isinstance(name, str) and name.endswith(ANCHORS) for name in one):
            yield path, one
            continue
        for name, inner in one.items():
            if type(inner) is dict and id(inner) not in seen:
                seen.add(id(inner))
                waiting.append((f"{path}.{str(name)[:60]}"[-SHOWN:], inner))
