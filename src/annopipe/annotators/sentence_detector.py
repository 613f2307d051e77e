"""SentenceDetector: from documents to sentences, by rules."""

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.sentence_rules.settings import SentenceSettings
from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn, Ints, rows_of
from annopipe.converters import one_of, to_bool, to_int, to_str_list
from annopipe.offsets import has_astral, to_utf16
from annopipe.params import Param

if TYPE_CHECKING:
    from annopipe.annotators.sentence_rules import SentenceRules

STRATEGIES = ("none", "prepend", "append")


@lru_cache(maxsize=64)
def _rules(settings: SentenceSettings) -> "SentenceRules":
    from annopipe.annotators.sentence_rules import SentenceRules

    return SentenceRules(settings)


class SentenceDetector(Annotator):
    """Split documents into sentences by Spark NLP's pragmatic rules.

    A sentence is a slice of its document, without the white space around it; ``metadata["sentence"]`` numbers the
    sentences of a row from 0, document after document. Newlines alone do not end a sentence, ``;`` does. Time is
    linear in the text. Source: Spark NLP 5.5.3, recorded.

    Beyond Spark NLP: offsets always slice the document, a document's id and metadata are kept, sentences of several
    documents stay in order, and ``explodeSentences`` keeps a row without sentences.
    """

    inputAnnotatorTypes = ("document",)
    outputAnnotatorType = "document"

    useAbbreviations = Param(to_bool, "do not break after known abbreviations", True, lenient=True)
    detectLists = Param(to_bool, "break before list items such as 1. or a)", True, lenient=True)
    useCustomBoundsOnly = Param(to_bool, "break at customBounds only", False, lenient=True)
    customBounds = Param(to_str_list, "Java regular expressions at which sentences end", [], lenient=True)
    customBoundsStrategy = Param(
        one_of(*STRATEGIES), f"what becomes of a bound's text: {', '.join(STRATEGIES)}", "none", lenient=True
    )
    explodeSentences = Param(to_bool, "one row a sentence", False, lenient=True)
    splitLength = Param(to_int, "cut sentences into pieces of whole words of at most this length", lenient=True)
    minLength = Param(to_int, "drop sentences shorter than this", 0, lenient=True)
    maxLength = Param(to_int, "drop sentences longer than this; not set explicitly = no limit", 99999, lenient=True)

    def _settings(self) -> SentenceSettings:
        return SentenceSettings(
            useAbbreviations=self.getOrDefault("useAbbreviations"),
            detectLists=self.getOrDefault("detectLists"),
            useCustomBoundsOnly=self.getOrDefault("useCustomBoundsOnly"),
            customBounds=tuple(self.getOrDefault("customBounds")),
            customBoundsStrategy=self.getOrDefault("customBoundsStrategy"),
            splitLength=self._explicit("splitLength"),
            minLength=self.getOrDefault("minLength"),
            maxLength=self._explicit("maxLength"),
            utf16=self._dialect == "sparknlp",
        )

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`; the rules are checked here too."""
        _rules(self._settings())
        return super().output_schema(schema)

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`."""
        documents = inputs["document"]
        rules = _rules(self._settings())
        utf16 = self._dialect == "sparknlp"
        spans = documents.each(rules.split)
        counts = np.array([len(found) for found in spans], np.int64)
        results = [text[b:e] for text, found in zip(documents.result, spans, strict=True) for b, e in found]
        parents = np.repeat(np.arange(len(documents)), counts)
        begin, end = _places(documents, spans, parents, utf16=utf16)
        return self._column(documents, parents, begin, end, results)

    def _column(
        self, documents: AnnotationColumn, parents: Ints, begin: Ints, end: Ints, results: list[str]
    ) -> AnnotationColumn:
        rows = documents.row_numbers()[parents]
        counts = np.bincount(rows, minlength=documents.rows)
        offsets = rows_of(counts)
        inherited = None if documents.inherited is None else [documents.inherited[i] for i in parents]
        return replace(
            documents,
            annotator_type="document",
            offsets=offsets,
            begin=begin,
            end=end,
            result=results,
            metadata={"sentence": [str(i) for count in counts for i in range(count)]},
            inherited=inherited,
        )

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:
        """See `Transformer.run`; ``explodeSentences`` repeats the row for each of its sentences."""
        batch = super().run(batch, schema)
        return self._explode(batch) if self.getOrDefault("explodeSentences") else batch

    def _explode(self, batch: Batch) -> Batch:
        name = self._output_name()
        sentences = batch.annotations(name)
        counts = np.diff(sentences.offsets)
        rows = np.repeat(np.arange(batch.rows), np.maximum(counts, 1))
        single = np.minimum(np.repeat(counts, np.maximum(counts, 1)), 1)
        return batch.drop([name]).take_rows(rows).put(name, replace(sentences, offsets=rows_of(single)))

    def setCustomBounds(self, value: list[str]) -> Self:
        """Set ``customBounds``: Java regular expressions, applied one after the other."""
        return self._set("customBounds", value)


def _places(
    documents: AnnotationColumn, spans: list[list[tuple[int, int]]], parents: Ints, *, utf16: bool
) -> tuple[Ints, Ints]:
    """Return begin and inclusive end of all sentences, in the dialect's units."""
    flat = np.array([span for found in spans for span in found], np.int64).reshape(-1, 2)
    if utf16:
        first = 0
        for text, found in zip(documents.result, spans, strict=True):
            if found and has_astral(text):
                flat[first : first + len(found)] = to_utf16(text, flat[first : first + len(found)])
            first += len(found)
    shift = documents.begin[parents]
    return flat[:, 0] + shift, flat[:, 1] - 1 + shift
