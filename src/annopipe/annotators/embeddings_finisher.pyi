"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Self

import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.finishing_stage import FinishingStage
from annopipe.params import Param

EMBEDDING_TYPES: tuple[str, ...]

class EmbeddingsFinisher(FinishingStage):
    cleanAnnotations: Param
    outputAsVector: Param
    def __init__(
        self,
        *,
        cleanAnnotations: bool = ...,
        dialect: str = ...,
        inputCols: str | list[str] = ...,
        outputAsVector: bool = ...,
        outputCols: str | list[str] = ...,
    ) -> None: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def run(self, batch: Batch, schema: pa.Schema) -> Batch: ...
    def setCleanAnnotations(self, value: bool) -> Self:
        """Set ``cleanAnnotations``: drop all annotation columns"""
    def getCleanAnnotations(self) -> bool:
        """Return ``cleanAnnotations``: drop all annotation columns"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the annotation columns"""
    def setOutputAsVector(self, value: bool) -> Self:
        """Set ``outputAsVector``: doubles, as Spark's vectors, instead of floats"""
    def getOutputAsVector(self) -> bool:
        """Return ``outputAsVector``: doubles, as Spark's vectors, instead of floats"""
