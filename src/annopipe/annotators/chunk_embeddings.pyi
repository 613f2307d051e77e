"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Self

from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn
from annopipe.params import Param

class ChunkEmbeddings(Annotator):
    poolingStrategy: Param
    skipOOV: Param
    def __init__(
        self,
        *,
        dialect: str = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        outputCol: str = ...,
        poolingStrategy: str = ...,
        skipOOV: bool = ...,
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
    def setPoolingStrategy(self, value: str) -> Self:
        """Set ``poolingStrategy``: AVERAGE or SUM, in any case"""
    def getPoolingStrategy(self) -> str:
        """Return ``poolingStrategy``: AVERAGE or SUM, in any case"""
    def setSkipOOV(self, value: bool) -> Self:
        """Set ``skipOOV``: leave out words with isOOV "true", unless a chunk has no others"""
    def getSkipOOV(self) -> bool:
        """Return ``skipOOV``: leave out words with isOOV "true", unless a chunk has no others"""
