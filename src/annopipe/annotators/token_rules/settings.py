"""What a tokenizer can be told, and the checks of plain values."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from annopipe.errors import ExceptionsFileMissing, ParamValueError

CONTEXT_CHARS = (".", ",", ";", ":", "!", "?", "*", "-", "(", ")", '"', "'")
TARGET = r"\S+"


@dataclass(frozen=True, slots=True)
class TokenSettings:
    r"""The settings of `TokenRules`, named as Spark NLP's parameters; None is "not set".

    ``targetPattern``: pasted into a negated Java character class whose characters separate candidates;
    ``prefixPattern`` (begins with ``\A``), ``infixPatterns``, ``suffixPattern`` (ends with ``\z``): Java patterns
    whose groups are the tokens of a candidate, by default made from ``contextChars``; ``exceptions``: Java patterns of
    texts that stay one token, in either case of ASCII letters unless ``caseSensitiveExceptions``; ``splitPattern``
    (Java pattern) and ``splitChars`` (each one character, or a backslash and one, joined to a Java pattern): where
    tokens are cut again; ``minLength``, ``maxLength``: bounds of a token's length, in UTF-16 units if ``utf16``, else
    in code points.
    """

    targetPattern: str = TARGET
    prefixPattern: str | None = None
    suffixPattern: str | None = None
    infixPatterns: tuple[str, ...] | None = None
    exceptions: tuple[str, ...] | None = None
    caseSensitiveExceptions: bool = True
    contextChars: tuple[str, ...] = CONTEXT_CHARS
    splitChars: tuple[str, ...] | None = None
    splitPattern: str | None = None
    minLength: int = 0
    maxLength: int | None = None
    utf16: bool = False

    @property
    def uses_context(self) -> bool:
        """Whether one of the three parts of the rule is made from ``contextChars``."""
        if self.infixPatterns is None:
            return True
        return bool(self.infixPatterns) and None in (self.prefixPattern, self.suffixPattern)

    def check(self) -> None:
        """Raise `ParamValueError` for a value that no pattern can be made of."""
        self._check_rule()
        self._check_lengths()
        for char in self.splitChars or ():
            if len(char) != 1 and (len(char) != 2 or char[0] != "\\"):
                raise ParamValueError(
                    f"splitChars: all elements must have length == 1, or be a backslash and one character, not {char!r}"
                )

    def _check_rule(self) -> None:
        if self.prefixPattern is not None and not self.prefixPattern.startswith("\\A"):
            raise ParamValueError(
                "prefixPattern must begin with \\A to ensure it is the beginning of the string, "
                f"and is {self.prefixPattern!r}"
            )
        if self.suffixPattern is not None and not self.suffixPattern.endswith("\\z"):
            raise ParamValueError(
                f"suffixPattern must end with \\z to ensure it is the end of the string, and is {self.suffixPattern!r}"
            )
        for infix in self.infixPatterns or ():
            if "(" not in infix or ")" not in infix:
                raise ParamValueError(
                    "infix patterns must use regex group. Notice each group will result in separate token: "
                    f"{infix!r} has none"
                )
        if self.uses_context and not any(self.contextChars):
            raise ParamValueError(
                "contextChars must hold a character, or set prefixPattern, infixPatterns and suffixPattern"
            )

    def _check_lengths(self) -> None:
        if self.minLength < 0:
            raise ParamValueError(f"minLength must be greater equal than 0, and is {self.minLength}")
        if self.maxLength is not None and self.maxLength < self.minLength:
            raise ParamValueError(
                f"maxLength must be greater equal than minLength: {self.maxLength} is less than {self.minLength}, "
                "and no token would be left"
            )


def read_exceptions(path: str | PathLike[str]) -> tuple[str, ...]:
    """The lines of a UTF-8 text file, each an exception, taken as they are: not trimmed, empty ones kept.

    Lines end at a line feed, a carriage return or both, as in Spark NLP; a byte order mark is no part of the first.
    Raises `ExceptionsFileMissing`, and `ParamValueError` for a file that is not UTF-8.
    """
    if not Path(path).is_file():
        raise ExceptionsFileMissing(f"exceptionsPath: file {str(path)!r} not found")
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParamValueError(f"exceptionsPath: file {str(path)!r} is not UTF-8: {error}") from None
    lines = text.split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)
