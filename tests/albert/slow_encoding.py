"""The ``albert`` dialect spelt out one character at a time: slow, plain, and apart from the package's own code."""

import unicodedata
from dataclasses import dataclass, field

from sentencepiece import SentencePieceProcessor


@dataclass
class Letter:
    """A character and the positions in the text that it stands for."""

    text: str
    source: list[int] = field(default_factory=list)


@dataclass
class SlowPiece:
    """A piece and the positions in the text that it stands for; none for a bare ``▁``."""

    name: str
    source: list[int]


def fold_slowly(text: str, lower: bool = True, keep_accents: bool = False) -> list[Letter]:
    """The text as ALBERT's own code prepares it for SentencePiece."""
    letters = [Letter("\ufffd" if "\ud800" <= letter <= "\udfff" else letter, [at]) for at, letter in enumerate(text)]
    letters = _join_pairs(_join_pairs(_single_spaces(letters), "`"), "'")
    folded = []
    for letter in letters:
        new = letter.text.lower() if lower else letter.text
        if not keep_accents:
            new = "".join(part for part in unicodedata.normalize("NFKD", new) if unicodedata.combining(part) == 0)
        folded += [Letter(part, letter.source) for part in (new.lower() if lower else new)]
    return folded


def _single_spaces(letters: list[Letter]) -> list[Letter]:
    words: list[list[Letter]] = [[]]
    for letter in letters:
        if letter.text.isspace():
            words.append([])
        else:
            words[-1].append(letter)
    out: list[Letter] = []
    for word in filter(None, words):
        out += [Letter(" "), *word] if out else word
    return out


def _join_pairs(letters: list[Letter], quote: str) -> list[Letter]:
    out: list[Letter] = []
    at = 0
    while at < len(letters):
        if at + 1 < len(letters) and letters[at].text == letters[at + 1].text == quote:
            out.append(Letter('"', letters[at].source + letters[at + 1].source))
            at += 2
        else:
            out.append(letters[at])
            at += 1
    return out


def encode_slowly(
    processor: SentencePieceProcessor, text: str, lower: bool = True, keep_accents: bool = False
) -> tuple[list[SlowPiece], set[int]]:
    """Pieces of the text with the positions each stands for, and the positions that survive."""
    letters = fold_slowly(text, lower, keep_accents)
    given = "".join(letter.text for letter in letters)
    normal, starts = processor.Normalize(given, with_offsets=True)
    alive = [bool(processor.Normalize(letter.text).strip("▁")) for letter in letters]
    sources = []
    for at, letter in enumerate(normal):
        end = next((start for start in starts[at:] if start > starts[at]), len(letters))
        made_of = range(starts[at], max(end, starts[at] + 1))
        while len(made_of) > 1 and not alive[made_of[-1]]:
            made_of = made_of[:-1]
        sources.append([] if letter == "▁" else [place for part in made_of for place in letters[part].source])
    survivors = {place for letter, lives in zip(letters, alive, strict=True) if lives for place in letter.source}
    pieces, at = [], 0
    for name in split_commas(processor, processor.encode(given, out_type=str)):
        pieces.append(SlowPiece(name, [place for source in sources[at : at + len(name)] for place in source]))
        at += len(name)
    assert at == len(normal)
    return pieces, survivors


def split_commas(processor: SentencePieceProcessor, names: list[str]) -> list[str]:
    """ALBERT's rule: a comma behind a digit is a piece of its own."""
    out: list[str] = []
    for name in names:
        if len(name) < 2 or name[-1] != "," or not name[-2].isdigit():
            out.append(name)
            continue
        parts = processor.encode(name[:-1].replace("▁", ""), out_type=str)
        if not name.startswith("▁") and parts[0].startswith("▁"):
            parts[0] = parts[0][1:]
        out += [*filter(None, parts), ","]
    return out


def first_and_last(pieces: list[SlowPiece], survivors: set[int], begin: int, end: int) -> tuple[int, int] | None:
    """First piece of a token and the place behind its last, or None where the token has none."""
    inside = [place for place in sorted(survivors) if begin <= place < end]
    if not inside:
        return None
    first = next(at for at, piece in enumerate(pieces) if inside[0] in reach(piece))
    last = max(at for at, piece in enumerate(pieces) if inside[-1] in reach(piece))
    return first, last + 1


def reach(piece: SlowPiece) -> range:
    """Positions from the first to the last that a piece stands for."""
    return range(min(piece.source), max(piece.source) + 1) if piece.source else range(0)
