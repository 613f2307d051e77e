"""What a user can set of sentence detection."""

from dataclasses import dataclass
from typing import Final

from annopipe.errors import ParamTypeError, ParamValueError

STRATEGIES: Final = ("none", "prepend", "append")


@dataclass(frozen=True, slots=True)
class SentenceSettings:
    """Settings of `SentenceRules`, named as the parameters of Spark NLP's ``SentenceDetector``.

    Args:
        useAbbreviations: know the dictionary of abbreviations ("Dr. Smith"); those that show by their form ("U.S.A.",
            "J. Smith") are known in any case.
        detectLists: begin a sentence at list items: "(a)", " 1. ", " 2.)".
        useCustomBoundsOnly: end sentences at ``customBounds`` alone; without bounds the usual rules hold.
        customBounds: Java regular expressions; each match ends a sentence. They are applied one after the other.
        customBoundsStrategy: ``"none"`` leaves a bound's matched text out of the sentences, ``"prepend"`` lets it
            begin the next one, ``"append"`` lets it end its own.
        splitLength: cut sentences at spaces into pieces of at most this length; a longer word stays whole, and at 0
            or less each word is a piece. None: never.
        minLength: drop what is shorter.
        maxLength: drop what is longer. None: never.
        utf16: count the three lengths in UTF-16 units, as Spark NLP does; else in code points.

    Raises:
        ParamTypeError: ``customBounds`` is a string.
        ParamValueError: the strategy is unknown (Spark NLP tells so only when bounds are set).
    """

    useAbbreviations: bool = True
    detectLists: bool = True
    useCustomBoundsOnly: bool = False
    customBounds: tuple[str, ...] = ()
    customBoundsStrategy: str = "none"
    splitLength: int | None = None
    minLength: int = 0
    maxLength: int | None = None
    utf16: bool = False

    def __post_init__(self) -> None:
        if self.customBoundsStrategy not in STRATEGIES:
            known = ", ".join(STRATEGIES)
            msg = f"customBoundsStrategy {self.customBoundsStrategy!r} is unknown: choose one of {known}"
            raise ParamValueError(msg)
        if isinstance(self.customBounds, str):
            msg = f"customBounds wants a list of patterns, not the one string {self.customBounds!r}"
            raise ParamTypeError(msg)
        object.__setattr__(self, "customBounds", tuple(self.customBounds))
