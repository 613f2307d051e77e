"""Random patterns of constructs that Java and the ``regex`` package should read alike, and random texts."""

import random

_WRITTEN = r"""
a b c A é É ß 1 _ - \. . \w \W \d \D \s \S \h \b \B ^ $ \A \z \Z \p{L} \P{L} \p{Lu} \p{Alpha} \p{Punct}
\u0301 \n \x41 \Qa.b\E [a-c] [^a-c] [a-z&&[^b]] [\w-] [^\s\w$.] [A-Z&&\p{L}] [a[b]c] [.,;] [^\W_] \v
"""
_ATOMS = _WRITTEN.split()
_QUANTIFIERS = ["", "", "", "", "*", "+", "?", "*?", "+?", "??", "*+", "++", "{2}", "{1,2}", "{0,2}?", "{2,}"]
_OPENINGS = ["(", "(?:", "(?=", "(?!", "(?i:", "(?s:", "(?m:", "(?d:", "(?iu:"]
_CHARS = "aabbccABé É1 0._-\n\r\t\u2028\x85\u0301ßs \xa0"


def _pattern(dice: random.Random, depth: int) -> str:
    if depth and dice.random() < 0.3:
        return dice.choice(_OPENINGS) + _pattern(dice, depth - 1) + ")"
    if depth and dice.random() < 0.3:
        return _pattern(dice, depth - 1) + dice.choice(["|", ""]) + _pattern(dice, depth - 1)
    return "".join(dice.choice(_ATOMS) + dice.choice(_QUANTIFIERS) for _ in range(dice.randint(1, 3)))


def soup(count: int) -> list[tuple[str, str]]:
    """Random patterns, each with a random text."""
    dice = random.Random(17)  # noqa: S311
    return [(_pattern(dice, 3), "".join(dice.choices(_CHARS, k=dice.randint(0, 12)))) for _ in range(count)]
