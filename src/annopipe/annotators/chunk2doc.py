"""Chunk2Doc: from chunks to documents, so that later stages read them as texts."""

from dataclasses import replace

from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn


class Chunk2Doc(Annotator):
    """Turn each chunk into a document of its text, with its place and metadata. Source: Spark NLP 5.5.3."""

    inputAnnotatorTypes = ("chunk",)
    outputAnnotatorType = "document"
    _usual_inputs = ("chunk",)

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`."""
        return replace(inputs["chunk"], annotator_type=self.outputAnnotatorType)
