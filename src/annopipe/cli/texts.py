"""Texts from the command line or standard input, printed as tables or JSON."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from annopipe.annotation import Annotation
from annopipe.bulk.sources import refusing
from annopipe.bulk.sources.text_lines import decoded
from annopipe.bulk.stages import Choice
from annopipe.cli.table import Line, table
from annopipe.errors import CommandError

STANDARD_INPUT: Final = "standard input"


@dataclass(frozen=True, slots=True)
class TextJob:
    """Word vectors of some texts on standard output."""

    choice: Choice
    as_json: bool = False

    def run(self, inputs: Sequence[str]) -> int:
        """Print the vectors of each text in order; ``-`` stands for the lines of standard input."""
        model = self.choice.pipeline()
        texts = chain.from_iterable(_lines_of_stdin() if text == "-" else [text] for text in inputs)
        rows = model.transform(texts) if "-" in inputs else model.transform(list(texts))
        if self.as_json:
            self._print_json(rows)
        else:
            self._print_tables(rows, several=len(inputs) > 1 or "-" in inputs)
        return 0

    def _print_json(self, rows: Iterable[dict[str, list[Annotation]]]) -> None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")  # whatever the locale says
        for row in rows:
            lines = self._lines(row)
            tokens = [
                {"token": line.token, "begin": line.begin, "end": line.end, "vector": line.numbers()} for line in lines
            ]
            about = {"text": self._text(row), "model": self.choice.model, "dialect": self.choice.dialect}
            print(json.dumps({**about, "tokens": tokens}, ensure_ascii=False))

    def _print_tables(self, rows: Iterable[dict[str, list[Annotation]]], *, several: bool) -> None:
        for number, row in enumerate(rows):
            if several:
                print(("\n" if number else "") + f"text {number + 1}: {_shown(self._text(row))}")
            print(table(self._lines(row)))

    def _text(self, row: dict[str, list[Annotation]]) -> str:
        return "".join(document.result for document in row[self.choice.document])

    def _lines(self, row: dict[str, list[Annotation]]) -> list[Line]:
        written = {(token.begin, token.end): token.result for token in row[self.choice.token]}
        return [
            Line(written.get((word.begin, word.end), word.result), word.begin, word.end, word.embeddings)
            for word in row[self.choice.embeddings]
        ]


def _lines_of_stdin() -> Iterator[str]:
    """Yield the lines of standard input as those of a ``.txt`` file; its first line that is not UTF-8 is an error."""
    stream = sys.stdin
    if stream is None:
        raise CommandError("standard input is closed: give texts or a file")
    lines = stream.buffer if hasattr(stream, "buffer") else (line.encode() for line in stream)
    for _, text, _ in decoded(STANDARD_INPUT, lines, refusing(STANDARD_INPUT)):
        yield text


def _shown(text: str, most: int = 100) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= most else one_line[: most - 1] + "…"
