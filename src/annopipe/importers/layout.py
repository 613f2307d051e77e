"""Which format a folder is in, and who reads it."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Final

from annopipe.errors import SourceError
from annopipe.importers.found import Choices, Found
from annopipe.sentence_head import MODULES, transformer_folder

Reader = Callable[[Path, Choices], Found]

READERS: Final = {
    "hugging-face": "annopipe.importers.hugging_face:read",
    "torch": "annopipe.importers.hugging_face:read",
    "spark-nlp": "annopipe.importers.spark_nlp:read",
    "google-research": "annopipe.importers.google_research:read",
    "tf-hub": "annopipe.importers.tf_hub:read",
    "onnx": "annopipe.importers.onnx_export:read",
}
"""Kind → ``module:function``, imported when a folder of the kind is read."""

MARKS: Final = {
    "spark-nlp": ("metadata/part-*",),
    "hugging-face": ("model.safetensors", "model.safetensors.index.json", "model.int8.safetensors"),
    "torch": ("pytorch_model.bin", "pytorch_model.bin.index.json"),
    "tf-hub": ("saved_model.pb",),
    "google-research": ("*.ckpt*.index", "albert_config.json"),
    "onnx": ("*.onnx", "onnx/*.onnx"),
}
"""Kind → patterns of files that only a folder of this kind has; one of them is enough."""

HINTS: Final = {
    "tf_model.h5": "weights of transformers' TensorFlow classes: with transformers 4 and TensorFlow, "
    "AlbertModel.from_pretrained(folder, from_tf=True).save_pretrained(folder2) writes a model that is read",
    "flax_model.msgpack": "weights of transformers' Flax classes: with transformers 4 and Flax, "
    "AlbertModel.from_pretrained(folder, from_flax=True).save_pretrained(folder2) writes a model that is read",
    **dict.fromkeys(
        ("*.pt", "*.pth", "*.ckpt", "*.bin"),
        "a file under a name that is not looked for: if it is torch's, call it pytorch_model.bin",
    ),
    "*.safetensors": "weights under a name that is not looked for: call them model.safetensors",
    "config.json": "a config.json without weights: copy model.safetensors or pytorch_model.bin there, too",
    **dict.fromkeys(
        ("*.zip", "*.tar.gz", "*.tgz", "*.tar"),
        "an archive inside, which is not unpacked: unpack it yourself, and import that",
    ),
}
"""What a folder without a model may have in its place, and what to do then; the first that is there is told."""

SAME_MODEL: Final = ("hugging-face", "torch", "onnx")
"""Formats that repositories give side by side; the first that is there is read."""


def detect(folder: Path) -> str:
    """Return the kind of the model that lies in a folder itself, not below it.

    Raises:
        SourceError: there is none, or more than one.
    """
    kinds = kinds_in(folder)
    if not kinds:
        raise SourceError(nothing_in(folder))
    if len(kinds) > 1:
        raise SourceError(
            f"{folder.name} holds more than one model: {', '.join(kinds)}. Put each into a folder of its own"
        )
    return kinds[0]


def kinds_in(folder: Path) -> list[str]:
    """Return the kinds of the models in a folder itself; formats of one repository count as its best one."""
    found = [kind for kind, patterns in MARKS.items() if any(_some(folder, pattern) for pattern in patterns)]
    best = next((kind for kind in SAME_MODEL if kind in found), None)
    return [kind for kind in found if kind == best or kind not in SAME_MODEL]


def find_model(folder: Path) -> tuple[Path, str]:
    """Return where in an unpacked source the model lies, and its kind.

    It lies at the top, where ``modules.json`` says, or in the only folder there.

    Raises:
        SourceError: there is no model, or more than one.
        SentenceHeadError: ``modules.json`` names what is not computed here.
    """
    if (folder / MODULES).is_file():
        model = transformer_folder(folder)
        if not model.is_dir():
            raise SourceError(f"{folder.name} has no folder {model.name}, which {MODULES} names: copy the folder whole")
        return model, detect(model)
    if kinds_in(folder):
        return folder, detect(folder)
    below = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.is_symlink()]
    models = [path for path in below if kinds_in(path)]
    if len(models) == 1:
        return models[0], detect(models[0])
    if models:
        names = ", ".join(f"{path.name} ({kind})" for path in models for kind in kinds_in(path))
        raise SourceError(f"{folder.name} holds {len(models)} models: {names}. Import one of these folders")
    if len(below) == 1:
        return find_model(below[0])
    raise SourceError(nothing_in(folder))


def nothing_in(folder: Path) -> str:
    """Return what to tell of a folder without a model: what is there, and what would be read."""
    names = sorted(path.name for path in folder.iterdir())
    hint = next((hint for pattern, hint in HINTS.items() if any(fnmatch(name, pattern) for name in names)), None)
    there = ", ".join(names[:12]) or "nothing"
    if hint is not None:
        return f"{folder.name} holds no model that can be read, but {hint}. There: {there}"
    known = "; ".join(f"{kind}: {' or '.join(patterns)}" for kind, patterns in MARKS.items())
    return f"{folder.name} holds no model that can be read. There: {there}. Files that tell a model: {known}"


def reader(kind: str) -> Reader:
    """Return the reader of a kind."""
    module, _, name = READERS[kind].partition(":")
    found: Reader = getattr(import_module(module), name)
    return found


def _some(folder: Path, pattern: str) -> bool:
    matches: Iterator[Path] = folder.glob(pattern)
    return any(path.is_file() for path in matches)
