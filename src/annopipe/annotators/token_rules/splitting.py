"""The last step: tokens cut again by ``splitPattern`` and ``splitChars``."""

from dataclasses import dataclass

from annopipe.annotators.java_pattern import Budget, JavaPattern
from annopipe.annotators.token_rules.named_pattern import named_pattern
from annopipe.annotators.token_rules.peeling import Span
from annopipe.annotators.token_rules.settings import TokenSettings
from annopipe.errors import PatternError
from annopipe.warnings import warn_once

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
