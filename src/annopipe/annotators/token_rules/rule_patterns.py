r"""Rules made of patterns: each group of the first pattern that fits a candidate is a token."""

import re
from dataclasses import dataclass

from annopipe.annotators.java_pattern import Budget, JavaPattern, compile_java
from annopipe.annotators.token_rules.peeling import Span
from annopipe.annotators.token_rules.settings import TokenSettings
from annopipe.errors import PatternError

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
