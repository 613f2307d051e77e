"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from annopipe.annotators.stage import Annotator
from annopipe.columns import AnnotationColumn
from annopipe.params import Param
from annopipe.persistence import Shelf

POOLINGS: tuple[str, ...]
LONGEST: int
SHORTEST: int
MAX_ROW_BYTES: int

class AlbertEmbeddings(Annotator):
    batchSize: Param
    caseSensitive: Param
    configProtoBytes: Param
    dimension: Param
    engine: Param
    maxSentenceLength: Param
    storageRef: Param
    layers: Param
    pooling: Param
    maxRowBytes: Param
    max_length_limit: ClassVar[int]
    def __init__(
        self,
        *,
        batchSize: int = ...,
        caseSensitive: bool = ...,
        configProtoBytes: list[int] | tuple[int, ...] = ...,
        dialect: str = ...,
        dimension: int = ...,
        engine: str = ...,
        inputCols: str | list[str] = ...,
        layers: str | int | Sequence[int] = ...,
        lazyAnnotator: bool = ...,
        maxRowBytes: int = ...,
        maxSentenceLength: int = ...,
        outputCol: str = ...,
        pooling: str = ...,
        storageRef: str = ...,
    ) -> None: ...
    @classmethod
    def pretrained(cls, name: str = "albert_base_uncased", lang: str = "en", remote_loc: str | None = None) -> Self: ...
    @classmethod
    def loadSavedModel(cls, folder: str | Path, spark_session: Any = None) -> Self: ...
    def describe(self, shelf: Shelf) -> dict[str, Any]: ...
    @classmethod
    def restore(cls, description: Mapping[str, Any], shelf: Shelf) -> Self: ...
    def explainParam(self, param: Any) -> str: ...
    def setDimension(self, value: int) -> Self: ...
    def setMaxSentenceLength(self, value: int) -> Self: ...
    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn: ...
    def setBatchSize(self, value: int) -> Self:
        """Set ``batchSize``: most sentences in a batch; not set explicitly = by number of tokens"""
    def getBatchSize(self) -> int:
        """Return ``batchSize``: most sentences in a batch; not set explicitly = by number of tokens"""
    def setCaseSensitive(self, value: bool) -> Self:
        """Set ``caseSensitive``: keep case; not set explicitly = as the model was trained"""
    def getCaseSensitive(self) -> bool:
        """Return ``caseSensitive``: keep case; not set explicitly = as the model was trained"""
    def setConfigProtoBytes(self, value: list[int] | tuple[int, ...]) -> Self:
        """Set ``configProtoBytes``: TensorFlow's settings, accepted and not used"""
    def getConfigProtoBytes(self) -> list[int] | None:
        """Return ``configProtoBytes``: TensorFlow's settings, accepted and not used"""
    def getDimension(self) -> int:
        """Return ``dimension``: numbers in a vector; the model's once there is one"""
    def setEngine(self, value: str) -> Self:
        """Set ``engine``: what computes: onnx once there is a model"""
    def getEngine(self) -> str:
        """Return ``engine``: what computes: onnx once there is a model"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setLayers(self, value: str | int | Sequence[int]) -> Self:
        """Set ``layers``: hidden states to use: last, an index, mean:-4,-3 or concat:-1,-2"""
    def getLayers(self) -> str:
        """Return ``layers``: hidden states to use: last, an index, mean:-4,-3 or concat:-1,-2"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setMaxRowBytes(self, value: int) -> Self:
        """Set ``maxRowBytes``: most bytes of vectors in one row"""
    def getMaxRowBytes(self) -> int:
        """Return ``maxRowBytes``: most bytes of vectors in one row"""
    def getMaxSentenceLength(self) -> int:
        """Return ``maxSentenceLength``: pieces in a window, [CLS] and [SEP] among them; not set explicitly = all that fit"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""
    def setPooling(self, value: str) -> Self:
        """Set ``pooling``: pieces of a word to one vector: first, last, mean, first_last"""
    def getPooling(self) -> str:
        """Return ``pooling``: pieces of a word to one vector: first, last, mean, first_last"""
    def setStorageRef(self, value: str) -> Self:
        """Set ``storageRef``: name that ties later stages to these vectors; the uid once there is a model"""
    def getStorageRef(self) -> str:
        """Return ``storageRef``: name that ties later stages to these vectors; the uid once there is a model"""
