"""RegexMatcher and RegexMatcherModel: from documents to chunks, by regular expressions."""

from collections.abc import Iterator
from typing import Any, Self

import pyarrow as pa

from annopipe.annotators.chunk_spans import Span, chunk_column
from annopipe.annotators.matcher_files import read_lines
from annopipe.annotators.stage import Annotator, Wired
from annopipe.columns import AnnotationColumn
from annopipe.converters import one_of, to_str, to_str_list
from annopipe.errors import ParamValueError
from annopipe.params import Param

STRATEGIES = ("MATCH_ALL", "MATCH_FIRST", "MATCH_COMPLETE")
_Rules = list[tuple[str, str]]


class _RegexParams(Wired):
    """The parameters that the estimator and its model share."""

    inputAnnotatorTypes = ("document",)
    outputAnnotatorType = "chunk"
    _usual_inputs = ("document",)

    rules = Param(to_str_list, "rules, each a Java regular expression, the delimiter and an identifier")
    delimiter = Param(to_str, "what stands between a rule's expression and its identifier", ",")
    strategy = Param(
        one_of(*STRATEGIES, fold=str.upper),
        "MATCH_ALL places, only the MATCH_FIRST of each rule, or MATCH_COMPLETE documents",
        "MATCH_ALL",
    )

    def _parsed(self) -> _Rules:
        """Return (expression, identifier) of each rule; the last delimiter divides them."""
        if not self.isSet("rules"):
            msg = f"{self.uid}: no rules: call setRules(['<expression>,<name>']) or setExternalRules('<file>', ',')"
            raise ParamValueError(msg)
        delimiter: str = self.getOrDefault("delimiter")
        parsed = []
        for place, rule in enumerate(self.getOrDefault("rules")):
            expression, found, identifier = rule.rpartition(delimiter) if delimiter else (rule, "", "")
            if not found:
                msg = f"rules[{place}] is {rule!r}: it needs an expression, the delimiter {delimiter!r}, an identifier"
                raise ParamValueError(msg)
            parsed.append((expression, identifier.strip()))
        return parsed

    def _check(self) -> None:
        from annopipe.annotators.token_rules.candidates import named_pattern

        for place, (expression, _) in enumerate(self._parsed()):
            named_pattern(f"rules[{place}]", expression)


class RegexMatcher(_RegexParams):
    """_Rules that find chunks by Java regular expressions; ``fit`` checks them and gives a `RegexMatcherModel`.

    A rule is written ``expression,identifier`` (`delimiter` may be another one). An expression that runs too long on a
    text raises `PatternTimeout`. Source: Spark NLP 5.5.3, recorded for MATCH_ALL; the other strategies by its source.
    """

    def setExternalRules(self, path: str, delimiter: str, read_as: str = "TEXT", options: Any = None) -> Self:  # noqa: ARG002
        """Set the rules of a UTF-8 text file, a rule a line.

        Raises:
            RulesFileMissing: no such file.
        """
        self._set("delimiter", delimiter)
        return self._set("rules", read_lines("externalRules", path))

    def fit(self, dataset: Any = None, params: Any = None) -> "RegexMatcherModel":  # noqa: ARG002
        """Check the rules and return the model; the data is not looked at.

        Raises:
            ParamValueError, PatternError: a rule that cannot be used, with the reason.
        """
        source = self.copy(params) if params else self
        model = RegexMatcherModel()
        model.uid = self._new_uid("REGEX_MATCHER")
        model._dialect = self._dialect
        model._values.update(source._values)
        model._check()
        return model

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`."""
        return self.fit().output_schema(schema)


class RegexMatcherModel(_RegexParams, Annotator):
    """Make a chunk of each place that a rule matches: what ``RegexMatcher.fit`` returns.

    ``metadata``: ``identifier`` of the rule, ``sentence`` the position of the document in its row, ``chunk`` the
    number of the match in it, rule after rule. A match without characters gives no chunk.
    """

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`; the rules are checked here too."""
        self._check()
        return super().output_schema(schema)

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`."""
        documents = inputs["document"]
        rules, strategy = self._parsed(), self.getOrDefault("strategy")
        matches = documents.each(lambda text: list(_matches(text, rules, strategy)))
        spans = [
            Span(i, begin, end, number, label)
            for i, found in enumerate(matches)
            for number, (begin, end, label) in enumerate(found)
        ]
        return chunk_column(documents, spans, "identifier", utf16=self._dialect == "sparknlp")


def _matches(text: str, rules: _Rules, strategy: str) -> Iterator[tuple[int, int, str]]:
    from annopipe.annotators.java_pattern import compile_java

    for expression, label in rules:
        pattern = compile_java(expression)
        if strategy == "MATCH_COMPLETE":
            whole = pattern.fullmatch(text)
            found = [] if whole is None else [whole.span()]
        elif strategy == "MATCH_FIRST":
            first = pattern.search(text)
            found = [] if first is None else [first.span()]
        else:
            found = [match.span() for match in pattern.finditer(text)]
        yield from ((begin, end, label) for begin, end in found if end > begin)
