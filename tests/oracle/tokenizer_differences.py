"""How this package's piece ids differ from those of transformers 5's tokenizers-backed ``AlbertTokenizer``, by cause.

Usage: python tests/oracle/tokenizer_differences.py REFERENCE_DATA [PYTHON]
(PYTHON has transformers 5 installed; this one by default.)

A text's causes are found by trial: our own encoding is changed, one habit of transformers 5 at a time and then
several, until it gives the ids that transformers 5 gives.
"""

import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path
from types import SimpleNamespace

from annopipe.albert.codepoints import CodePoints
from annopipe.albert.normalise import FoldingRules, fold
from annopipe.albert.piece_table import SPECIAL_PIECES
from annopipe.albert.vocabulary import Vocabulary
from evaluation_texts import evaluation_texts

SCRIPT = Path(__file__).with_name("tokenizer_ids.py")

SYMBOLS = 'text is cut at ( ) " - . – £ € (added tokens there)'
COMMA = "no digit-comma rule"
SPECIAL = "text that spells a special piece becomes it"
MARKS = "all marks are dropped, those of combining class 0 too"
CONTROLS = "control characters that Python takes for white space are dropped"
TIES = "of two cuts with equal scores the other"
HABITS = (SYMBOLS, COMMA, SPECIAL, MARKS, CONTROLS)


class Imitation:
    """Our encoding with habits of transformers 5 to be switched on."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.names = vocabulary.table.names
        self.symbols = re.compile("([" + re.escape('()"-.–£€') + "])")
        self.special = re.compile("(" + "|".join(map(re.escape, SPECIAL_PIECES)) + ")")

    def encode(self, text: str, habits: tuple[str, ...]) -> list[int]:
        """Ids of a text."""
        parts = self.special.split(text) if SPECIAL in habits else [text]
        return [number for part in parts for number in self._part(part, habits)]

    def _part(self, part: str, habits: tuple[str, ...]) -> list[int]:
        if SPECIAL in habits and part in SPECIAL_PIECES:
            return [self.names.index(part)]
        if SYMBOLS not in habits:
            return self._plain(part, habits)
        return [
            number
            for run in self.symbols.split(part)
            for number in ([self.names.index(run)] if self.symbols.fullmatch(run) else self._plain(run, habits))
        ]

    def _plain(self, text: str, habits: tuple[str, ...]) -> list[int]:
        given = re.sub("[\x0b\x1c-\x1f]", "", text) if CONTROLS in habits else text
        folded = fold(CodePoints.of([given]), FoldingRules()).strings()[0]
        if MARKS in habits:
            folded = "".join(letter for letter in folded if unicodedata.category(letter) != "Mn")
        if COMMA in habits:
            return self.vocabulary.processor.encode(folded)
        return self.vocabulary.encode([folded]).ids.tolist()


def causes(imitation: Imitation, text: str, ids: list[int]) -> tuple[str, ...]:
    """The fewest habits that together give the ids."""
    for count in range(1, len(HABITS) + 1):
        for habits in combinations(HABITS, count):
            if imitation.encode(text, habits) == ids:
                return habits
    alike = any(sorted(imitation.encode(text, habits)) == sorted(ids) for habits in ((), (SYMBOLS,), (SYMBOLS, COMMA)))
    return (TIES if alike else "other",)


def main() -> None:
    reference = Path(sys.argv[1])
    python = sys.argv[2] if len(sys.argv) > 2 else sys.executable
    folder = reference / "models" / "albert-vocab"
    vocabulary = Vocabulary.read(folder, SimpleNamespace(vocab_size=30000))
    imitation = Imitation(vocabulary)
    for group, texts in evaluation_texts(reference).items():
        answer = json.loads(run(python, folder, texts))
        counts = Counter(
            causes(imitation, text, ids)
            for text, ids, own in zip(texts, answer["ids"], ids_of(vocabulary, texts), strict=True)
            if ids != own
        )
        print(f"transformers {answer['version']}, {group}: {counts.total()} of {len(texts)} texts get other ids")
        for habits, count in counts.most_common():
            print(f"  {count:6} {' + '.join(habits)}")


def ids_of(vocabulary: Vocabulary, texts: list[str]) -> list[list[int]]:
    pieces = vocabulary.encode(texts)
    bounds = pieces.offsets.tolist()
    return [pieces.ids[begin:end].tolist() for begin, end in pairwise(bounds)]


def run(python: str, folder: Path, texts: list[str]) -> str:
    """The answer of the other tokenizer's script."""
    command = [python, str(SCRIPT), str(folder)]
    return subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
