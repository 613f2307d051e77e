"""SentenceEmbeddings: from word vectors to one vector a sentence or document."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annopipe.albert.finite import met_at
from annopipe.annotators.membership import by_number, numbers_of, owners
from annopipe.annotators.stage import Annotator
from annopipe.annotators.vector_pooling import out_of_vocabulary, pool_groups
from annopipe.annotators.wiring import OWN_SENTENCES, annotation_field, field_metadata
from annopipe.columns import AnnotationColumn, Floats, Ints, rows_of
from annopipe.converters import one_of, to_int, to_str
from annopipe.params import Param
from annopipe.warnings import warn_once


class SentenceEmbeddings(Annotator):
    """Average or sum the word vectors of each sentence, in float32 and in token order.

    All tokens count alike, punctuation too. A sentence without vectors gets an annotation without floats. Source:
    Spark NLP 5.5.3, recorded.

    Beyond Spark NLP: over ``document``, vectors made from ``sentence`` all count (in the ``sparknlp`` dialect only
    those of the first sentence do, as recorded), and tokens with ``isOOV`` "true" do not.

    It pools word vectors, whatever way to sentence vectors their model has of its own (`Embedder.embed_sentences`).
    With such a model it warns in the ``albert`` dialect, unless ``poolingStrategy`` was set.
    """

    inputAnnotatorTypes = ("document", "word_embeddings")
    outputAnnotatorType = "sentence_embeddings"
    _usual_inputs = ("document", "word_embeddings")
    _usual_output = "sentence_embeddings"

    dimension = Param(to_int, "shown in column metadata; not set explicitly = that of the word vectors")
    poolingStrategy = Param(
        one_of("AVERAGE", "SUM", fold=str.upper), "AVERAGE or SUM, in any case", "AVERAGE", lenient=True
    )
    storageRef = Param(to_str, "name that ties later stages to these vectors; unset = that of the word vectors")

    def _output_field(self, schema: pa.Schema) -> pa.Field:
        words = field_metadata(schema.field(self._inputs(schema)["word_embeddings"]))
        self._warn_of_own_sentences(words.get(OWN_SENTENCES))
        shown: dict[str, Any] = {
            "ref": self._explicit("storageRef") or words.get("ref") or self.uid,
            "dimension": self._explicit("dimension") or words.get("dimension"),
        }
        known = {key: value for key, value in shown.items() if value is not None}
        return annotation_field(self._output_name(), self.outputAnnotatorType, **known)

    def _warn_of_own_sentences(self, own: str | None) -> None:
        if own is not None and self._dialect != "sparknlp" and self._explicit("poolingStrategy") is None:
            warn_once(
                f"{self.uid}: the model of these word vectors makes its sentence vectors otherwise ({own}); "
                "SentenceEmbeddings gives the average of word vectors. The model's own: annopipe.load(...)"
                ".embed_sentences, level='sentence' of embed_dataset, albert_sentence in SQL. To keep the average "
                "without this warning: setPoolingStrategy('AVERAGE')",
                cause=f"{own} averaged",
            )

    def _warn_of_strays(self, owner: Ints) -> None:
        if strays := int((owner < 0).sum()):
            warn_once(
                f"{self.uid}: word vectors that are in no sentence of their row count nowhere ({strays} of the first "
                "slice that had any): let SentenceEmbeddings read the sentence or document column of AlbertEmbeddings",
                cause=f"{self.uid} strays",
            )

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`.

        Raises:
            VectorsNotFinite: a mean or sum passes what float32 holds, or the word vectors hold NaN or infinity.
        """
        sentences, words = inputs["document"], inputs["word_embeddings"]
        if self._dialect == "sparknlp":
            owner = by_number(words, sentences)
            self._warn_of_strays(owner)
        else:
            owner = owners(words, sentences, by_number_only=False)
            self._warn_of_strays(owner)
            owner[out_of_vocabulary(words)] = -1
        average = self.getOrDefault("poolingStrategy") == "AVERAGE"
        with met_at(sentences.row_of):
            vectors, bare = _pool(words, owner, len(sentences), average=average)
        count = len(sentences)
        return AnnotationColumn(
            annotator_type=self.outputAnnotatorType,
            offsets=sentences.offsets,
            begin=sentences.begin,
            end=sentences.end,
            result=sentences.result,
            metadata={
                "sentence": list(numbers_of(sentences)),
                "token": list(sentences.result),
                "pieceId": ["-1"] * count,
                "isWordStart": ["true"] * count,
            },
            inherited=sentences.inherited,
            vectors=vectors,
            bare=bare,
        )


def _pool(
    words: AnnotationColumn, owner: Ints, sentences: int, *, average: bool
) -> tuple[Floats | None, NDArray[np.bool_] | None]:
    usable = np.flatnonzero((owner >= 0) & (True if words.bare is None else ~words.bare))
    order = usable[np.argsort(owner[usable], kind="stable")]
    offsets = rows_of(np.bincount(owner[order], minlength=sentences))
    return pool_groups(words, order, offsets, average=average)
