"""Made by scripts/make_stubs.py from the parameters' declarations: edit those, then run it."""

from typing import Any, Self

import pyarrow as pa

from annopipe.annotators.stage import Annotator, Wired
from annopipe.columns import AnnotationColumn
from annopipe.params import Param

CONTEXT_CHARS: list[str]

class _TokenParams(Wired):
    targetPattern: Param
    splitChars: Param
    splitPattern: Param
    exceptions: Param
    caseSensitiveExceptions: Param
    def addSplitChars(self, value: str) -> Self: ...
    def setTargetPattern(self, value: str) -> Self:
        """Set ``targetPattern``: what is no break between tokens, pasted into a character class"""
    def getTargetPattern(self) -> str:
        """Return ``targetPattern``: what is no break between tokens, pasted into a character class"""
    def setSplitChars(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``splitChars``: characters at which tokens are cut; they are dropped"""
    def getSplitChars(self) -> list[str]:
        """Return ``splitChars``: characters at which tokens are cut; they are dropped"""
    def setSplitPattern(self, value: str) -> Self:
        """Set ``splitPattern``: Java regular expression at which tokens are cut; its text is dropped"""
    def getSplitPattern(self) -> str | None:
        """Return ``splitPattern``: Java regular expression at which tokens are cut; its text is dropped"""
    def setExceptions(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``exceptions``: Java regular expressions of texts that stay one token"""
    def getExceptions(self) -> list[str]:
        """Return ``exceptions``: Java regular expressions of texts that stay one token"""
    def setCaseSensitiveExceptions(self, value: bool) -> Self:
        """Set ``caseSensitiveExceptions``: exceptions match in this case only"""
    def getCaseSensitiveExceptions(self) -> bool:
        """Return ``caseSensitiveExceptions``: exceptions match in this case only"""

class Tokenizer(_TokenParams):
    prefixPattern: Param
    suffixPattern: Param
    infixPatterns: Param
    contextChars: Param
    exceptionsPath: Param
    minLength: Param
    maxLength: Param
    def __init__(
        self,
        *,
        caseSensitiveExceptions: bool = ...,
        contextChars: list[str] | tuple[str, ...] = ...,
        dialect: str = ...,
        exceptions: list[str] | tuple[str, ...] = ...,
        exceptionsPath: str = ...,
        infixPatterns: list[str] | tuple[str, ...] = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        maxLength: int = ...,
        minLength: int = ...,
        outputCol: str = ...,
        prefixPattern: str = ...,
        splitChars: list[str] | tuple[str, ...] = ...,
        splitPattern: str = ...,
        suffixPattern: str = ...,
        targetPattern: str = ...,
    ) -> None: ...
    def addContextChars(self, value: str) -> Self: ...
    def addException(self, value: str) -> Self: ...
    def addInfixPattern(self, value: str) -> Self: ...
    def setExceptionsPath(self, path: str, read_as: str = "TEXT", options: Any = None) -> Self: ...
    def fit(self, dataset: Any = None, params: Any = None) -> TokenizerModel: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def setCaseSensitiveExceptions(self, value: bool) -> Self:
        """Set ``caseSensitiveExceptions``: exceptions match in this case only"""
    def getCaseSensitiveExceptions(self) -> bool:
        """Return ``caseSensitiveExceptions``: exceptions match in this case only"""
    def setContextChars(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``contextChars``: characters peeled off both ends of words"""
    def getContextChars(self) -> list[str]:
        """Return ``contextChars``: characters peeled off both ends of words"""
    def setExceptions(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``exceptions``: Java regular expressions of texts that stay one token"""
    def getExceptions(self) -> list[str]:
        """Return ``exceptions``: Java regular expressions of texts that stay one token"""
    def getExceptionsPath(self) -> str | None:
        """Return ``exceptionsPath``: text file with an exception a line"""
    def setInfixPatterns(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``infixPatterns``: middle parts of a token: each group becomes a token; unset = one whole"""
    def getInfixPatterns(self) -> list[str]:
        """Return ``infixPatterns``: middle parts of a token: each group becomes a token; unset = one whole"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setMaxLength(self, value: int) -> Self:
        """Set ``maxLength``: drop tokens longer than this; not set explicitly = no limit"""
    def getMaxLength(self) -> int:
        """Return ``maxLength``: drop tokens longer than this; not set explicitly = no limit"""
    def setMinLength(self, value: int) -> Self:
        """Set ``minLength``: drop tokens shorter than this"""
    def getMinLength(self) -> int:
        """Return ``minLength``: drop tokens shorter than this"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""
    def setPrefixPattern(self, value: str) -> Self:
        """Set ``prefixPattern``: leading part of a token, begins with \\A; unset = context characters"""
    def getPrefixPattern(self) -> str:
        """Return ``prefixPattern``: leading part of a token, begins with \\A; unset = context characters"""
    def setSplitChars(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``splitChars``: characters at which tokens are cut; they are dropped"""
    def getSplitChars(self) -> list[str]:
        """Return ``splitChars``: characters at which tokens are cut; they are dropped"""
    def setSplitPattern(self, value: str) -> Self:
        """Set ``splitPattern``: Java regular expression at which tokens are cut; its text is dropped"""
    def getSplitPattern(self) -> str | None:
        """Return ``splitPattern``: Java regular expression at which tokens are cut; its text is dropped"""
    def setSuffixPattern(self, value: str) -> Self:
        """Set ``suffixPattern``: trailing part of a token, ends with \\z; unset = context characters"""
    def getSuffixPattern(self) -> str:
        """Return ``suffixPattern``: trailing part of a token, ends with \\z; unset = context characters"""
    def setTargetPattern(self, value: str) -> Self:
        """Set ``targetPattern``: what is no break between tokens, pasted into a character class"""
    def getTargetPattern(self) -> str:
        """Return ``targetPattern``: what is no break between tokens, pasted into a character class"""

class TokenizerModel(_TokenParams, Annotator):
    prefixPattern: Param
    suffixPattern: Param
    infixPatterns: Param
    contextChars: Param
    minLength: Param
    maxLength: Param
    rules: Param
    def __init__(
        self,
        *,
        caseSensitiveExceptions: bool = ...,
        contextChars: list[str] | tuple[str, ...] = ...,
        dialect: str = ...,
        exceptions: list[str] | tuple[str, ...] = ...,
        infixPatterns: list[str] | tuple[str, ...] = ...,
        inputCols: str | list[str] = ...,
        lazyAnnotator: bool = ...,
        maxLength: int = ...,
        minLength: int = ...,
        outputCol: str = ...,
        prefixPattern: str = ...,
        rules: str = ...,
        splitChars: list[str] | tuple[str, ...] = ...,
        splitPattern: str = ...,
        suffixPattern: str = ...,
        targetPattern: str = ...,
    ) -> None: ...
    @classmethod
    def pretrained(cls, name: str = "token_rules", lang: str = "en", remote_loc: str | None = None) -> Self: ...
    def output_schema(self, schema: pa.Schema) -> pa.Schema: ...
    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn: ...
    def setCaseSensitiveExceptions(self, value: bool) -> Self:
        """Set ``caseSensitiveExceptions``: exceptions match in this case only"""
    def getCaseSensitiveExceptions(self) -> bool:
        """Return ``caseSensitiveExceptions``: exceptions match in this case only"""
    def setContextChars(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``contextChars``: characters peeled off both ends of words"""
    def getContextChars(self) -> list[str]:
        """Return ``contextChars``: characters peeled off both ends of words"""
    def setExceptions(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``exceptions``: Java regular expressions of texts that stay one token"""
    def getExceptions(self) -> list[str]:
        """Return ``exceptions``: Java regular expressions of texts that stay one token"""
    def setInfixPatterns(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``infixPatterns``: middle parts of a token"""
    def getInfixPatterns(self) -> list[str]:
        """Return ``infixPatterns``: middle parts of a token"""
    def getInputCols(self) -> list[str]:
        """Return ``inputCols``: names of the input annotation columns, in any order"""
    def setLazyAnnotator(self, value: bool) -> Self:
        """Set ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def getLazyAnnotator(self) -> bool:
        """Return ``lazyAnnotator``: LightPipeline leaves this stage out; frames run it all the same"""
    def setMaxLength(self, value: int) -> Self:
        """Set ``maxLength``: drop tokens longer than this; not set explicitly = no limit"""
    def getMaxLength(self) -> int:
        """Return ``maxLength``: drop tokens longer than this; not set explicitly = no limit"""
    def setMinLength(self, value: int) -> Self:
        """Set ``minLength``: drop tokens shorter than this"""
    def getMinLength(self) -> int:
        """Return ``minLength``: drop tokens shorter than this"""
    def setOutputCol(self, value: str) -> Self:
        """Set ``outputCol``: name of the output annotation column"""
    def getOutputCol(self) -> str:
        """Return ``outputCol``: name of the output annotation column"""
    def setPrefixPattern(self, value: str) -> Self:
        """Set ``prefixPattern``: leading part of a token, begins with \\A"""
    def getPrefixPattern(self) -> str:
        """Return ``prefixPattern``: leading part of a token, begins with \\A"""
    def setRules(self, value: str) -> Self:
        """Set ``rules``: Spark NLP's compiled rules; the patterns above are used in their place"""
    def getRules(self) -> str | None:
        """Return ``rules``: Spark NLP's compiled rules; the patterns above are used in their place"""
    def setSplitChars(self, value: list[str] | tuple[str, ...]) -> Self:
        """Set ``splitChars``: characters at which tokens are cut; they are dropped"""
    def getSplitChars(self) -> list[str]:
        """Return ``splitChars``: characters at which tokens are cut; they are dropped"""
    def setSplitPattern(self, value: str) -> Self:
        """Set ``splitPattern``: Java regular expression at which tokens are cut; its text is dropped"""
    def getSplitPattern(self) -> str | None:
        """Return ``splitPattern``: Java regular expression at which tokens are cut; its text is dropped"""
    def setSuffixPattern(self, value: str) -> Self:
        """Set ``suffixPattern``: trailing part of a token, ends with \\z"""
    def getSuffixPattern(self) -> str:
        """Return ``suffixPattern``: trailing part of a token, ends with \\z"""
    def setTargetPattern(self, value: str) -> Self:
        """Set ``targetPattern``: what is no break between tokens, pasted into a character class"""
    def getTargetPattern(self) -> str:
        """Return ``targetPattern``: what is no break between tokens, pasted into a character class"""
