"""A whole sentence-transformers folder, read into one record."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from annopipe.errors import SentenceHeadError
from annopipe.sentence_head.head import SIMILARITIES, SentenceHead
from annopipe.sentence_head.json_files import count, read_object
from annopipe.sentence_head.modules import MODULES, WAYS, Module, read_modules
from annopipe.sentence_head.pooling_file import read_pooling
from annopipe.sentence_head.step_files import WEIGHTS, read_steps
from annopipe.sentence_head.transformer_files import config_name, read_transformer

SETTINGS: Final = "config_sentence_transformers.json"
CONFIG: Final = "config.json"
WEIGHED: Final = ("Dense", "LayerNorm")


def read_head(folder: Path) -> SentenceHead | None:
    """Return what a model's folder says of sentence vectors; None for one without ``modules.json``.

    Raises:
        ModelFileMissing: ``modules.json`` names a file that is not there.
        SentenceHeadError: a file is damaged, or asks for something that is not computed here; the text names it.
    """
    if not (folder / MODULES).is_file():
        return None
    modules = read_modules(folder / MODULES)
    transformer = folder / modules[0].path
    hidden, positions = _sizes(transformer / CONFIG)
    length, lower = read_transformer(transformer, positions)
    poolings, include_prompt = read_pooling(folder / _pooling(modules).file(CONFIG), hidden)
    settings = _settings(folder / SETTINGS)
    return SentenceHead(
        poolings,
        hidden,
        length,
        steps=read_steps(folder, modules, hidden * len(poolings)),
        lower_case=lower,
        include_prompt=include_prompt,
        **settings,
    )


def head_files(modules: tuple[Module, ...], there: Collection[str]) -> list[str]:
    """Return the paths, among those of a model's files, that `read_head` needs besides the transformer's own files."""
    prefix = modules[0].file("")
    wanted = [MODULES, SETTINGS, config_name(there, prefix) or ""]
    for module in modules[1:]:
        wanted.append(module.file(CONFIG))
        if module.kind in WEIGHED:
            wanted.append(next((name for name in map(module.file, WEIGHTS) if name in there), module.file(WEIGHTS[0])))
    return [name for name in wanted if name in there]


def _pooling(modules: tuple[Module, ...]) -> Module:
    return next(module for module in modules if module.kind == "Pooling")


def _sizes(path: Path) -> tuple[int, int]:
    """Return numbers of a state and positions; what the model's own reader finds wrong is left to it."""
    values = read_object(path)
    return count(path, values, "hidden_size") or 4096, count(path, values, "max_position_embeddings") or 512


def _settings(path: Path) -> dict[str, Any]:
    """Return prompts, similarity and size of vectors."""
    values = read_object(path) if path.is_file() else {}
    kind = values.get("model_type", "SentenceTransformer")
    if kind != "SentenceTransformer":
        raise SentenceHeadError(f"{path} is of a {kind!r:.80}, not of a SentenceTransformer. {WAYS}")
    prompts = values.get("prompts") or {}
    if not isinstance(prompts, dict) or not all(isinstance(text, str | None) for text in prompts.values()):
        raise SentenceHeadError(f"{path}: prompts must be an object of texts: damaged; copy it again")
    named = {name: text for name, text in prompts.items() if text is not None}
    default = values.get("default_prompt_name")
    if default is not None and not (isinstance(default, str) and default in named):
        raise SentenceHeadError(f"{path}: default_prompt_name is {default!r:.80}, which is none of its prompts: "
                                f"{', '.join(named) or 'it has none'}")  # fmt: skip
    similarity = values.get("similarity_fn_name") or "cosine"
    if similarity not in SIMILARITIES:
        raise SentenceHeadError(
            f"{path}: similarity_fn_name is {similarity!r:.80}; known are {', '.join(SIMILARITIES)}"
        )
    return {
        "prompts": named,
        "default_prompt": default,
        "similarity": similarity,
        "truncate_dim": count(path, values, "truncate_dim"),
    }
