"""A word in its text, as callers name it: by itself, by its number, or by its span."""

import difflib
from collections.abc import Iterator
from typing import Any

import numpy as np

from annopipe.errors import ParamTypeError, WordNotFound
from annopipe.pipeline.embedded import Floats, Words
from annopipe.tables import short_text

Where = str | int | tuple[int, int]
Named = str | tuple[str, Where]
"""A text, or a word (or several in a row) in a text: ``(text, "bank")``, ``(text, 1)``, ``(text, (4, 8))``."""


def check_named(named: Any) -> Named:
    """Return a text or a word in a text, if it is one.

    Raises:
        ParamTypeError: it is something else; the text says which forms there are.
    """
    if isinstance(named, str):
        return named
    if isinstance(named, tuple) and len(named) == 2 and isinstance(named[0], str) and _is_where(named[1]):
        return named
    msg = (
        "give a text, or a word in a text as (text, 'word'), (text, number of the word) or (text, (begin, end)), "
        f"not {short_text(repr(named))}"
    )
    raise ParamTypeError(msg)


def _is_where(where: Any) -> bool:
    if isinstance(where, tuple):
        return len(where) == 2 and all(_is_number(number) for number in where)
    return isinstance(where, str) or _is_number(where)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def tokens_named(words: Words, where: Where) -> slice:
    """Return which tokens of a text are meant.

    Args:
        words: the text's words.
        where: a word as it is written, also several tokens ("Spark NLP"); a token's number, from 0 or, negative, from
            the end; or begin and end (exclusive) in code points, which mean every token that they touch.

    Raises:
        WordNotFound: there is no such word, or several; the text names those that there are.
    """
    if isinstance(where, str):
        return _written(words, where)
    if isinstance(where, tuple):
        return _touched(words, *where)
    count = len(words.tokens)
    if not -count <= where < count:
        msg = f"{_text(words)} has {count} words: there is no word number {where}"
        raise WordNotFound(msg)
    return slice(where % count, where % count + 1)


def vector_of(words: Words, tokens: slice) -> Floats:
    """Return the vector of a token, or the mean of several; tokens of which no character survives do not count."""
    vectors = words.vectors[tokens]
    known = vectors[vectors.any(axis=1)]
    mean: Floats = known.mean(axis=0, dtype=np.float64) if len(known) else vectors[0]
    return mean


def _written(words: Words, word: str) -> slice:
    places = list(_places(words, word))
    if len(places) == 1:
        return places[0]
    if places:
        numbers = ", ".join(str(place.start) for place in places)
        msg = f"{_text(words)} has {word!r} {len(places)} times: name one by its number, which are {numbers}"
        raise WordNotFound(msg)
    near = difflib.get_close_matches(word, words.tokens, 3, 0.6)
    same = [token for token in words.tokens if token.casefold() == word.casefold()]
    hint = f"; it has {', '.join(map(repr, dict.fromkeys([*same, *near])))}" if same or near else ""
    msg = f"{_text(words)} has no word {word!r}{hint}; its words: {short_text(' '.join(words.tokens), 200)}"
    raise WordNotFound(msg)


def _places(words: Words, word: str) -> Iterator[slice]:
    """Yield the runs of tokens that are written so, from a token's begin to a token's end."""
    first = {begin: place for place, begin in enumerate(words.begin.tolist())}
    last = {end: place for place, end in enumerate(words.end.tolist())}
    begin = words.text.find(word) if word else -1
    while begin >= 0:
        if begin in first and begin + len(word) in last:
            yield slice(first[begin], last[begin + len(word)] + 1)
        begin = words.text.find(word, begin + 1)


def _touched(words: Words, begin: int, end: int) -> slice:
    touched = np.flatnonzero((words.begin < end) & (words.end > begin))
    if not len(touched):
        msg = f"{_text(words)} ({len(words.text)} characters) has no word in ({begin}, {end})"
        raise WordNotFound(msg)
    return slice(int(touched[0]), int(touched[-1]) + 1)


def _text(words: Words) -> str:
    return f"the text {short_text(words.text)!r}"
