"""The rules of Spark NLP's Tokenizer as pure functions on strings."""

from annopipe.annotators.token_rules.exceptions_file import read_exceptions
from annopipe.annotators.token_rules.rules import TokenRules
from annopipe.annotators.token_rules.settings import TokenSettings

__all__ = ["TokenRules", "TokenSettings", "read_exceptions"]
