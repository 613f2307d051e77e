"""Process-wide options, read once when a stage is made."""

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from annopipe.errors import ParamValueError

Dialect = Literal["albert", "sparknlp"]
DIALECTS: Final[tuple[str, ...]] = get_args(Dialect)


def as_dialect(value: str) -> Dialect:
    """Return ``value`` as a dialect, or raise `ParamValueError` that names both."""
    if value not in DIALECTS:
        msg = f"dialect {value!r} is unknown: choose one of {', '.join(DIALECTS)}"
        raise ParamValueError(msg)
    return cast("Dialect", value)


@dataclass
class Options:
    """What new stages start from.

    ``dialect``: ``"albert"`` (default) gives every token Hugging Face's vector in its sentence, with offsets in
    Unicode code points; ``"sparknlp"`` gives Spark NLP 5.5.3's numbers, with offsets in UTF-16 units.
    """

    dialect: Dialect = "albert"

    def __setattr__(self, name: str, value: object) -> None:
        """Check the dialect on assignment, so that a typing error is seen where it was made."""
        object.__setattr__(self, name, as_dialect(str(value)) if name == "dialect" else value)


options: Final = Options()
