"""The rules of Spark NLP's Tokenizer as pure functions on strings."""

from annopipe.annotators.token_rules.rules import TokenRules
from annopipe.annotators.token_rules.settings import TokenSettings, read_exceptions

__all__ = ["TokenRules", "TokenSettings", "read_exceptions"]
