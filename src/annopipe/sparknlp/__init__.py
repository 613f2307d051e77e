"""Spark NLP and NLU scripts as they are: ``import sparknlp`` and ``import nlu`` answered by annopipe."""
