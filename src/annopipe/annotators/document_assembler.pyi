"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Self

import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.stage import Transformer
from annopipe.params import Param

REPLACED: str

class DocumentAssembler(Transformer):
    inputCol: Param
    outputCol: Param
    idCol: Param
    metadataCol: Param
    cleanupMode: Param
    def __init__(
        self,
        *,
        cleanupMode: str = ...,
        dialect: str = ...,
        idCol: str = ...,
        inputCol: str = ...,
        metadataCol: str = ...,
        outputCol: str = ...,
    ) -> None: ...
    def setCleanupMode(self, value: str) -> Self: ...
    def text_input(self) -> str: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def run(self, batch: Batch, schema: pa.Schema) -> Batch: ...
    def getCleanupMode(self) -> str:
        """Return ``cleanupMode``: how to clean the text: disabled, inplace, inplace_full, shrink, shrink_full, each, each_full, delete_full"""
    def setIdCol(self, value: str) -> Self:
        """Set ``idCol``: name of a column to put into metadata as id; unset = none"""
    def getIdCol(self) -> str | None:
        """Return ``idCol``: name of a column to put into metadata as id; unset = none"""
    def setInputCol(self, value: str) -> Self:
        """Set ``inputCol``: name of the text column"""
    def getInputCol(self) -> str | None:
        """Return ``inputCol``: name of the text column"""
    def setMetadataCol(self, value: str) -> Self:
        """Set ``metadataCol``: name of a map column to put into metadata; unset = none"""
    def getMetadataCol(self) -> str | None:
        """Return ``metadataCol``: name of a map column to put into metadata; unset = none"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output column"""
