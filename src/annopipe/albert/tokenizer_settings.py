"""How a model folder wants its text normalised: ``tokenizer_config.json``, and a look at ``tokenizer.json``."""

import reprlib
import warnings
from dataclasses import fields
from pathlib import Path
from typing import Any

from annopipe.albert.json_object import CONFIG_NAME, FAST_NAME, json_object
from annopipe.albert.normalise import FoldingRules
from annopipe.errors import AnnopipeWarning, VocabularyError


def read_rules(folder: Path) -> FoldingRules:
    """The normalisation that ``tokenizer_config.json`` asks for; ALBERT's defaults where file or key is absent.

    Raises:
        VocabularyError: the file is not a JSON object, or a switch in it is not true or false.
    """
    path = folder / CONFIG_NAME
    values = json_object(path) if path.is_file() else {}
    chosen = {field.name: values[field.name] for field in fields(FoldingRules) if field.name in values}
    for name, value in chosen.items():
        if not isinstance(value, bool):
            raise VocabularyError(
                f"{path}: {name} is {reprlib.repr(value)}; it must be true or false: correct it or take the key out."
            )
    return FoldingRules(**chosen)


def warn_of_fast_tokenizer(folder: Path, rules: FoldingRules, pieces: int) -> None:
    """Warn if ``tokenizer.json`` contradicts ``spiece.model`` with ``rules``; only its plain switches are read."""
    path = folder / FAST_NAME
    if not path.is_file():
        return
    try:
        values = json_object(path)
    except VocabularyError as error:
        differences = [str(error)]
    else:
        differences = _differences(values, rules, pieces)
    if differences:
        warnings.warn(
            f"{path} disagrees with spiece.model and {CONFIG_NAME}, which are used: {'; '.join(differences)}. "
            f"Piece ids may differ from those of tokenizers that read {FAST_NAME}.",
            AnnopipeWarning,
            stacklevel=4,
        )


def _differences(values: dict[str, Any], rules: FoldingRules, pieces: int) -> list[str]:
    """What differs, in words."""
    steps = _normaliser_types(values.get("normalizer"))
    found = []
    if ("Lowercase" in steps) != rules.do_lower_case:
        found.append(
            f"it {'lower-cases' if 'Lowercase' in steps else 'keeps case'}, do_lower_case is {rules.do_lower_case}"
        )
    if ("StripAccents" in steps) == rules.keep_accents:
        found.append(
            f"it {'drops' if 'StripAccents' in steps else 'keeps'} accents, keep_accents is {rules.keep_accents}"
        )
    model = values.get("model")
    listed = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(listed, list | dict) and len(listed) != pieces:
        found.append(f"it has {len(listed)} pieces, spiece.model {pieces}")
    return found


def _normaliser_types(normaliser: object) -> set[str]:
    """Types of all steps of a ``tokenizer.json`` normaliser."""
    if not isinstance(normaliser, dict):
        return set()
    inner = normaliser.get("normalizers")
    types = {str(normaliser.get("type"))}
    return types.union(*(_normaliser_types(step) for step in inner)) if isinstance(inner, list) else types
