"""DocumentAssembler's clean-up modes: white space and the two-character escapes ``\\n``, ``\\r``, ``\\t``.

The modes are Spark NLP 5.5.3's (Java regular expressions, where ``\\s`` is ASCII white space and trimming takes
everything up to U+0020). Each pattern reads the text once: Spark NLP's ``shrink_full`` is quadratic on runs of ``\\r``.
"""

import re
from collections.abc import Callable
from typing import Final

TRIMMED: Final = "".join(map(chr, range(0x21)))
_SPACE: Final = r"[ \t\n\x0b\f\r]"


def _replacing(pattern: str, by: str, *, trim: bool = False) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def clean(text: str) -> str:
        return compiled.sub(by, text.strip(TRIMMED) if trim else text)

    return clean


# The last alternative takes a run of escapes that no line feed ends, whole, so that it is read only once.
_FULL_RUNS: Final = re.compile(rf"({_SPACE}++|(?:\\r)*+(?:\\n)++|(?:\\t)++)|(?:\\r)++")


def _shrink_full(text: str) -> str:
    return _FULL_RUNS.sub(lambda found: " " if found.group(1) else found.group(), text.strip(TRIMMED))


CLEANUPS: Final[dict[str, Callable[[str], str]]] = {
    "disabled": lambda text: text,
    "inplace": _replacing(_SPACE, " "),
    "inplace_full": _replacing(rf"{_SPACE}|(?:\\r)?\\n|\\t", " "),
    "shrink": _replacing(rf"{_SPACE}++", " ", trim=True),
    "shrink_full": _shrink_full,
    "each": _replacing(rf"{_SPACE}[\n\t]", " "),
    "each_full": _replacing(rf"{_SPACE}(?:\n|\t|(?:\\r)?\\n|\\t)", " "),
    "delete_full": _replacing(r"(?:\\r)?\\n|\\t", "", trim=True),
}
