"""Tokenizer and TokenizerModel: from documents or sentences to tokens."""

from functools import lru_cache
from typing import Any, Self

import numpy as np
import pyarrow as pa

from annopipe.annotators.stage import Annotator, Wired
from annopipe.annotators.token_rules import TokenRules, TokenSettings, read_exceptions
from annopipe.columns import AnnotationColumn, rows_of
from annopipe.converters import at_least, to_bool, to_str, to_str_list
from annopipe.errors import PatternTimeout
from annopipe.offsets import has_astral, to_utf16
from annopipe.params import Param

CONTEXT_CHARS = [".", ",", ";", ":", "!", "?", "*", "-", "(", ")", '"', "'"]


@lru_cache(maxsize=64)
def _rules(settings: TokenSettings) -> TokenRules:
    return TokenRules(settings)


def _tuple(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


class _TokenParams(Wired):
    """The parameters that the estimator and its model share."""

    inputAnnotatorTypes = ("document",)
    outputAnnotatorType = "token"
    _usual_inputs = ("document",)
    _usual_output = "token"

    targetPattern = Param(
        to_str, "what is no break between tokens, pasted into a character class", r"\S+", lenient=True
    )
    splitChars = Param(to_str_list, "characters at which tokens are cut; they are dropped")
    splitPattern = Param(to_str, "Java regular expression at which tokens are cut; its text is dropped", lenient=True)
    exceptions = Param(to_str_list, "Java regular expressions of texts that stay one token")
    caseSensitiveExceptions = Param(to_bool, "exceptions match in this case only", True)

    def addSplitChars(self, value: str) -> Self:
        """Add one character to ``splitChars``."""
        return self._add("splitChars", value)

    def _add(self, name: str, value: str) -> Self:
        return self._set(name, [*(self._explicit(name) or []), value])


class Tokenizer(_TokenParams):
    """Rules that cut documents into tokens; ``fit`` checks them and gives a `TokenizerModel`.

    Tokens end at ASCII white space; runs of the context characters at either end of a word become tokens of their
    own (``(U.S.A.)`` gives ``(``, ``U.S.A``, ``.)``), nothing inside a word is cut. All patterns are Java regular
    expressions; a pattern that runs too long on a text raises `PatternTimeout`. Source: Spark NLP 5.5.3, recorded.

    Beyond Spark NLP: tokens always slice the text, a document's id and metadata are kept, ``maxLength`` acts only
    when set, and wrong patterns are errors of ``fit``.
    """

    prefixPattern = Param(to_str, r"leading part of a token, begins with \A; unset = context characters")
    suffixPattern = Param(to_str, r"trailing part of a token, ends with \z; unset = context characters")
    infixPatterns = Param(to_str_list, "middle parts of a token: each group becomes a token; unset = one whole")
    contextChars = Param(to_str_list, "characters peeled off both ends of words", CONTEXT_CHARS)
    exceptionsPath = Param(to_str, "text file with an exception a line", lenient=True)
    minLength = Param(at_least(0), "drop tokens shorter than this", 0, lenient=True)
    maxLength = Param(at_least(0), "drop tokens longer than this; not set explicitly = no limit", 99999, lenient=True)

    def addContextChars(self, value: str) -> Self:
        """Add one character to ``contextChars``."""
        return self._set("contextChars", [*self.getOrDefault("contextChars"), value])

    def addException(self, value: str) -> Self:
        """Add one regular expression to ``exceptions``."""
        return self._add("exceptions", value)

    def addInfixPattern(self, value: str) -> Self:
        """Put one pattern before ``infixPatterns``; the first added one replaces the default."""
        return self._set("infixPatterns", [value, *(self._explicit("infixPatterns") or [])])

    def setExceptionsPath(self, path: str, read_as: str = "TEXT", options: Any = None) -> Self:  # noqa: ARG002
        """Set a text file with an exception a line (UTF-8, lines taken as they are); ``fit`` reads it."""
        return self._set("exceptionsPath", str(path))

    def fit(self, dataset: Any = None, params: Any = None) -> "TokenizerModel":  # noqa: ARG002
        """Check the rules and return the model; the data is not looked at.

        Raises:
            ParamValueError, PatternError: a rule that cannot be used, with the reason.
            FileNotFoundError: ``exceptionsPath`` does not exist.
        """
        source = self.copy(params) if params else self
        model = TokenizerModel()
        model.uid = self._new_uid("REGEX_TOKENIZER")
        model._dialect = self._dialect
        for name, value in source._values.items():
            if name != "exceptionsPath":
                model._set(name, value)
        if (path := source._explicit("exceptionsPath")) is not None:
            model._set("exceptions", [*(source._explicit("exceptions") or []), *read_exceptions(path)])
        model._check()
        return model

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`."""
        return self.fit().output_schema(schema)


class TokenizerModel(_TokenParams, Annotator):
    """Cut documents or sentences into tokens: what ``Tokenizer.fit`` returns.

    Each token's ``metadata["sentence"]`` is its sentence's.
    """

    prefixPattern = Param(to_str, r"leading part of a token, begins with \A", extra=True)
    suffixPattern = Param(to_str, r"trailing part of a token, ends with \z", extra=True)
    infixPatterns = Param(to_str_list, "middle parts of a token", extra=True)
    contextChars = Param(to_str_list, "characters peeled off both ends of words", CONTEXT_CHARS, extra=True)
    minLength = Param(at_least(0), "drop tokens shorter than this", 0)
    maxLength = Param(at_least(0), "drop tokens longer than this; not set explicitly = no limit", 99999)
    rules = Param(to_str, "Spark NLP's compiled rules; the patterns above are used in their place", lenient=True)

    @classmethod
    def pretrained(cls, name: str = "token_rules", lang: str = "en", remote_loc: str | None = None) -> Self:  # noqa: ARG003
        """Return the default rules; there is nothing to fetch."""
        return cls()

    def _settings(self) -> TokenSettings:
        return TokenSettings(
            targetPattern=self.getOrDefault("targetPattern"),
            prefixPattern=self._explicit("prefixPattern"),
            suffixPattern=self._explicit("suffixPattern"),
            infixPatterns=_tuple(self._explicit("infixPatterns")),
            exceptions=_tuple(self._explicit("exceptions")),
            caseSensitiveExceptions=self.getOrDefault("caseSensitiveExceptions"),
            contextChars=tuple(self.getOrDefault("contextChars")),
            splitChars=_tuple(self._explicit("splitChars")),
            splitPattern=self._explicit("splitPattern"),
            minLength=self.getOrDefault("minLength"),
            maxLength=self._explicit("maxLength"),
            utf16=self._dialect == "sparknlp",
        )

    def _check(self) -> None:
        _rules(self._settings())

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`; the rules are checked here too."""
        self._check()
        return super().output_schema(schema)

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`."""
        sentences = inputs["document"]
        texts = sentences.result
        try:
            begin, end, offsets = _rules(self._settings()).tokenize_all(texts)
        except PatternTimeout as error:
            error.at(sentences.row_of(error.row or 0))
            raise
        counts = np.diff(offsets)
        parents = np.repeat(np.arange(len(sentences)), counts)
        results = [texts[i][b:e] for i, b, e in zip(parents.tolist(), begin.tolist(), end.tolist(), strict=True)]
        if self._dialect == "sparknlp":
            for i in np.flatnonzero(counts):
                if has_astral(texts[i]):
                    span = slice(offsets[i], offsets[i + 1])
                    begin[span], end[span] = to_utf16(texts[i], begin[span]), to_utf16(texts[i], end[span])
        numbers = sentences.metadata.get("sentence") or ["0"] * len(sentences)
        inherited = sentences.inherited
        shift = sentences.begin[parents]
        return AnnotationColumn(
            annotator_type="token",
            offsets=rows_of(np.bincount(sentences.row_numbers()[parents], minlength=sentences.rows)),
            begin=begin + shift,
            end=end - 1 + shift,
            result=results,
            metadata={"sentence": [numbers[i] for i in parents.tolist()]},
            inherited=None if inherited is None else [inherited[i] for i in parents.tolist()],
        )
