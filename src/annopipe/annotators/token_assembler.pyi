"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Self

from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn
from annopipe.params import Param

class TokenAssembler(Annotator):
    preservePosition: Param
    def __init__(
        self,
        *,
        dialect: str = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        outputCol: str = ...,
        preservePosition: bool = ...,
    ) -> None: ...
    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn: ...
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""
    def setPreservePosition(self, value: bool) -> Self:
        """Set ``preservePosition``: keep the places of the first and last token"""
    def getPreservePosition(self) -> bool:
        """Return ``preservePosition``: keep the places of the first and last token"""
