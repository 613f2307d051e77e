"""The whole tokenizer: settings in, the places of tokens out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from annopipe.annotators.java_pattern import Budget
from annopipe.annotators.token_rules.candidates import BREAKS, candidates
from annopipe.annotators.token_rules.peeling import Peeling, RulePatterns, Span, peelable, rule_patterns, splitting
from annopipe.annotators.token_rules.settings import TARGET, TokenSettings
from annopipe.errors import PatternTimeout


class DefaultRules:
    """Tokens at white space, context characters peeled off: no exceptions, splits or patterns of the user."""

    def __init__(self, context_chars: str) -> None:
        context = re.escape("".join(char for char in context_chars if char not in BREAKS))
        inner = f"[^{context}{BREAKS}]"
        peeled = f"|[{context}]+" if context else ""
        self._token = re.compile(f"{inner}(?:[^{BREAKS}]*{inner})?{peeled}")

    def tokens(self, text: str) -> list[Span]:
        """The (begin, end) of the tokens of one text."""
        return [match.span() for match in self._token.finditer(text)]

    def tokens_of_all(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Begins, ends and offsets of the tokens of many texts, read as one with line breaks between them."""
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) + 1 for text in texts], out=starts[1:])
        matches = self._token.finditer("\n".join(texts))
        spans = np.fromiter(chain.from_iterable(match.span() for match in matches), np.int64).reshape(-1, 2)
        offsets = np.searchsorted(spans[:, 0], starts)
        shift = np.repeat(starts[:-1], np.diff(offsets))
        return spans[:, 0] - shift, spans[:, 1] - shift, offsets.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Lengths:
    """Keeps tokens of ``least`` to ``most`` characters, in UTF-16 units if ``utf16``; no upper limit if None."""

    least: int
    most: int | None
    utf16: bool

    @property
    def active(self) -> bool:
        """Whether any token can be dropped."""
        return self.least > 1 or self.most is not None

    def kept(self, text: str, spans: list[Span]) -> list[Span]:
        """The spans whose length is allowed."""
        if not self.active:
            return spans
        most = 2 * len(text) if self.most is None else self.most
        return [span for span in spans if self.least <= self._length(text, span) <= most]

    def _length(self, text: str, span: Span) -> int:
        begin, end = span
        if not self.utf16:
            return end - begin
        return end - begin + sum(char > "\uffff" for char in text[begin:end])


Flat = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


class TokenRules:
    r"""Cuts texts into tokens as Spark NLP 5.5.3's ``Tokenizer`` does.

    A text is cut at separators (default: ASCII white space) into candidates; one that an exception covers is a token;
    of another, the groups of the first fitting rule are (default: the leading run of context characters, the middle,
    the trailing run) and they are split again if so set; one that no rule fits is a token; last comes the length.

    What is better than there: every token is a slice of the text, at its true place; places are code points; groups
    that take no part are left out; any text takes linear time with the default rules, and a pattern that runs away
    raises `PatternTimeout` (1 s and 4 µs a character for all patterns on one text).

    Tokens come in order and do not overlap, unless groups of a user's pattern are nested. Raises `ParamValueError` for
    a bad value and `PatternError` for a bad pattern, both at construction. Patterns are compiled once a process.
    """

    def __init__(self, settings: TokenSettings | None = None) -> None:
        self.settings = settings = TokenSettings() if settings is None else settings
        settings.check()
        self._candidates = candidates(settings)
        self._rule = _rule(settings)
        self._splitting = splitting(settings)
        self._lengths = Lengths(settings.minLength, settings.maxLength, settings.utf16)
        self._fast = self._fast_rules()

    def tokenize(self, text: str) -> list[Span]:
        """The (begin, end) of the tokens, in code points, end exclusive: the token is ``text[begin:end]``."""
        if self._fast is not None:
            return self._lengths.kept(text, self._fast.tokens(text))
        return self._lengths.kept(text, list(self._tokens(text)))

    def tokenize_all(self, texts: Sequence[str]) -> Flat:
        """Tokens of many texts, flat: begins, ends, and offsets; text i owns ``offsets[i]:offsets[i + 1]``.

        The row of a `PatternTimeout` is the place of its text.
        """
        if self._fast is not None and not self._lengths.active:
            return self._fast.tokens_of_all(texts)
        found: list[list[Span]] = []
        try:
            for text in texts:
                found.append(self.tokenize(text))
        except PatternTimeout as error:
            error.at(len(found))
            raise
        offsets = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(spans) for spans in found], out=offsets[1:])
        flat = np.array([span for spans in found for span in spans], np.int64).reshape(-1, 2)
        return flat[:, 0].copy(), flat[:, 1].copy(), offsets

    def _fast_rules(self) -> DefaultRules | None:
        plain = isinstance(self._rule, Peeling) and self._splitting is None and self._candidates.exceptions is None
        if plain and self.settings.targetPattern == TARGET:
            return DefaultRules("".join(self.settings.contextChars))
        return None

    def _tokens(self, text: str) -> Iterator[Span]:
        budget = Budget(text)
        for candidate in self._candidates.of(text, budget):
            if candidate.whole:
                yield candidate.begin, candidate.end
                continue
            for begin, end in self._parts(text[candidate.begin : candidate.end], budget):
                yield candidate.begin + begin, candidate.begin + end

    def _parts(self, candidate: str, budget: Budget) -> Iterator[Span]:
        rule = self._rule
        tokens = rule.tokens(candidate) if isinstance(rule, Peeling) else rule.tokens(candidate, budget)
        if tokens is None:
            yield 0, len(candidate)
            return
        for begin, end in tokens:
            if self._splitting is None:
                yield begin, end
                continue
            for first, last in self._splitting.parts(candidate[begin:end], budget):
                yield begin + first, begin + last


def _rule(settings: TokenSettings) -> Peeling | RulePatterns:
    chars = "".join(settings.contextChars)
    default = settings.prefixPattern is None and settings.suffixPattern is None and settings.infixPatterns is None
    return Peeling(chars) if default and peelable(chars) else rule_patterns(settings)
