"""TokenAssembler: from tokens back to texts."""

import numpy as np

from annopipe.annotators.membership import owners
from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn
from annopipe.converters import to_bool
from annopipe.offsets import utf16_length
from annopipe.params import Param


class TokenAssembler(Annotator):
    """Put the tokens of each sentence together again, with a space where there was something between them.

    Used after stages that drop or change tokens. Places count from the sentence's beginning, or with
    ``preservePosition`` are those of the first and last token. Source: Spark NLP 5.5.3, by its documentation.
    """

    inputAnnotatorTypes = ("document", "token")
    outputAnnotatorType = "document"

    preservePosition = Param(to_bool, "keep the places of the first and last token", False)

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`."""
        sentences, tokens = inputs["document"], inputs["token"]
        owner = owners(tokens, sentences, by_number_only=False)
        texts, begin, end = [], sentences.begin.copy(), sentences.end.copy()
        length = utf16_length if self._dialect == "sparknlp" else len
        order = np.argsort(owner, kind="stable")
        bounds = np.searchsorted(owner[order], np.arange(len(sentences) + 1))
        for sentence in range(len(sentences)):
            mine = order[bounds[sentence] : bounds[sentence + 1]]
            texts.append(_joined(tokens, mine.tolist()))
            if self.getOrDefault("preservePosition") and len(mine):
                begin[sentence], end[sentence] = tokens.begin[mine[0]], tokens.end[mine[-1]]
            else:
                end[sentence] = begin[sentence] + length(texts[-1]) - 1
        return AnnotationColumn(
            annotator_type=self.outputAnnotatorType,
            offsets=sentences.offsets,
            begin=begin,
            end=end,
            result=texts,
            metadata=sentences.metadata,
            inherited=sentences.inherited,
        )


def _joined(tokens: AnnotationColumn, places: list[int]) -> str:
    text = ""
    for before, place in zip([None, *places], places, strict=False):
        apart = before is not None and tokens.begin[place] > tokens.end[before] + 1
        text += (" " if apart else "") + tokens.result[place]
    return text
