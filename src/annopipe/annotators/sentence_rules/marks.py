"""The marks that the rules write into a text.

They are noncharacters, which Unicode keeps for such use inside a program. To the rules each is neither letter, digit,
space nor punctuation. A text's own ones are read as `FOREIGN`, which means nothing; Spark NLP takes private use and box
drawing characters instead and mistakes a text's own for its marks.
"""

import re
from typing import Final

BREAK: Final = "\ufdd0"
"""A sentence ends here, unless the next of `OPEN` and `CLOSE` is `CLOSE`."""
OPEN: Final = "\ufdd1"
"""A protected stretch begins."""
CLOSE: Final = "\ufdd2"
"""A protected stretch ends."""
STILL: Final = "\ufdd3"
"""In place of a full stop that ends no sentence of itself."""
BOUND: Final = "\ufdd4"
"""A `BREAK` in place of what a user's bound matched."""
KEPT: Final = "\ufdd5"
"""A `BOUND` that protection made void: what was matched stays in its sentence."""
OUTSIDE: Final = "\ufdd6"
"""Before text that belongs to no sentence, when all is cut."""
FOREIGN: Final = "\ufdd7"
"""In place of a mark that the text itself holds."""

_OWN: Final = re.compile("[\ufdd0-\ufdd6]")


def without_marks(text: str) -> str:
    """Return the text, of the same length, with `FOREIGN` for each mark it holds."""
    return text if text.isascii() else _OWN.sub(FOREIGN, text)
