"""``tokenizer.json`` of a Unigram vocabulary as the SentencePiece model that gives the same pieces, or why not.

The forms known are those that transformers writes for ALBERT: quotes replaced, accents dropped, lower case, the
vocabulary's own table of characters; words cut at white space and marked by ``▁``; ``[CLS]`` and ``[SEP]`` around them.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from annopipe.albert.other_vocabularies import kind_of
from annopipe.albert.proto import integer, single, text
from annopipe.errors import OtherVocabulary, VocabularyError
from annopipe.vocabulary_kinds import WHAT_SERVES

NORMAL, UNKNOWN, CONTROL, USER_DEFINED = 1, 2, 3, 4
UNIGRAM: Final = 1
SPACE_MARK: Final = "▁"
COMMA_PENALTY: Final = 100.0
"""What transformers takes from the score of pieces such as ``▁9,``, which ALBERT's code takes apart again."""

REFUSED: Final = "tokenizer.json cannot be read as a SentencePiece vocabulary"

LARGEST_SCORE: Final = 1e30

Steps = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A SentencePiece model's bytes, and the switches of ``tokenizer_config.json`` that go with it."""

    data: bytes
    switches: Mapping[str, bool]


def sentencepiece_of(document: Mapping[str, Any]) -> Equivalent:
    """Return the SentencePiece model that a ``tokenizer.json`` is equivalent to.

    Raises:
        VocabularyError: there is none; the text says which part of the file has no equivalent.
    """
    model = document.get("model")
    if not isinstance(model, dict) or model.get("type", "Unigram" if "unk_id" in model else None) != "Unigram":
        kind = kind_of(dict(document))
        if kind is not None:
            raise OtherVocabulary(f"{REFUSED}: its model is {kind!r}; ALBERT's is Unigram. {WHAT_SERVES}")
        raise _refused("its model is None; ALBERT's is Unigram")
    if model.get("byte_fallback"):
        raise _refused("it falls back on bytes, which ALBERT's vocabularies do not")
    switches, table = _normalizer(_steps(document.get("normalizer"), "normalizers"))
    _check_pre_tokenizer(_steps(document.get("pre_tokenizer"), "pretokenizers"))
    names, scores = _vocabulary(model)
    kinds = _kinds(names, model.get("unk_id"), document.get("added_tokens"))
    scores += [0.0] * (len(names) - len(scores))
    _check_post_processor(document.get("post_processor"), names)
    return Equivalent(_proto(names, scores, kinds, table), switches)


def _refused(reason: str) -> VocabularyError:
    return VocabularyError(
        f"{REFUSED}: {reason}. Put the model's own spiece.model "
        "beside it, or give its path, vocabulary= or --vocabulary"
    )


def _steps(part: Any, inner: str) -> Steps:
    """Return the steps of a normalizer or pre-tokenizer, sequences in sequences unrolled."""
    found: Steps = []
    todo = [part] if part is not None else []
    while todo:
        step = todo.pop(0)
        if not isinstance(step, dict) or len(found) + len(todo) > 64:
            raise _refused("it has steps of no known form")
        if step.get("type") != "Sequence":
            found.append(step)
        elif isinstance(step.get(inner), list):
            todo[:0] = step[inner]
        else:
            raise _refused(f"a sequence of {inner} is empty")
    return found


def _normalizer(steps: Steps) -> tuple[dict[str, bool], bytes]:
    """Return the switches and the table of characters that normalising steps stand for."""
    rest = list(steps)
    for quote in ("``", "''"):
        if not rest or rest.pop(0) != {"type": "Replace", "pattern": {"String": quote}, "content": '"'}:
            raise _refused(f"its normalizer does not begin by replacing {quote} by a double quote, as ALBERT's does")
    drops = [step.get("type") for step in rest[:2]] == ["NFKD", "StripAccents"]
    rest = rest[2:] if drops else rest
    lowers = bool(rest) and rest[0].get("type") == "Lowercase"
    rest = rest[1:] if lowers else rest
    table = b""
    if rest and rest[0].get("type") == "Precompiled":
        table = _decoded(rest.pop(0).get("precompiled_charsmap"))
    if rest and rest[0] == {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}:
        rest.pop(0)
    if rest:
        raise _refused(f"its normalizer has a step {str(rest[0].get('type'))[:60]!r} where ALBERT's has none")
    return {"do_lower_case": lowers, "keep_accents": not drops, "remove_space": True}, table


