"""NGramGenerator: from tokens to runs of neighbouring tokens."""

from collections.abc import Iterator

import numpy as np

from annopipe.annotators.membership import numbers_of
from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn, rows_of
from annopipe.converters import at_least, to_bool, to_str
from annopipe.params import Param


class NGramGenerator(Annotator):
    """Make a chunk of each ``n`` neighbouring tokens of a sentence.

    ``result`` joins the tokens with ``delimiter``; ``metadata["chunk"]`` numbers the chunks of a sentence. Cumulative:
    single tokens first, then pairs, up to ``n``. Source: Spark NLP 5.5.3, recorded.
    """

    inputAnnotatorTypes = ("token",)
    outputAnnotatorType = "chunk"
    _usual_inputs = ("token",)

    n = Param(at_least(1), "tokens in a chunk", 2)
    enableCumulative = Param(to_bool, "chunks of 1, 2, … up to n tokens", False)
    delimiter = Param(to_str, "what stands between the tokens of a chunk", " ")

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`."""
        tokens = inputs["token"]
        n: int = self.getOrDefault("n")
        sizes = range(1, n + 1) if self.getOrDefault("enableCumulative") else range(n, n + 1)
        first: list[int] = []
        last: list[int] = []
        chunk: list[str | None] = []
        for begin, end in _sentences(tokens):
            runs = [(start, start + size - 1) for size in sizes for start in range(begin, end - size + 1)]
            first += [a for a, _ in runs]
            last += [b for _, b in runs]
            chunk += [str(i) for i in range(len(runs))]
        delimiter = self.getOrDefault("delimiter")
        numbers = numbers_of(tokens)
        rows = tokens.row_numbers()[np.array(first, np.int64)]
        return AnnotationColumn(
            annotator_type=self.outputAnnotatorType,
            offsets=rows_of(np.bincount(rows, minlength=tokens.rows)),
            begin=tokens.begin[np.array(first, np.int64)],
            end=tokens.end[np.array(last, np.int64)],
            result=[delimiter.join(tokens.result[a : b + 1]) for a, b in zip(first, last, strict=True)],
            metadata={"sentence": [numbers[a] for a in first], "chunk": chunk},
            inherited=None if tokens.inherited is None else [tokens.inherited[a] for a in first],
        )


def _sentences(tokens: AnnotationColumn) -> Iterator[tuple[int, int]]:
    """Yield the first token and the end of each run of tokens of one sentence."""
    keys = list(zip(tokens.row_numbers().tolist(), numbers_of(tokens), strict=True))
    begin = 0
    for i in range(1, len(keys) + 1):
        if i == len(keys) or keys[i] != keys[begin]:
            yield begin, i
            begin = i
