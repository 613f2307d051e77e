"""The default rule: context characters peeled off both ends of a candidate."""

import re
from dataclasses import dataclass

from annopipe.annotators.java_pattern import Budget, JavaPattern, compile_java
from annopipe.annotators.token_rules.candidates import named_pattern
from annopipe.annotators.token_rules.settings import TokenSettings
from annopipe.errors import PatternError
from annopipe.warnings import warn_once

Span = tuple[int, int]

_LINE_ENDS = frozenset("\n\r\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Peeling:
    """Leading run, middle, trailing run, each a token; it does not fit a candidate of context characters only.

    Does in linear time what Spark NLP's default rule does with
    ``\\A([P]*)([^P](?:.*[^P])*)([P]*)\\z``, P being the context characters.
    """

    chars: str

    def tokens(self, candidate: str) -> list[Span] | None:
        """The (begin, end) of the tokens within the candidate; None if the rule does not fit."""
        last = len(candidate)
        begin = last - len(candidate.lstrip(self.chars))
        if begin == last:
            return None
        end = len(candidate.rstrip(self.chars))
        return [span for span in ((0, begin), (begin, end), (end, last)) if span[0] < span[1]]


def peelable(chars: str) -> bool:
    r"""Whether the default rule of these context characters is a `Peeling`.

    It is not where one of them is a line end, which the rule's ``.`` does not cross, or where a backslash and an E
    end Java's quoting.
    """
    return bool(chars) and _LINE_ENDS.isdisjoint(chars) and "\\E" not in chars


_INLINE_FLAGS = re.compile(r"\(\?[a-zA-Z-]")


@dataclass(frozen=True, slots=True)
class RulePatterns:
    """The patterns in their order."""

    patterns: tuple[JavaPattern, ...]

    def tokens(self, candidate: str, budget: Budget) -> list[Span] | None:
        """The (begin, end) of the groups within the candidate, empty ones left out; None if no pattern fits."""
        for pattern in self.patterns:
            match = pattern.search(candidate, budget=budget)
            if match is not None:
                spans = [match.span(group) for group in range(1, pattern.groups + 1)]
                return [span for span in spans if span[0] < span[1]]
        return None


def rule_patterns(settings: TokenSettings) -> RulePatterns:
    """One pattern an infix: prefix, infix and suffix joined, as Spark NLP joins them."""
    chars = "".join(settings.contextChars)
    context = f"\\Q{chars}\\E"
    prefix = settings.prefixPattern if settings.prefixPattern is not None else f"\\A([{context}]*)"
    suffix = settings.suffixPattern if settings.suffixPattern is not None else f"([{context}]*)\\z"
    infixes = settings.infixPatterns if settings.infixPatterns is not None else (_default_infix(chars, prefix),)
    return RulePatterns(tuple(_joined(prefix, infix, suffix) for infix in infixes))


def _joined(prefix: str, infix: str, suffix: str) -> JavaPattern:
    """The rule of one infix; its error names the parts that are no pattern alone, or all if each is one."""
    try:
        return compile_java(prefix + infix + suffix)
    except PatternError as error:
        parts = {"prefixPattern": prefix, "infixPatterns": infix, "suffixPattern": suffix}
        wrong = [param for param, part in parts.items() if not _is_pattern(part)]
        raise PatternError(f"{', '.join(wrong or parts)}: {error}") from None


def _is_pattern(part: str) -> bool:
    try:
        compile_java(part)
    except PatternError:
        return False
    return True


def _default_infix(chars: str, prefix: str) -> str:
    r"""The middle of a candidate: from a character that is no context character to another.

    Spark NLP writes it ``([^P](?:.*[^P])*)``, which a suffix that does not fit makes exponential. ``[^P](?:X*[^P])?``
    with X for any character but the context characters that are line ends matches the same texts in the same order.
    A prefix that sets flags may change what ``.`` is: then the original stays.
    """
    others = f"[^\\Q{chars}\\E]"
    if _INLINE_FLAGS.search(prefix):
        return f"({others}(?:.*{others})*)"
    barriers = "".join(char for char in chars if char in "\n\r\x85\u2028\u2029")
    between = f"[^{barriers}]" if barriers else "[\\s\\S]"
    return f"({others}(?:{between}*{others})?)"


_META = frozenset(".|*+?()[]{}^$\\")


@dataclass(frozen=True, slots=True)
class Splitting:
    """Cuts a token where ``pattern`` gives more than one part, else where it holds one of ``chars``.

    The separators are dropped, a token of separators only gives nothing. ``chars_pattern`` is ``splitChars`` joined
    with ``|`` to a Java pattern, None where that is none: then tokens stay as they are.
    """

    pattern: JavaPattern | None
    chars: tuple[str, ...]
    chars_pattern: JavaPattern | None

    def parts(self, token: str, budget: Budget) -> list[Span]:
        """The (begin, end) of the parts within the token."""
        if self.pattern is not None:
            parts = self.pattern.split(token, budget=budget)
            if len(parts) > 1:
                return _filled(parts)
        if self.chars_pattern is not None and any(char in token for char in self.chars):
            return _filled(self.chars_pattern.split(token, budget=budget))
        return [(0, len(token))]


def splitting(settings: TokenSettings) -> Splitting | None:
    """The last step of these settings, None if they cut nothing."""
    if settings.splitPattern is None and not settings.splitChars:
        return None
    pattern = None if settings.splitPattern is None else named_pattern("splitPattern", settings.splitPattern)
    chars = settings.splitChars or ()
    _warn_of_metacharacters(chars)
    try:
        chars_pattern = named_pattern("splitChars", "|".join(chars))
    except PatternError as error:
        warn_once(f"{error}: splitChars cut nothing; write a backslash before a metacharacter")
        chars_pattern = None
    return Splitting(pattern, tuple(char[-1] for char in chars), chars_pattern)


def _filled(parts: list[Span]) -> list[Span]:
    return [part for part in parts if part[0] < part[1]]


def _warn_of_metacharacters(chars: tuple[str, ...]) -> None:
    for char in chars:
        if char in _META:
            warn_once(
                f"splitChars: {char!r} is read as a Java regular expression, as in Spark NLP; to cut at the character "
                f"write a backslash before it"
            )
