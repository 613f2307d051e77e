"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Self

import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.stage import Transformer, Wired
from annopipe.params import Param

class Doc2Chunk(Wired, Transformer):
    chunkCol: Param
    startCol: Param
    startColByTokenIndex: Param
    isArray: Param
    failOnMissing: Param
    lowerCase: Param
    def __init__(
        self,
        *,
        chunkCol: str = ...,
        dialect: str = ...,
        failOnMissing: bool = ...,
        inputCols: str | list[str] = ...,
        isArray: bool = ...,
        lazyAnnotator: bool = ...,
        lowerCase: bool = ...,
        outputCol: str = ...,
        startCol: str = ...,
        startColByTokenIndex: bool = ...,
    ) -> None: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def run(self, batch: Batch, schema: pa.Schema) -> Batch: ...
    def setChunkCol(self, value: str) -> Self:
        """Set ``chunkCol``: column of texts to find, or of lists of them; unset = the whole document"""
    def getChunkCol(self) -> str:
        """Return ``chunkCol``: column of texts to find, or of lists of them; unset = the whole document"""
    def setFailOnMissing(self, value: bool) -> Self:
        """Set ``failOnMissing``: a text that the document does not hold is an error"""
    def getFailOnMissing(self) -> bool:
        """Return ``failOnMissing``: a text that the document does not hold is an error"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setIsArray(self, value: bool) -> Self:
        """Set ``isArray``: chunkCol holds lists of texts; lists are recognised without it"""
    def getIsArray(self) -> bool:
        """Return ``isArray``: chunkCol holds lists of texts; lists are recognised without it"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setLowerCase(self, value: bool) -> Self:
        """Set ``lowerCase``: look for the text without regard to case"""
    def getLowerCase(self) -> bool:
        """Return ``lowerCase``: look for the text without regard to case"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""
    def setStartCol(self, value: str) -> Self:
        """Set ``startCol``: column with the place from which to look; unset = the beginning"""
    def getStartCol(self) -> str:
        """Return ``startCol``: column with the place from which to look; unset = the beginning"""
    def setStartColByTokenIndex(self, value: bool) -> Self:
        """Set ``startColByTokenIndex``: startCol counts words between spaces, not characters"""
    def getStartColByTokenIndex(self) -> bool:
        """Return ``startColByTokenIndex``: startCol counts words between spaces, not characters"""
