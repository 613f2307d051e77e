"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Self

import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.finishing_stage import FinishingStage
from annopipe.params import Param

class Finisher(FinishingStage):
    cleanAnnotations: Param
    includeMetadata: Param
    outputAsArray: Param
    parseEmbeddingsVectors: Param
    valueSplitSymbol: Param
    annotationSplitSymbol: Param
    def __init__(
        self,
        *,
        annotationSplitSymbol: str = ...,
        cleanAnnotations: bool = ...,
        dialect: str = ...,
        includeMetadata: bool = ...,
        inputCols: str | list[str] = ...,
        outputAsArray: bool = ...,
        outputCols: str | list[str] = ...,
        parseEmbeddingsVectors: bool = ...,
        valueSplitSymbol: str = ...,
    ) -> None: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def run(self, batch: Batch, schema: pa.Schema) -> Batch: ...
    def setAnnotationSplitSymbol(self, value: str) -> Self:
        """Set ``annotationSplitSymbol``: what stands between annotations in one text"""
    def getAnnotationSplitSymbol(self) -> str:
        """Return ``annotationSplitSymbol``: what stands between annotations in one text"""
    def setCleanAnnotations(self, value: bool) -> Self:
        """Set ``cleanAnnotations``: drop all annotation columns"""
    def getCleanAnnotations(self) -> bool:
        """Return ``cleanAnnotations``: drop all annotation columns"""
    def setIncludeMetadata(self, value: bool) -> Self:
        """Set ``includeMetadata``: show metadata too"""
    def getIncludeMetadata(self) -> bool:
        """Return ``includeMetadata``: show metadata too"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the annotation columns"""
    def setOutputAsArray(self, value: bool) -> Self:
        """Set ``outputAsArray``: a list a row; else one text"""
    def getOutputAsArray(self) -> bool:
        """Return ``outputAsArray``: a list a row; else one text"""
    def setParseEmbeddingsVectors(self, value: bool) -> Self:
        """Set ``parseEmbeddingsVectors``: show vectors as numbers"""
    def getParseEmbeddingsVectors(self) -> bool:
        """Return ``parseEmbeddingsVectors``: show vectors as numbers"""
    def setValueSplitSymbol(self, value: str) -> Self:
        """Set ``valueSplitSymbol``: what stands between values in one text"""
    def getValueSplitSymbol(self) -> str:
        """Return ``valueSplitSymbol``: what stands between values in one text"""
