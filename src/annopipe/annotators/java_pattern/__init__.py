"""Java regular expressions in Python: users of Spark NLP write their patterns in Java's syntax."""

from annopipe.annotators.java_pattern.pattern import Budget, JavaPattern, compile_java
from annopipe.annotators.java_pattern.properties import Match

__all__ = ["Budget", "JavaPattern", "Match", "compile_java"]
