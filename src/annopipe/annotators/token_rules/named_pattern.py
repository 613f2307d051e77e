"""Patterns that say which parameter they come from."""

from annopipe.annotators.java_pattern import JavaPattern, compile_java
from annopipe.errors import PatternError


def named_pattern(param: str, pattern: str) -> JavaPattern:
    """The Java pattern of a parameter; its `PatternError` begins with the parameter's name."""
    try:
        return compile_java(pattern)
    except PatternError as error:
        raise PatternError(f"{param}: {error}") from None
