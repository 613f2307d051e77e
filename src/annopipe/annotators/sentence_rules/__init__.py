"""Rule based sentence detection on plain strings, with the sentences of Spark NLP 5.5.3's ``SentenceDetector``.

A text is written over with marks, one rule after the other: a full stop that ends nothing becomes `STILL`, a place
where a sentence ends gets a `BREAK`, a stretch that must stay whole stands between `OPEN` and `CLOSE`. Later rules see
the marks of earlier ones, as they do there, so the order is part of the behaviour. In the end the text is cut at the
breaks that nothing protects, and the pieces are measured: every sentence is a slice of the caller's text.
"""

from annopipe.annotators.sentence_rules.engine import SentenceRules
from annopipe.annotators.sentence_rules.settings import SentenceSettings

__all__ = ["SentenceRules", "SentenceSettings"]
