"""Saving to one folder and loading again: JSON that a person can read, models by content hash, nothing executed.

<folder>/annopipe.json          format number, version, and the stages with their parameters
<folder>/metadata/              the class, where ``pyspark.ml`` looks for it: our stages lie in its saved pipelines
<folder>/models/<sha256>/       each model once, however many stages use it
"""

import json
import os
import re
import shutil
import tempfile
from abc import abstractmethod
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Final, Self

from annopipe.errors import AnnopipeError, ParamTypeError, SavedPipelineError
from annopipe.remote_folders import RemoteFolder, fetched_for_this_process, is_address, path_here
from annopipe.version import __version__

FORMAT: Final = 1
MANIFEST: Final = "annopipe.json"
MODELS: Final = "models"
METADATA: Final = "metadata"
PART: Final = "part-00000"
WRITER: Final = "annopipe"
_OURS: Final = re.compile(rf"{MODELS}/[0-9a-f]{{64}}/|{METADATA}/")
"""Files that ``save`` writes beside the manifest: nothing else is removed when it overwrites."""


class Shelf:
    """The models of one saved folder."""

    def __init__(self, folder: Path, *, came_from: str | None = None) -> None:
        self._folder = folder / MODELS
        self.came_from = came_from
        """Address that the folder was copied from: what came is compared with its digest."""

    def put(self, model: Path, digest: str) -> str:
        """Copy a model's folder in, unless its content is here already; return the digest."""
        target = self._folder / digest
        if not target.exists():
            shutil.copytree(model, target)
        return digest

    def get(self, digest: str) -> Path:
        """Return the folder of a model.

        Raises:
            SavedPipelineError: it is not here.
        """
        target = self._folder / digest
        if not digest.isalnum() or not target.is_dir():
            msg = f"the saved folder lacks the model {target}: it was copied in part; save it again"
            raise SavedPipelineError(msg)
        return target


