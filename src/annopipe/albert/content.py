"""What a model folder holds, as one SHA-256: two folders of equal content are one model."""

import hashlib
import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from annopipe.errors import CheckpointError, ModelChanged, ModelFileMissing
from annopipe.sentence_head import MODULES, head_files, read_head, read_modules, transformer_folder

CONTENT_FILES = ("config.json", "model.int8.safetensors", "model.safetensors", "spiece.model", "tokenizer_config.json")
"""Everything that vectors depend on; of a folder of sentence-transformers those of its transformer."""

TOKEN_FILES = ("added_tokens.json", "tokenizer.json")
"""What vectors depend on, too, where the vocabulary has no ``[CLS]`` or no ``[SEP]``."""

VOCABULARY_NAME = "spiece.model"
SUMS_NAME = "SHA256SUMS"
INDEX_NAME = "model.safetensors.index.json"
READ_BYTES = 1 << 20


class Stamp(NamedTuple):
    """What changes with a file's content: while all of it stays, so does the digest.

    Attributes:
        path: of the file.
        size: in bytes.
        modified, changed: times of the content and of the entry in ns; who rewrites a file can set back the first only.
        inode: number of the file; another one where a file was replaced.
    """

    path: str
    size: int
    modified: int
    changed: int
    inode: int


_digests: dict[Stamp, str] = {}
_lock = threading.Lock()


def stamps(folder: Path) -> tuple[Stamp, ...]:
    """Stamps of the content files that exist, shards of weights and the files of a sentence head among them."""
    folder = folder.resolve()
    return tuple(_stamp(path) for path in (*_content_paths(folder), *_head_paths(folder)))


def content_files(folder: Path) -> list[str]:
    """Names of the content files that a folder has."""
    return [path.name for path in _content_paths(folder)]


def content_hash(folder: Path) -> str:
    """SHA-256, in hexadecimal, over names and digests of the content files of a model folder.

    A sentence head counts by what it says and by its weights, wherever and in whatever order its files say it; a folder
    without one has the digest of its files alone.

    Where the folder has ``SHA256SUMS``, as ``sha256sum`` writes it, content files that it lists are compared with it. A
    file is read once per process as long as its stamp stays.

    Raises:
        ModelFileMissing: the folder has none of the files.
        CheckpointError: a file is not what ``SHA256SUMS`` says.
        SentenceHeadError: ``modules.json`` asks for what is not computed here.
        ModelChanged: a file was written to while it was read.
    """
    folder = folder.resolve()
    paths = _content_paths(folder)
    if not paths:
        raise ModelFileMissing(f"{folder} has none of {', '.join(CONTENT_FILES)}: it is not a model folder.")
    expected = _listed(folder / SUMS_NAME)
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{_checked(folder, path, expected)}  {path.name}\n".encode())
    if (head := read_head(folder)) is not None:
        for path in _head_paths(folder):
            _checked(folder, path, expected)
        said = {"head": head.identity(), "weights": [file_digest(folder / name) for name in head.weights]}
        total.update(json.dumps(said, sort_keys=True).encode())
    return total.hexdigest()


def _checked(folder: Path, path: Path, expected: dict[str, str]) -> str:
    """Digest of a file, compared with ``SHA256SUMS``."""
    digest, name = file_digest(path), path.relative_to(folder).as_posix()
    if expected.get(name, digest) != digest:
        raise CheckpointError(
            f"{path} has the SHA-256 {digest} where {SUMS_NAME} says {expected[name]}: damaged or exchanged; "
            "fetch the model again."
        )
    return digest


def file_digest(path: Path) -> str:
    """SHA-256 of one file in hexadecimal, remembered for its stamp; errors as ``content_hash``."""
    stamp = _stamp(path)
    with _lock:
        known = _digests.get(stamp)
    if known is not None:
        return known
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
    if _stamp(path) != stamp:
        raise ModelChanged(f"{path} was changed while it was read: try again once it is written whole.")
    with _lock:
        _digests[stamp] = digest.hexdigest()
    return digest.hexdigest()


def _content_paths(folder: Path) -> list[Path]:
    """Content files that exist, in the order of their names."""
    folder = transformer_folder(folder)
    names = {name for name in CONTENT_FILES if (folder / name).is_file()}
    tokens = {name for name in TOKEN_FILES if (folder / name).is_file()}
    if tokens and VOCABULARY_NAME in names and not _has_special_pieces(_stamp(folder / VOCABULARY_NAME)):
        names |= tokens
    if "model.safetensors" not in names and (folder / INDEX_NAME).is_file():
        names.update({INDEX_NAME}, (path.name for path in folder.glob("*.safetensors")))
    return [folder / name for name in sorted(names)]


def _head_paths(folder: Path) -> list[Path]:
    """Files of a sentence head that exist."""
    if not (folder / MODULES).is_file():
        return []
    modules = read_modules(folder / MODULES)
    there = {name for name in files_of(folder) if (folder / name).is_file()}
    return [folder / name for name in head_files(modules, there)]


def files_of(folder: Path) -> list[str]:
    """Paths, with ``/``, of all files of a model: those in its folder, and those in the folders of its modules."""
    folders = {""}
    if (folder / MODULES).is_file():
        folders.update(module.path for module in read_modules(folder / MODULES))
    found = [path for place in folders if (folder / place).is_dir() for path in (folder / place).iterdir()]
    return sorted(path.relative_to(folder).as_posix() for path in found if path.is_file())


@lru_cache(maxsize=64)
def _has_special_pieces(stamp: Stamp) -> bool:
    """Whether a vocabulary has the two special pieces itself."""
    content = Path(stamp[0]).read_bytes()
    return b"[CLS]" in content and b"[SEP]" in content


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return Stamp(str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _listed(path: Path) -> dict[str, str]:
    """File name to digest, from lines of ``digest  name`` or ``digest *name``."""
    if not path.is_file():
        return {}
    lines = path.read_text("utf-8", "replace").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {pair[1].strip().lstrip("*").removeprefix("./"): pair[0].lower() for pair in pairs if len(pair) == 2}
