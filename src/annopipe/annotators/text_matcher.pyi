"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

import os
from typing import Any, Self

from annopipe.annotators.stage import Annotator, Wired
from annopipe.columns import AnnotationColumn
from annopipe.params import Param

class _TextParams(Wired):
    entities: Param
    caseSensitive: Param
    mergeOverlapping: Param
    entityValue: Param
    buildFromTokens: Param
    def setEntities(
        self, path: str | os.PathLike[str] | list[str], read_as: str = "TEXT", options: Any = None
    ) -> Self: ...
    def getEntities(self) -> list[str]:
        """Return ``entities``: the texts to find, of one word or several"""
    def setCaseSensitive(self, value: bool) -> Self:
        """Set ``caseSensitive``: find the texts in this case only"""
    def getCaseSensitive(self) -> bool:
        """Return ``caseSensitive``: find the texts in this case only"""
    def setMergeOverlapping(self, value: bool) -> Self:
        """Set ``mergeOverlapping``: make one chunk of places that overlap"""
    def getMergeOverlapping(self) -> bool:
        """Return ``mergeOverlapping``: make one chunk of places that overlap"""
    def setEntityValue(self, value: str) -> Self:
        """Set ``entityValue``: metadata["entity"] of the chunks"""
    def getEntityValue(self) -> str:
        """Return ``entityValue``: metadata["entity"] of the chunks"""
    def setBuildFromTokens(self, value: bool) -> Self:
        """Set ``buildFromTokens``: a chunk's text is its tokens with a space between, not what stands there"""
    def getBuildFromTokens(self) -> bool:
        """Return ``buildFromTokens``: a chunk's text is its tokens with a space between, not what stands there"""

class TextMatcher(_TextParams):
    def __init__(
        self,
        *,
        buildFromTokens: bool = ...,
        caseSensitive: bool = ...,
        dialect: str = ...,
        entities: str | os.PathLike[str] | list[str] = ...,
        entityValue: str = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        mergeOverlapping: bool = ...,
        outputCol: str = ...,
    ) -> None: ...
    def fit(self, dataset: Any = None, params: Any = None) -> TextMatcherModel: ...
    def setBuildFromTokens(self, value: bool) -> Self:
        """Set ``buildFromTokens``: a chunk's text is its tokens with a space between, not what stands there"""
    def getBuildFromTokens(self) -> bool:
        """Return ``buildFromTokens``: a chunk's text is its tokens with a space between, not what stands there"""
    def setCaseSensitive(self, value: bool) -> Self:
        """Set ``caseSensitive``: find the texts in this case only"""
    def getCaseSensitive(self) -> bool:
        """Return ``caseSensitive``: find the texts in this case only"""
    def getEntities(self) -> list[str]:
        """Return ``entities``: the texts to find, of one word or several"""
    def setEntityValue(self, value: str) -> Self:
        """Set ``entityValue``: metadata["entity"] of the chunks"""
    def getEntityValue(self) -> str:
        """Return ``entityValue``: metadata["entity"] of the chunks"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setMergeOverlapping(self, value: bool) -> Self:
        """Set ``mergeOverlapping``: make one chunk of places that overlap"""
    def getMergeOverlapping(self) -> bool:
        """Return ``mergeOverlapping``: make one chunk of places that overlap"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""

class TextMatcherModel(_TextParams, Annotator):
    def __init__(
        self,
        *,
        buildFromTokens: bool = ...,
        caseSensitive: bool = ...,
        dialect: str = ...,
        entities: str | os.PathLike[str] | list[str] = ...,
        entityValue: str = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        mergeOverlapping: bool = ...,
        outputCol: str = ...,
    ) -> None: ...
    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn: ...
    def setBuildFromTokens(self, value: bool) -> Self:
        """Set ``buildFromTokens``: a chunk's text is its tokens with a space between, not what stands there"""
    def getBuildFromTokens(self) -> bool:
        """Return ``buildFromTokens``: a chunk's text is its tokens with a space between, not what stands there"""
    def setCaseSensitive(self, value: bool) -> Self:
        """Set ``caseSensitive``: find the texts in this case only"""
    def getCaseSensitive(self) -> bool:
        """Return ``caseSensitive``: find the texts in this case only"""
    def getEntities(self) -> list[str]:
        """Return ``entities``: the texts to find, of one word or several"""
    def setEntityValue(self, value: str) -> Self:
        """Set ``entityValue``: metadata["entity"] of the chunks"""
    def getEntityValue(self) -> str:
        """Return ``entityValue``: metadata["entity"] of the chunks"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setMergeOverlapping(self, value: bool) -> Self:
        """Set ``mergeOverlapping``: make one chunk of places that overlap"""
    def getMergeOverlapping(self) -> bool:
        """Return ``mergeOverlapping``: make one chunk of places that overlap"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""
