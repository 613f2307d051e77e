"""Tokens that a tokenizer got behind its SentencePiece vocabulary, as the files of a model folder name them.

Special ones such as ``[CLS]`` may be there alone. All others are text to annopipe, and a warning says so.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from annopipe.albert.json_object import CONFIG_NAME, FAST_NAME, json_object
from annopipe.errors import VocabularyError

ADDED_NAME: Final = "added_tokens.json"
MAP_NAME: Final = "special_tokens_map.json"
ROLES: Final = ("bos", "eos", "unk", "sep", "pad", "cls", "mask")
SHOWN: Final = 20
SHOWN_CHARACTERS: Final = 60


def added_tokens(folder: Path) -> dict[str, int]:
    """Token → id of the tokens that are added in a model folder; those of the vocabulary may be among them.

    ``added_tokens_decoder`` of ``tokenizer_config.json`` goes before ``added_tokens.json``, and this before
    ``tokenizer.json``; a damaged ``tokenizer.json`` counts as none.

    Raises:
        VocabularyError: a file is damaged, or two tokens have one id.
    """
    found = {**_of_fast(folder), **_of_list(folder), **_of_config(folder)}
    places: dict[int, str] = {}
    for token, number in found.items():
        if number in places:
            raise VocabularyError(
                f"{folder}: the added tokens {_shown(places[number])} and {_shown(token)} have the same id {number}: "
                f"correct {ADDED_NAME}, {CONFIG_NAME} or {FAST_NAME}."
            )
        places[number] = token
    return found


def named_tokens(folder: Path) -> set[str]:
    """Tokens that a model folder names as special without an id."""
    values = [_optional(folder / name) for name in (MAP_NAME, CONFIG_NAME)]
    keys = (*(f"{role}_token" for role in ROLES), "additional_special_tokens", "extra_special_tokens")
    return {token for told in values for key in keys for token in _texts(told.get(key))}


def plain(token: str) -> str:
    """A token without halves of characters, which JSON can have and SentencePiece cannot look up."""
    return token.encode("utf-8", "replace").decode()


def listed(tokens: list[str]) -> str:
    """Tokens for a text, some of many."""
    more = f" and {len(tokens) - SHOWN} more" if len(tokens) > SHOWN else ""
    return ", ".join(map(_shown, tokens[:SHOWN])) + more


def _of_list(folder: Path) -> dict[str, int]:
    path = folder / ADDED_NAME
    values = json_object(path) if path.is_file() else {}
    return {token: _id(path, token, number) for token, number in values.items()}


def _of_config(folder: Path) -> dict[str, int]:
    path = folder / CONFIG_NAME
    values = json_object(path).get("added_tokens_decoder") if path.is_file() else None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise VocabularyError(f"{path}: added_tokens_decoder is no object of ids and tokens: copy the file again.")
    found: dict[str, int] = {}
    for key, token in values.items():
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else key
        for text in _texts(token):
            found[text] = _id(path, text, number)
    return found


def _of_fast(folder: Path) -> dict[str, int]:
    tokens = _optional(folder / FAST_NAME).get("added_tokens")
    found: dict[str, int] = {}
    for token in tokens if isinstance(tokens, list) else ():
        number = token.get("id") if isinstance(token, dict) else None
        if type(number) is int and number >= 0:
            found |= dict.fromkeys(_texts(token), number)
    return found


def _id(path: Path, token: str, number: object) -> int:
    if type(number) is not int or number < 0:
        raise VocabularyError(f"{path}: the id of the added token {_shown(token)} is no whole number: correct it.")
    return number


def _texts(value: object) -> Iterator[str]:
    """Texts of a token as JSON has it: a text, an object with ``content``, or a list or object of these."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and isinstance(value.get("content"), str):
        yield value["content"]
    elif isinstance(value, list):
        for one in value:
            if not isinstance(one, list):
                yield from _texts(one)
    elif isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, str))


def _optional(path: Path) -> Mapping[str, Any]:
    try:
        return json_object(path) if path.is_file() else {}
    except VocabularyError:
        return {}


def _shown(token: str) -> str:
    return repr(token[:SHOWN_CHARACTERS])
