"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Self

import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn
from annopipe.params import Param

STRATEGIES: tuple[str, ...]

class SentenceDetector(Annotator):
    useAbbreviations: Param
    detectLists: Param
    useCustomBoundsOnly: Param
    customBounds: Param
    customBoundsStrategy: Param
    explodeSentences: Param
    splitLength: Param
    minLength: Param
    maxLength: Param
    def __init__(
        self,
        *,
        customBounds: list[str] = ...,
        customBoundsStrategy: str = ...,
        detectLists: bool = ...,
        dialect: str = ...,
        explodeSentences: bool = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        maxLength: int = ...,
        minLength: int = ...,
        outputCol: str = ...,
        splitLength: int = ...,
        useAbbreviations: bool = ...,
        useCustomBoundsOnly: bool = ...,
    ) -> None: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn: ...
    def run(self, batch: Batch, schema: pa.Schema) -> Batch: ...
    def setCustomBounds(self, value: list[str]) -> Self: ...
    def getCustomBounds(self) -> list[str]:
        """Return ``customBounds``: Java regular expressions at which sentences end"""
    def setCustomBoundsStrategy(self, value: str) -> Self:
        """Set ``customBoundsStrategy``: what becomes of a bound's text: none, prepend, append"""
    def getCustomBoundsStrategy(self) -> str:
        """Return ``customBoundsStrategy``: what becomes of a bound's text: none, prepend, append"""
    def setDetectLists(self, value: bool) -> Self:
        """Set ``detectLists``: break before list items such as 1. or a)"""
    def getDetectLists(self) -> bool:
        """Return ``detectLists``: break before list items such as 1. or a)"""
    def setExplodeSentences(self, value: bool) -> Self:
        """Set ``explodeSentences``: one row a sentence"""
    def getExplodeSentences(self) -> bool:
        """Return ``explodeSentences``: one row a sentence"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setMaxLength(self, value: int) -> Self:
        """Set ``maxLength``: drop sentences longer than this; not set explicitly = no limit"""
    def getMaxLength(self) -> int:
        """Return ``maxLength``: drop sentences longer than this; not set explicitly = no limit"""
    def setMinLength(self, value: int) -> Self:
        """Set ``minLength``: drop sentences shorter than this"""
    def getMinLength(self) -> int:
        """Return ``minLength``: drop sentences shorter than this"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""
    def setSplitLength(self, value: int) -> Self:
        """Set ``splitLength``: cut sentences into pieces of whole words of at most this length"""
    def getSplitLength(self) -> int | None:
        """Return ``splitLength``: cut sentences into pieces of whole words of at most this length"""
    def setUseAbbreviations(self, value: bool) -> Self:
        """Set ``useAbbreviations``: do not break after known abbreviations"""
    def getUseAbbreviations(self) -> bool:
        """Return ``useAbbreviations``: do not break after known abbreviations"""
    def setUseCustomBoundsOnly(self, value: bool) -> Self:
        """Set ``useCustomBoundsOnly``: break at customBounds only"""
    def getUseCustomBoundsOnly(self) -> bool:
        """Return ``useCustomBoundsOnly``: break at customBounds only"""
