"""``modules.json``: which modules of sentence-transformers a model is made of, and where each lies."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from annopipe.errors import SentenceHeadError
from annopipe.sentence_head.json_files import read_json

MODULES: Final = "modules.json"
PACKAGE: Final = "sentence_transformers."
KNOWN: Final = {
    "Transformer": "Transformer",
    "ALBERT": "Transformer",
    "Pooling": "Pooling",
    "Dense": "Dense",
    "LayerNorm": "LayerNorm",
    "Normalize": "Normalize",
    "Dropout": "Dropout",
}
"""Class of sentence-transformers → what it is here; ``ALBERT`` is its name for a transformer before 1.0."""

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
WAYS: Final = (
    "Its encoder alone, for word vectors and for sentence vectors by a pooling that you name: 'annopipe import FOLDER "
    "--no-sentence-head', or a copy of the folder without modules.json"
)


@dataclass(frozen=True, slots=True)
class Module:
    """One module.

    Attributes:
        kind: a value of `KNOWN`.
        path: its folder in the model's, with ``/``; "" for the model's own.
    """

    kind: str
    path: str

    def file(self, name: str) -> str:
        """Return the path of a file of the module in the model's folder."""
        return f"{self.path}/{name}" if self.path else name


def read_modules(path: Path) -> tuple[Module, ...]:
    """Return the modules that a ``modules.json`` names, the transformer first.

    Raises:
        SentenceHeadError: it is damaged, or names a module that is not computed here; the text names the module.
    """
    modules = tuple(_module(path, one) for one in _listed(path))
    kinds = [module.kind for module in modules if module.kind != "Dropout"]
    if kinds[:2] != ["Transformer", "Pooling"] or {"Transformer", "Pooling"}.intersection(kinds[2:]):
        raise SentenceHeadError(
            f"{path} has the modules {', '.join(kinds)}; annopipe computes a Transformer, a Pooling and then any of "
            f"Dense, LayerNorm and Normalize. {WAYS}"
        )
    return modules


def transformer_folder(folder: Path) -> Path:
    """Return where the files of the encoder lie: in the folder, or where its ``modules.json`` says.

    Raises:
        SentenceHeadError: ``modules.json`` is damaged, or its first module is no transformer.
    """
    path = folder / MODULES
    if not path.is_file():
        return folder
    first = _module(path, _listed(path)[0])
    if first.kind != "Transformer":
        raise SentenceHeadError(f"{path} begins with a {first.kind}; annopipe computes a Transformer first. {WAYS}")
    return folder / first.path


def _listed(path: Path) -> list[Any]:
    listed = read_json(path)
    if not isinstance(listed, list) or not listed:
        raise SentenceHeadError(f"{path} lists no modules: damaged; copy the file again")
    return listed


def _module(path: Path, found: Any) -> Module:
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise SentenceHeadError(f"{path}: {str(found)[:120]} is no module with a type: damaged; copy the file again")
    type_, place = found["type"], found.get("path", "")
    kind = KNOWN.get(type_.rpartition(".")[2]) if type_.startswith(PACKAGE) else None
    if kind is None:
        raise SentenceHeadError(
            f"{path} names the module {type_[:120]}, which annopipe does not compute (it knows "
            f"{', '.join(name for name in KNOWN if name != 'ALBERT')} of sentence-transformers). {WAYS}"
        )
    parts = place.removesuffix("/").split("/") if isinstance(place, str) and place else []
    if not isinstance(place, str) or not all(NAME.fullmatch(part) for part in parts):
        raise SentenceHeadError(f"{path}: the path {place!r:.120} of a module is no folder inside the model's: refused")
    return Module(kind, "/".join(parts))
