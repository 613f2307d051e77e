"""What Spark NLP 5.5.3 answers for a text, faults and all, and the same answer mended by general rules.

The mends: a text that holds the detector's symbols is read as if they were any other character; the pieces that
``splitLength`` makes begin where they begin; a sentence found again in what a bound took out begins at its own place;
where lengths are code points, they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .replace_and_split import SYMBOLS, Rules, sentences

Annotation = tuple[int, int, str]  # begin, end (inclusive, as recorded), result
ORDINARY = "\ue000"
PLAIN = str.maketrans(dict.fromkeys(SYMBOLS, ORDINARY))


@dataclass(frozen=True)
class Lengths:
    split: int | None = None
    least: int = 0
    most: int | None = None


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def recorded(text: str, rules: Rules, lengths: Lengths) -> list[Annotation]:
    """Return Spark NLP's annotations, in UTF-16 units."""
    found = [
        annotation
        for begin, sentence in _found(text, sentences(text, rules))
        for annotation in _faulty_pieces(begin, sentence, lengths)
    ]
    return sorted(found, key=lambda annotation: annotation[0])


def mended(text: str, rules: Rules, lengths: Lengths, measure: Callable[[str], int]) -> list[Annotation]:
    """Return the mended annotations, in the unit of ``measure``."""
    plain = text.translate(PLAIN)
    found: list[Annotation] = []
    for start, sentence in _placed(plain, sentences(plain, rules)):
        for begin, end in pieces(sentence, lengths.split, measure):
            result = text[start + begin : start + end]
            if result and _fits(measure(result), lengths):
                first = measure(text[: start + begin])
                found.append((first, first + measure(result) - 1, result))
    return found


def pieces(sentence: str, limit: int | None, measure: Callable[[str], int]) -> Iterator[tuple[int, int]]:
    """Yield the spans of whole words, joined while they fit."""
    if limit is None:
        yield 0, len(sentence)
        return
    words: list[str] = []
    begin = 0
    for word in sentence.split(" "):
        if sum(measure(w) + 1 for w in words) + measure(word) > limit:
            if words:
                yield begin, begin + len(" ".join(words))
                begin += len(" ".join(words)) + 1
            words = []
        words.append(word)
    yield begin, begin + len(" ".join(words))


def _fits(length: int, lengths: Lengths) -> bool:
    return length >= lengths.least and (lengths.most is None or length <= lengths.most)


def _found(text: str, parts: list[str]) -> Iterator[tuple[int, str]]:
    """Look for each sentence behind the one before, as Java does: -1 where it is not found."""
    place = 0
    for part in parts:
        begin = text.find(part, place)
        place = begin + len(part)
        yield (utf16_length(text[:begin]) if begin >= 0 else -1), part


def _placed(text: str, parts: list[str]) -> Iterator[tuple[int, str]]:
    """Find the sentences of a text from which no bound took anything that looks like one."""
    place = 0
    for part in parts:
        place = text.index(part, place)
        yield place, part
        place += len(part)


def _faulty_pieces(begin: int, sentence: str, lengths: Lengths) -> Iterator[Annotation]:
    limit = lengths.split
    if limit is not None and utf16_length(sentence.partition(" ")[0]) > limit:
        begin += 1  # an empty piece was cut off first
    for start, stop in pieces(sentence, limit, utf16_length):
        result = sentence[start:stop]
        length = utf16_length(result)
        if result and _fits(length, lengths):
            first = begin + utf16_length(sentence[:start])
            yield first, first + length - 1, result
