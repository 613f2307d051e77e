"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Self

from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn
from annopipe.params import Param

class NGramGenerator(Annotator):
    n: Param
    enableCumulative: Param
    delimiter: Param
    def __init__(
        self,
        *,
        delimiter: str = ...,
        dialect: str = ...,
        enableCumulative: bool = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        n: int = ...,
        outputCol: str = ...,
    ) -> None: ...
    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn: ...
    def setDelimiter(self, value: str) -> Self:
        """Set ``delimiter``: what stands between the tokens of a chunk"""
    def getDelimiter(self) -> str:
        """Return ``delimiter``: what stands between the tokens of a chunk"""
    def setEnableCumulative(self, value: bool) -> Self:
        """Set ``enableCumulative``: chunks of 1, 2, … up to n tokens"""
    def getEnableCumulative(self) -> bool:
        """Return ``enableCumulative``: chunks of 1, 2, … up to n tokens"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setN(self, value: int) -> Self:
        """Set ``n``: tokens in a chunk"""
    def getN(self) -> int:
        """Return ``n``: tokens in a chunk"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""
