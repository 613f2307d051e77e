"""Who turns a model of another form into a model folder: joined by `annopipe.importers`, a layer above.

``import annopipe`` imports this module, so what reads models is imported on first use.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from annopipe.remote_folders import RemoteFolder, is_address, path_here

Reader = Callable[[str], Path]

NEEDED: Final = {"config.json", "spiece.model"}
WEIGHTS: Final = {"model.safetensors", "model.safetensors.index.json", "model.int8.safetensors"}
"""One of these, and the files of ``NEEDED``, make a model folder."""

MODULES: Final = "modules.json"
WEB: Final = ("http://", "https://")
ARCHIVES: Final = (".zip", ".tar", ".tar.gz", ".tgz")

_readers: Final[list[Reader]] = []


def join(reader: Reader) -> None:
    """Let a reader turn what a path or an address names into a model folder on this machine."""
    _readers[:] = [reader]


def source_of(place: str) -> str:
    """Return what ``pretrained`` takes for a path or an address: itself for a model folder, else what the reader made.

    Raises:
        ModelError: the reader cannot read it.
        RemoteFolderError, MissingExtra: an address cannot be read.
    """
    web = place.lower().startswith(WEB)
    if is_address(place) and not web and not place.lower().endswith(ARCHIVES):
        there = RemoteFolder.at(place).files()
        return place if not there or _is_model(there) else str(_read(place.rstrip("/") + "/"))
    if web or is_address(place):
        return str(_read(place))
    path = path_here(place).resolve()
    names = {one.relative_to(path).as_posix() for depth in ("*", "*/*") for one in path.glob(depth)}
    return str(path) if not path.exists() or _is_model(names) else str(_read(str(path)))


def _read(source: str) -> Path:
    [reader] = _readers
    return reader(source)


def _is_model(names: Collection[str]) -> bool:
    """Tell whether files make a model; in a folder of sentence-transformers they may lie in a folder inside."""
    if MODULES in names:
        names = {name.rpartition("/")[2] for name in names}
    return set(names) >= NEEDED and not WEIGHTS.isdisjoint(names)