def _decoded(table: Any) -> bytes:
    if table is None:
        return b""
    try:
        return base64.b64decode(table, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise _refused("its table of characters (precompiled_charsmap) is damaged") from error


def _check_pre_tokenizer(steps: Steps) -> None:
    rest = [step for step in steps if step.get("type") != "WhitespaceSplit"]
    if len(rest) != 1 or len(steps) > 2 or rest[0] is not steps[-1] or rest[0].get("type") != "Metaspace":
        names = ", ".join(str(step.get("type"))[:60] for step in steps) or "none"
        raise _refused(f"its pre-tokenizer is {names}; ALBERT's is WhitespaceSplit and Metaspace")
    step = rest[0]
    scheme = step.get("prepend_scheme", "always" if step.get("add_prefix_space", True) else "never")
    if step.get("replacement") != SPACE_MARK or scheme != "always":
        raise _refused("its Metaspace does not put ▁ before every word")


def _vocabulary(model: Mapping[str, Any]) -> tuple[list[str], list[float]]:
    pairs = model.get("vocab")
    if not isinstance(pairs, list) or not pairs:
        raise _refused("it has no vocabulary")
    names: list[str] = []
    scores: list[float] = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str) or not pair[0]:
            raise _refused("a piece of its vocabulary is no text with a score")
        if not _is_text(pair[0]):
            raise _refused(f"the piece {pair[0][:60]!a} of its vocabulary is no text")
        names.append(pair[0])
        scores.append(_score(pair[0], pair[1]))
    if len(set(names)) != len(names):
        raise _refused("a piece is twice in its vocabulary")
    return names, scores


def _is_text(piece: str) -> bool:
    """Whether a piece has no half of a character."""
    return piece.encode("utf-8", "replace").decode() == piece


def _score(piece: str, score: Any) -> float:
    """Return a piece's score, which SentencePiece keeps in 32 bits."""
    if isinstance(score, bool) or not isinstance(score, int | float) or not abs(score) <= LARGEST_SCORE:
        raise _refused(f"the score of {piece[:60]!r} is no number")
    if _is_number_with_comma(piece) and score <= -COMMA_PENALTY:
        return float(np.float32(score + COMMA_PENALTY))
    if float(np.float32(score)) != score:
        raise _refused(f"the score of {piece[:60]!r}, {score!r}, has more digits than SentencePiece keeps")
    return float(score)


def _is_number_with_comma(piece: str) -> bool:
    return len(piece) > 1 and piece[-1] == "," and piece[-2].isdigit()


def _kinds(names: list[str], unknown: Any, added: Any) -> list[int]:
    """Return each piece's kind; pieces that ``added_tokens`` puts behind the vocabulary are added to the names."""
    if type(unknown) is not int or not 0 <= unknown < len(names):
        raise _refused("it names no piece for what is unknown")
    kinds = [NORMAL] * len(names)
    tokens = added if isinstance(added, list) else []
    if not all(isinstance(token, dict) and type(token.get("id")) is int for token in tokens):
        raise _refused("its added_tokens have no known form")
    for token in sorted(tokens, key=lambda token: token["id"]):
        place, name = token["id"], token.get("content")
        if place == len(names) and isinstance(name, str) and _is_text(name) and name not in names:
            names.append(name)
            kinds.append(NORMAL)
        if not 0 <= place < len(names) or names[place] != name:
            raise _refused(f"the added token {str(name)[:60]!r} is at another place than in the vocabulary")
        if not token.get("special") and (token.get("lstrip") or token.get("rstrip") or token.get("single_word")):
            raise _refused(f"the added token {name[:60]!r} takes spaces beside it")
        kinds[place] = CONTROL if token.get("special") else USER_DEFINED
    kinds[unknown] = UNKNOWN
    return kinds


def _check_post_processor(part: Any, names: list[str]) -> None:
    expected = [("[CLS]", True), ("A", False), ("[SEP]", True)]
    if isinstance(part, dict) and part.get("type") == "TemplateProcessing":
        found = _template(part)
    elif isinstance(part, dict) and part.get("type") == "BertProcessing":
        ends = [part.get("cls"), part.get("sep")]
        found = expected if ends == [[name, names.index(name)] for name in ("[CLS]", "[SEP]") if name in names] else []
    else:
        found = []
    if found != expected:
        raise _refused("it does not put [CLS] before and [SEP] behind a text")


def _template(part: Mapping[str, Any]) -> list[tuple[str, bool]]:
    single_form = part.get("single")
    found = []
    for step in single_form if isinstance(single_form, list) else []:
        for kind in ("SpecialToken", "Sequence"):
            inner = step.get(kind) if isinstance(step, dict) else None
            if isinstance(inner, dict):
                found.append((str(inner.get("id")), kind == "SpecialToken"))
    return found


def _proto(names: list[str], scores: list[float], kinds: list[int], table: bytes) -> bytes:
    """Return a serialised ModelProto of SentencePiece."""
    pieces = b"".join(
        text(1, text(1, name) + single(2, score) + integer(3, kind))
        for name, score, kind in zip(names, scores, kinds, strict=True)
    )
    unknown = kinds.index(UNKNOWN)
    trainer = integer(3, UNIGRAM) + integer(4, len(names)) + integer(40, unknown) + text(45, names[unknown])
    normalizer = text(1, "tokenizer.json") + text(2, table) + integer(3, 1) + integer(4, 1) + integer(5, 1)
    return pieces + text(2, trainer) + text(3, normalizer)
