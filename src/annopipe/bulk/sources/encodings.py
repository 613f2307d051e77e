"""Whether bytes are UTF-8 at all: what UTF-16 and UTF-32 look like, so that an error names them."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from typing import Final

from annopipe.errors import InputFileError

SAMPLE: Final = 4096
LEAST: Final = 4
_MARKS: Final = {
    BOM_UTF32_LE: "UTF-32",
    BOM_UTF32_BE: "UTF-32",
    BOM_UTF16_LE: "UTF-16",
    BOM_UTF16_BE: "UTF-16",
}
"""In this order: the mark of UTF-32 begins with that of UTF-16."""
_CONTROLS: Final = bytes({*range(9), *range(14, 27), *range(28, 32)})
_MOST_CONTROLS: Final = 0.3
_MOST_NULS: Final = 0.6


def other_encoding(beginning: bytes) -> str | None:
    r"""Return the name of the encoding that a text of this beginning has in place of UTF-8, None where it seems fine.

    Without a mark, alphabets below U+0800 show in UTF-16 as a control character in nearly every second byte
    (``h\0i\0``), in UTF-32 as NUL in three of four; UTF-8 has such a byte only for the control character itself.
    """
    for mark, name in _MARKS.items():
        if beginning.startswith(mark):
            return name
    controls = len(beginning) - len(beginning.translate(None, _CONTROLS))
    if len(beginning) < LEAST or controls <= _MOST_CONTROLS * len(beginning):
        return None
    return "UTF-32" if beginning.count(0) > _MOST_NULS * len(beginning) else "UTF-16"


def check_utf8(where: object, beginning: bytes) -> None:
    """Refuse a text that begins as UTF-16 or UTF-32 does: much of it would pass for UTF-8 with NUL characters.

    Raises:
        InputFileError: it does; the text says how to convert it.
    """
    name = other_encoding(beginning)
    if name is not None:
        msg = f"{where}, line 1: {name}, not UTF-8: convert it, such as with iconv -f {name} -t UTF-8"
        raise InputFileError(msg)