class Savable:
    """Base of everything with ``save`` and ``load``."""

    _savable: ClassVar[dict[str, type["Savable"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class by name, so that a saved folder finds it."""
        super().__init_subclass__(**kwargs)
        Savable._savable[cls.__name__] = cls

    @abstractmethod
    def describe(self, shelf: Shelf) -> dict[str, Any]:
        """Return what JSON holds of this object; models go to the shelf."""

    @classmethod
    @abstractmethod
    def restore(cls, description: Mapping[str, Any], shelf: Shelf) -> Self:
        """Return the object that ``describe`` described."""

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Save into a new folder, all or nothing.

        Args:
            path: the folder, made with its parents; or an address, such as ``s3://bucket/pipeline``, that fsspec opens
                with the extra for it (``annopipe[s3]``, ``[gcs]``, ``[azure]``, ``[remote]``). At an address the folder
                can be loaded once all of it is there.
            overwrite: replace a folder that an earlier ``save`` made.

        Raises:
            SavedPipelineError: the folder exists (and is not ours to replace, with ``overwrite``).
            RemoteFolderError, MissingExtra: the address cannot be written.
        """
        if is_address(path):
            with tempfile.TemporaryDirectory(prefix="annopipe-") as scratch:
                self._save_at(RemoteFolder.at(path), Path(scratch), overwrite=overwrite)
            return
        target = local_path(path)
        _check_free(target, overwrite=overwrite)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
            made = Path(scratch) / "new"
            made.mkdir()
            self._write_into(made)
            if target.exists():
                target.rename(Path(scratch) / "old")
            made.rename(target)

    def _save_at(self, remote: RemoteFolder, scratch: Path, *, overwrite: bool) -> None:
        there = remote.files()
        if there and not overwrite:
            raise SavedPipelineError(_exists(remote.address))
        if there and MANIFEST not in there:
            raise SavedPipelineError(_not_ours(remote.address))
        self._write_into(scratch)
        new = {path.relative_to(scratch).as_posix() for path in scratch.rglob("*") if path.is_file()}
        remote.put(scratch, last=MANIFEST, stale=[name for name in there if name not in new and _OURS.match(name)])

    def _write_into(self, made: Path) -> None:
        content = {"class": type(self).__name__, **self.describe(Shelf(made))}
        manifest = {"format": FORMAT, "annopipe": __version__, "content": content}
        (made / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        self._write_for_pyspark(made / METADATA)

    def _write_for_pyspark(self, folder: Path) -> None:
        """Write the line that ``pyspark.ml`` reads of a stage that it saved, before it calls the class' ``load``."""
        cls = type(self)
        module = "annopipe" if _public(cls.__name__) is cls else cls.__module__
        entries = {"class": f"{module}.{cls.__name__}", "uid": getattr(self, "uid", ""), "sparkVersion": WRITER}
        folder.mkdir()
        line = json.dumps({**entries, "timestamp": 0, "paramMap": {}, "defaultParamMap": {}})
        (folder / PART).write_text(line + "\n", encoding="utf-8")

    def write(self) -> "Writer":
        """Return a writer, as pyspark's: ``stage.write().overwrite().save(path)``."""
        return Writer(self)

    @classmethod
    def read(cls) -> "Reader":
        """Return a reader, as pyspark's: ``PipelineModel.read().load(path)``."""
        return Reader(cls)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Load what ``save`` wrote, from a folder or an address; nothing in the folder is executed.

        Raises:
            SavedPipelineError: no such folder, one that another program or a later version wrote, or another class.
            RemoteFolderError, MissingExtra: the address cannot be read.
        """
        found = load_any(path)
        if not isinstance(found, cls):
            name = type(found).__name__
            msg = f"{path} holds a {name}: load it with {name}.load(...)"
            raise SavedPipelineError(msg)
        return found


def local_path(path: str | os.PathLike[str]) -> Path:
    """Return the path of this machine that a user or pyspark means: ``/data/x``, ``file:/data/x``, ``file:///data/x``.

    Raises:
        ParamTypeError: neither text nor a path.
    """
    if not isinstance(path, str | os.PathLike):
        raise ParamTypeError(f"the folder of a saved pipeline is named by text or a path, not by {path!r:.60}")
    return path_here(path)


def load_any(path: str | os.PathLike[str]) -> Savable:
    """Load what ``save`` wrote, whatever its class; see `Savable.load`."""
    if not is_address(path):
        return _load(local_path(path))
    remote = RemoteFolder.at(path)
    files = remote.files()
    if not files:
        raise SavedPipelineError(_not_there(remote.address))
    wanted = files if MANIFEST in files else {name: files[name] for name in files if name.startswith(f"{METADATA}/")}
    folder = fetched_for_this_process(remote, wanted)
    try:
        return _load(folder, came_from=remote.address)
    except SavedPipelineError as error:
        raise SavedPipelineError(str(error).replace(str(folder), remote.address)) from error


def _load(folder: Path, came_from: str | None = None) -> Savable:
    manifest = _read_manifest(folder)
    try:
        return restore_any(manifest["content"], Shelf(folder, came_from=came_from))
    except AnnopipeError:
        raise
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as broken:
        raise _damaged(folder / MANIFEST, broken) from broken


def restore_any(content: Mapping[str, Any], shelf: Shelf) -> Savable:
    """Return the object of a description, whatever its class."""
    name = str(content.get("class"))
    cls = Savable._savable.get(name) or _public(name)
    if cls is None:
        msg = f"the saved folder names a stage {name!r}, which this version of annopipe ({__version__}) does not have"
        raise SavedPipelineError(msg)
    return cls.restore(content, shelf)


def _public(name: str) -> type[Savable] | None:
    """Return the class of a public name that nothing has imported yet, or None."""
    found = getattr(import_module("annopipe"), name, None) if name.isidentifier() and name[0].isupper() else None
    return found if isinstance(found, type) and issubclass(found, Savable) else None


def _check_free(target: Path, *, overwrite: bool) -> None:
    if not target.exists() and not target.is_symlink():
        return
    if not overwrite:
        raise SavedPipelineError(_exists(target))
    if not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise SavedPipelineError(_not_ours(target))


def _exists(place: object) -> str:
    return (
        f"Path {place} already exists. To overwrite it, please use write().overwrite().save(path) "
        "or save(path, overwrite=True)"
    )


def _not_ours(place: object) -> str:
    return f"{place} was not saved by annopipe: it is not overwritten; remove it yourself or choose another folder"


def _not_there(place: object) -> str:
    return f"Input path does not exist: {place}; give a folder that save(...) of annopipe wrote"


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file() and _is_ours(folder / METADATA):
        msg = f"{folder} has no {MANIFEST}: it was copied in part; copy it again, or save the pipeline again"
        raise SavedPipelineError(msg)
    if not path.is_file() and (name := _pyspark_class(folder / METADATA)):
        msg = f"{folder} was saved by pyspark: load it with {name}.load(...)"
        raise SavedPipelineError(msg)
    if not path.is_file() and (folder / METADATA).is_dir():
        msg = f"{folder} was saved by Spark: annopipe.import_pipeline reads pipelines of Spark NLP, import_model models"
        raise SavedPipelineError(msg)
    if not path.is_file():
        raise SavedPipelineError(_not_there(path))
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        number = int(manifest["format"])
        manifest["content"]["class"]
    except (ValueError, KeyError, TypeError, RecursionError) as broken:
        raise _damaged(path, broken) from broken
    if number > FORMAT:
        msg = (
            f"{path} has format {number}, written by annopipe {manifest.get('annopipe')}; this one reads up to {FORMAT}"
        )
        raise SavedPipelineError(msg)
    return dict(manifest)


def saved_class(path: str | os.PathLike[str]) -> str | None:
    """Return the name of the class whose ``save`` wrote a folder; None where it is none of ours."""
    try:
        content = (
            RemoteFolder.at(path).read(MANIFEST) if is_address(path) else (local_path(path) / MANIFEST).read_bytes()
        )
        manifest = json.loads(content)
        return str(manifest["content"]["class"])
    except (AnnopipeError, OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _pyspark_class(metadata: Path) -> str | None:
    """Return the public name of pyspark's class that Python's pyspark saved with this metadata, None for others."""
    for line in metadata.glob("part-*"):
        found = re.search(r'"class": ?"(pyspark\.ml\.[\w.]+)"', line.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            return found.group(1).replace("pyspark.ml.pipeline.", "pyspark.ml.")
    return None


def _is_ours(metadata: Path) -> bool:
    """Tell whether what `Savable` writes for pyspark lies in a folder."""
    line = metadata / PART
    return line.is_file() and f'"sparkVersion": "{WRITER}"' in line.read_text(encoding="utf-8", errors="replace")


def _damaged(manifest: Path, broken: Exception) -> SavedPipelineError:
    return SavedPipelineError(f"{manifest} is damaged ({broken!r:.200}): save the pipeline again")


class Writer:
    """Saves one object; ``overwrite()`` allows replacing what an earlier save made."""

    def __init__(self, saved: Savable) -> None:
        self._saved = saved
        self._overwrite = False

    def overwrite(self) -> "Writer":
        """Allow an existing saved folder to be replaced."""
        self._overwrite = True
        return self

    def session(self, sparkSession: Any) -> "Writer":  # noqa: ARG002
        """Return the writer: pyspark's names its session, which is not needed here."""
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save; see `Savable.save`."""
        self._saved.save(path, overwrite=self._overwrite)


class Reader:
    """Loads objects of one class."""

    def __init__(self, cls: type[Savable]) -> None:
        self._cls = cls

    def session(self, sparkSession: Any) -> "Reader":  # noqa: ARG002
        """Return the reader; see `Writer.session`."""
        return self

    def load(self, path: str | os.PathLike[str]) -> Savable:
        """Load; see `Savable.load`."""
        return self._cls.load(path)
