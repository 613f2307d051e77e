"""TextMatcher and TextMatcherModel: from documents and tokens to chunks, by a list of texts."""

import os
from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from annopipe.annotators.chunk_spans import sentence_positions
from annopipe.annotators.matcher_files import read_lines
from annopipe.annotators.membership import owners
from annopipe.annotators.phrases import merged, phrases_of
from annopipe.annotators.stage import Annotator, Wired
from annopipe.columns import AnnotationColumn, Ints, rows_of
from annopipe.converters import to_bool, to_str, to_str_list
from annopipe.errors import ParamValueError
from annopipe.offsets import from_utf16, has_astral
from annopipe.params import Param


class _TextParams(Wired):
    """The parameters that the estimator and its model share."""

    inputAnnotatorTypes = ("document", "token")
    outputAnnotatorType = "chunk"
    _usual_inputs = ("document", "token")

    entities = Param(to_str_list, "the texts to find, of one word or several")
    caseSensitive = Param(to_bool, "find the texts in this case only", True)
    mergeOverlapping = Param(to_bool, "make one chunk of places that overlap", False)
    entityValue = Param(to_str, 'metadata["entity"] of the chunks', "entity")
    buildFromTokens = Param(to_bool, "a chunk's text is its tokens with a space between, not what stands there", False)

    def setEntities(
        self,
        path: str | os.PathLike[str] | list[str],
        read_as: str = "TEXT",  # noqa: ARG002
        options: Any = None,  # noqa: ARG002
    ) -> Self:
        """Set the texts: a list, or the path of a UTF-8 text file with one a line.

        Raises:
            RulesFileMissing: no such file.
        """
        return self._set("entities", path if isinstance(path, list) else read_lines("entities", path))

    def _check(self) -> None:
        if not self.isSet("entities"):
            msg = f"{self.uid}: no texts to find: call setEntities('<file>') or setEntities([...])"
            raise ParamValueError(msg)


class TextMatcher(_TextParams):
    """A list of texts to find; ``fit`` gives a `TextMatcherModel`. Source: Spark NLP 5.5.3, by its documentation."""

    def fit(self, dataset: Any = None, params: Any = None) -> "TextMatcherModel":  # noqa: ARG002
        """Return the model; the data is not looked at.

        Raises:
            ParamValueError: there are no texts to find.
        """
        source = self.copy(params) if params else self
        source._check()
        model = TextMatcherModel()
        model.uid = self._new_uid("ENTITY_EXTRACTOR")
        model._dialect = self._dialect
        model._values.update(source._values)
        return model


class TextMatcherModel(_TextParams, Annotator):
    """Make a chunk of each place where the tokens of a sentence are those of a text: what ``TextMatcher.fit`` returns.

    The texts are cut into tokens by `Tokenizer`'s default rules. ``metadata``: ``entity``, ``sentence`` the position
    of the sentence in its row, ``chunk`` the number of the chunk in it.
    """

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`."""
        self._check()
        sentences, tokens = inputs["document"], inputs["token"]
        first, last, owner, number = self._find(tokens, owners(tokens, sentences, by_number_only=False))
        positions = sentence_positions(sentences)
        inherited = sentences.inherited
        return AnnotationColumn(
            annotator_type=self.outputAnnotatorType,
            offsets=rows_of(np.bincount(tokens.row_numbers()[first], minlength=tokens.rows)),
            begin=tokens.begin[first],
            end=tokens.end[last],
            result=self._texts(sentences, tokens, owner, first, last),
            metadata={
                "entity": [self.getOrDefault("entityValue")] * len(first),
                "sentence": [positions[i] for i in owner],
                "chunk": [str(i) for i in number],
            },
            inherited=None if inherited is None else [inherited[i] for i in owner],
        )

    def _find(self, tokens: AnnotationColumn, owner: Ints) -> tuple[Ints, Ints, list[int], list[int]]:
        """Return first and last token, sentence, and number in it, of each chunk."""
        cased: bool = self.getOrDefault("caseSensitive")
        phrases = phrases_of(tuple(self.getOrDefault("entities")), lower=not cased)
        words = tokens.result if cased else [word.lower() for word in tokens.result]
        found: list[tuple[int, int, int, int]] = []
        for sentence, mine in _by_owner(owner):
            spans = list(phrases.find([words[i] for i in mine]))
            if self.getOrDefault("mergeOverlapping"):
                spans = merged(spans)
            found += [(mine[a], mine[b], sentence, i) for i, (a, b) in enumerate(spans)]
        ends = np.array([(a, b) for a, b, _, _ in found], np.int64).reshape(-1, 2)
        return ends[:, 0], ends[:, 1], [s for _, _, s, _ in found], [i for *_, i in found]

    def _texts(
        self, sentences: AnnotationColumn, tokens: AnnotationColumn, owner: list[int], first: Ints, last: Ints
    ) -> list[str]:
        spans = zip(owner, first.tolist(), last.tolist(), strict=True)
        return [self._text(sentences, tokens, *span) for span in spans]

    def _text(self, sentences: AnnotationColumn, tokens: AnnotationColumn, owner: int, first: int, last: int) -> str:
        if self.getOrDefault("buildFromTokens"):
            return " ".join(tokens.result[first : last + 1])
        text, shift = sentences.result[owner], sentences.begin[owner]
        places = [int(tokens.begin[first] - shift), int(tokens.end[last] - shift) + 1]
        if self._dialect == "sparknlp" and has_astral(text):
            places = from_utf16(text, places).tolist()
        return text[places[0] : places[1]]


def _by_owner(owner: Ints) -> Iterator[tuple[int, list[int]]]:
    """Yield each sentence that has tokens, with their places."""
    order = np.argsort(owner, kind="stable")
    sentences, starts = np.unique(owner[order], return_index=True)
    for sentence, mine in zip(sentences.tolist(), np.split(order, starts[1:]), strict=False):
        if sentence >= 0:
            yield sentence, mine.tolist()
