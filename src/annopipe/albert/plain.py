"""A plain folder in Hugging Face's form from any model folder: one ``model.safetensors`` of float32 numbers."""

import json
import os
import shutil
from pathlib import Path
from typing import Final

from annopipe.albert.checkpoint import FILE_NAME, read_weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import TOKEN_FILES, content_files
from annopipe.albert.float_file import write_weights
from annopipe.albert.sentence_files import write_head
from annopipe.albert.sentence_steps import SentenceSteps
from annopipe.albert.vocabulary import Vocabulary
from annopipe.errors import ModelError
from annopipe.sentence_head import read_head, transformer_folder

COPIED: Final = ("spiece.model", "tokenizer_config.json", "card.md")
CONFIG: Final = "config.json"


def write_plain(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Write a model as a plain folder that transformers' ``AlbertModel.from_pretrained`` loads; return the folder.

    The weights are the float32 numbers that annopipe computes with: int8 rows and half precisions are expanded, shards
    put together, training heads left out. Vocabulary, tokenizer settings and card are copied; the sentence head of a
    folder of sentence-transformers is written as its releases read it.

    Args:
        source: a model folder, such as ``annopipe.load("albert_mini").model.folder``.
        target: a folder that does not exist or is empty; made with its parents. All or nothing is written.

    Raises:
        ModelError: the source cannot be read (see ``read_weights``), or the target is not empty.
    """
    source, target = Path(source), Path(target)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ModelError(f"{target} exists and is not an empty folder: choose another one.")
    transformer, head = transformer_folder(source), read_head(source)
    config = AlbertConfig.read(transformer)
    Vocabulary.read(transformer, config)
    weights = read_weights(transformer, config)
    steps = None if head is None else SentenceSteps.read(source, head)
    draft = target.with_name(f".{target.name}-{os.urandom(8).hex()}")
    draft.mkdir(parents=True)
    try:
        write_weights(draft / FILE_NAME, weights)
        _write_config(transformer / CONFIG, draft / CONFIG)
        for name in {*COPIED, *(set(TOKEN_FILES) & set(content_files(source)))}:
            if (transformer / name).is_file():
                shutil.copyfile(transformer / name, draft / name)
        if steps is not None:
            write_head(steps, draft)
        if target.is_dir():
            target.rmdir()
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _write_config(source: Path, target: Path) -> None:
    """Copy ``config.json`` with the dtype that the weights have now."""
    values = json.loads(source.read_bytes())
    values.pop("torch_dtype", None)
    text = json.dumps({**values, "dtype": "float32"}, indent=2, sort_keys=True, ensure_ascii=False)
    target.write_text(text + "\n", encoding="utf-8")
