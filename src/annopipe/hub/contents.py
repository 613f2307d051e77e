"""What makes a model: the files a repository or folder must have."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from annopipe.errors import ModelNotHere
from annopipe.hub.bounds import parsed
from annopipe.hub.faults import OTHER_WAYS
from annopipe.hub.names import is_name
from annopipe.hub.store import CONFIG
from annopipe.sentence_head import MODULES, Module, head_files, read_modules, transformer_folder
from annopipe.vocabulary_kinds import WHAT_SERVES, other_vocabulary

WEIGHTS: Final = "model.safetensors"
INDEX: Final = "model.safetensors.index.json"
INT8: Final = "model.int8.safetensors"
TORCH: Final = "pytorch_model.bin"
TORCH_INDEX: Final = "pytorch_model.bin.index.json"
INDEXES: Final = (INDEX, TORCH_INDEX)
PIECES: Final = "spiece.model"
FAST: Final = "tokenizer.json"
FOREIGN: Final = (TORCH, TORCH_INDEX, FAST)
"""What is fetched where the usual files are missing, and then turned into them."""
OPTIONAL: Final = ("tokenizer_config.json", "added_tokens.json")


def needed(origin: str, there: Collection[str], modules: tuple[Module, ...] = ()) -> list[str]:
    """Return the paths of the files that make a model, without the shards of an index.

    Args:
        origin: the repository or folder.
        there: paths of all its files.
        modules: of ``modules.json``, where it has one (sentence-transformers).

    Raises:
        ModelNotHere: there is no model that annopipe can use; the text says what is missing.
    """
    if modules:
        plain = _inside(there, modules[0].file(""))
        own = [modules[0].file(name) for name in needed(origin, plain)]
        return [*own, *(name for name in head_files(modules, there) if name not in own)]
    weights = next((name for name in (WEIGHTS, INDEX, INT8, TORCH, TORCH_INDEX) if name in there), WEIGHTS)
    pieces = next((name for name in (PIECES, FAST) if name in there), PIECES)
    other = other_vocabulary(there) if PIECES not in there else None
    if other is not None:
        raise ModelNotHere(f"{origin} has no {PIECES} but {other}. {WHAT_SERVES}")
    missing = [name for name in (CONFIG, pieces, weights) if name not in there]
    if missing:
        raise ModelNotHere(_unusable(origin, there, missing))
    return [CONFIG, *(name for name in OPTIONAL if name in there), pieces, weights]


def _inside(there: Collection[str], prefix: str) -> list[str]:
    """Names of the files inside a folder of a repository."""
    return [name.removeprefix(prefix) for name in there if name.startswith(prefix)]


def is_foreign(names: Collection[str]) -> bool:
    """Tell whether a fetched model is to be turned into the usual files, all at the usual places."""
    return any(name in FOREIGN or ("/" in name and name.rpartition("/")[2] in {*FOREIGN, PIECES}) for name in names)


def _unusable(origin: str, there: Collection[str], missing: Sequence[str]) -> str:
    text = f"{origin} has no {' and no '.join(missing)}"
    if WEIGHTS in missing and any(name.endswith((".h5", ".ckpt", ".msgpack")) for name in there):
        return (
            f"{text}: its weights are in a format that annopipe does not open. Convert "
            f"them once with transformers, AlbertModel.from_pretrained({origin!r}).save_pretrained('<folder>'), put "
            f"its {PIECES} and tokenizer_config.json beside them, and give that folder's path in place of the name"
        )
    return f"{text}: it is no ALBERT model with a SentencePiece vocabulary. {OTHER_WAYS}"


def modules_in(folder: Path) -> tuple[Module, ...]:
    """Return the modules of a folder of sentence-transformers, none for others; errors as `read_modules`."""
    return read_modules(folder / MODULES) if (folder / MODULES).is_file() else ()


def shards(folder: Path, index: str) -> list[str]:
    """Return the paths of the weights' shards, by an index in a folder.

    Raises:
        ModelNotHere: the index is damaged, or names something else than files beside it.
    """
    try:
        names = sorted(set(parsed((folder / index).read_bytes())["weight_map"].values()))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelNotHere(f"{index} is damaged: {error}") from error
    for name in names:
        if not isinstance(name, str) or not is_name(name) or not name.endswith((".safetensors", ".bin")):
            raise ModelNotHere(f"{index} names {name!r}, which is no file of weights beside it: refused")
    folder_of_index = index.removesuffix(index.rpartition("/")[2])
    return [folder_of_index + name for name in names]


def refuse_others(folder: Path, origin: str) -> None:
    """Raise `ModelNotHere` if the model in a folder is not ALBERT's."""
    try:
        kind = parsed((transformer_folder(folder) / CONFIG).read_bytes()).get("model_type", "albert")
    except (ValueError, AttributeError) as error:
        raise ModelNotHere(f"{CONFIG} of {origin} is damaged: {error}") from error
    if kind not in (None, "albert"):
        raise ModelNotHere(f"{origin} holds a model of the type {kind!r}; annopipe runs 'albert' alone")
