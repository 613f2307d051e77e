"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Any, Self

import pyarrow as pa

from annopipe.annotators.stage import Annotator, Wired
from annopipe.columns import AnnotationColumn
from annopipe.params import Param

STRATEGIES: tuple[str, ...]

class _RegexParams(Wired):
    rules: Param
    delimiter: Param
    strategy: Param
    def setRules(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``rules``: rules, each a Java regular expression, the delimiter and an identifier"""
    def getRules(self) -> list[str]:
        """Return ``rules``: rules, each a Java regular expression, the delimiter and an identifier"""
    def setDelimiter(self, value: str) -> Self:
        """Set ``delimiter``: what stands between a rule's expression and its identifier"""
    def getDelimiter(self) -> str:
        """Return ``delimiter``: what stands between a rule's expression and its identifier"""
    def setStrategy(self, value: str) -> Self:
        """Set ``strategy``: MATCH_ALL places, only the MATCH_FIRST of each rule, or MATCH_COMPLETE documents"""
    def getStrategy(self) -> str:
        """Return ``strategy``: MATCH_ALL places, only the MATCH_FIRST of each rule, or MATCH_COMPLETE documents"""

class RegexMatcher(_RegexParams):
    def __init__(
        self,
        *,
        delimiter: str = ...,
        dialect: str = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        outputCol: str = ...,
        rules: list[str] | tuple[str, ...] = ...,
        strategy: str = ...,
    ) -> None: ...
    def setExternalRules(self, path: str, delimiter: str, read_as: str = "TEXT", options: Any = None) -> Self: ...
    def fit(self, dataset: Any = None, params: Any = None) -> RegexMatcherModel: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def setDelimiter(self, value: str) -> Self:
        """Set ``delimiter``: what stands between a rule's expression and its identifier"""
    def getDelimiter(self) -> str:
        """Return ``delimiter``: what stands between a rule's expression and its identifier"""
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
    def setRules(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``rules``: rules, each a Java regular expression, the delimiter and an identifier"""
    def getRules(self) -> list[str]:
        """Return ``rules``: rules, each a Java regular expression, the delimiter and an identifier"""
    def setStrategy(self, value: str) -> Self:
        """Set ``strategy``: MATCH_ALL places, only the MATCH_FIRST of each rule, or MATCH_COMPLETE documents"""
    def getStrategy(self) -> str:
        """Return ``strategy``: MATCH_ALL places, only the MATCH_FIRST of each rule, or MATCH_COMPLETE documents"""

class RegexMatcherModel(_RegexParams, Annotator):
    def __init__(
        self,
        *,
        delimiter: str = ...,
        dialect: str = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        outputCol: str = ...,
        rules: list[str] | tuple[str, ...] = ...,
        strategy: str = ...,
    ) -> None: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn: ...
    def setDelimiter(self, value: str) -> Self:
        """Set ``delimiter``: what stands between a rule's expression and its identifier"""
    def getDelimiter(self) -> str:
        """Return ``delimiter``: what stands between a rule's expression and its identifier"""
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
    def setRules(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``rules``: rules, each a Java regular expression, the delimiter and an identifier"""
    def getRules(self) -> list[str]:
        """Return ``rules``: rules, each a Java regular expression, the delimiter and an identifier"""
    def setStrategy(self, value: str) -> Self:
        """Set ``strategy``: MATCH_ALL places, only the MATCH_FIRST of each rule, or MATCH_COMPLETE documents"""
    def getStrategy(self) -> str:
        """Return ``strategy``: MATCH_ALL places, only the MATCH_FIRST of each rule, or MATCH_COMPLETE documents"""
