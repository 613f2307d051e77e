"""How vectors are asked for: the choices of one call, checked once."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from annopipe.albert.layers import Layers
from annopipe.albert.windows import SHORTEST
from annopipe.errors import ParamTypeError, ParamValueError

Dialect = Literal["albert", "sparknlp"]
WordPooling = Literal["first", "last", "mean", "first_last"]
SentencePooling = Literal["mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]


@dataclass(frozen=True)
class WordSettings:
    """Choices for word vectors.

    Attributes:
        dialect: ``albert``: the text is encoded whole and no token is ever cut; ``sparknlp``: Spark NLP 5.5.3's
            numbers.
        layers: layers that the vector is taken from.
        pooling: what is made of a token's pieces: the ``first``, the ``last``, their ``mean``, or the first and the
            last end to end (``first_last``, of twice the dimension, as in flair). The ``sparknlp`` dialect knows
            ``first`` alone.
        window: pieces of one window with ``[CLS]`` and ``[SEP]``. None: all that the model has positions for in
            ``albert``, 128 in ``sparknlp``, where it is Spark NLP's ``maxSentenceLength``, at which texts are cut. At
            least 3 in ``albert``.
        case_sensitive: False lower-cases, True does not, None does what the model was made for.
        max_sentences: sequences that go through the encoder together at most; None leaves it to the token budget. No
            vector depends on it.
    """

    dialect: Dialect = "albert"
    layers: Layers = field(default_factory=Layers)
    pooling: WordPooling = "first"
    window: int | None = None
    case_sensitive: bool | None = None
    max_sentences: int | None = None

    def __post_init__(self) -> None:
        _check_choice("dialect", self.dialect, get_args(Dialect))
        _check_choice("pooling", self.pooling, get_args(WordPooling))
        _check_layers(self.layers)
        _check_number("window", self.window, SHORTEST if self.dialect == "albert" else None)
        _check_number("max_sentences", self.max_sentences, 1)
        if self.dialect == "sparknlp" and self.pooling != "first":
            raise ParamValueError(
                f"pooling is {self.pooling!r}: the sparknlp dialect takes a token's first piece; use 'albert'."
            )


@dataclass(frozen=True)
class SentenceSettings:
    """Choices for sentence vectors, which the encoder's states are pooled to directly.

    Attributes:
        layers: layers that the vector is taken from.
        pooling: None: the model's own way, where its folder has one (``modules.json`` of sentence-transformers), with
            all that belongs to it, else ``mean``. A name: the encoder's states pooled so, and nothing else: ``mean``
            over all positions, ``[CLS]`` and ``[SEP]`` among them; ``max`` likewise, number by number; ``cls``: the
            state of ``[CLS]`` (of the first window of a long text); ``lasttoken``: that of the last ``[SEP]``;
            ``mean_sqrt_len_tokens``: the sum divided by the root of the length; ``weightedmean``: each position with
            its number as weight.
        window: as in ``WordSettings`` for the ``albert`` dialect. With the model's own way None means that texts are
            cut at the model's own length, as sentence-transformers does; with a number they are not.
        prompt: name of one of the model's prompts; None: the one that it puts before every text, if any.
        case_sensitive, max_sentences: as in ``WordSettings`` for the ``albert`` dialect.
    """

    layers: Layers = field(default_factory=Layers)
    pooling: SentencePooling | None = None
    window: int | None = None
    case_sensitive: bool | None = None
    max_sentences: int | None = None
    prompt: str | None = None

    def __post_init__(self) -> None:
        if self.pooling is not None:
            _check_choice("pooling", self.pooling, get_args(SentencePooling))
            if self.prompt is not None:
                raise ParamValueError(
                    f"prompt {self.prompt!r} belongs to the model's own pooling: leave pooling out, or the prompt."
                )
        _check_layers(self.layers)
        _check_number("window", self.window, SHORTEST)
        _check_number("max_sentences", self.max_sentences, 1)


def _check_choice(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ParamValueError(f"{name} is {value!r}; choose one of {', '.join(known)}.")


def _check_layers(layers: object) -> None:
    if not isinstance(layers, Layers):
        raise ParamTypeError(f"layers is {layers!r}; make one with Layers.parse.")


def _check_number(name: str, value: object, least: int | None) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise ParamTypeError(f"{name} is {value!r}; give a whole number or None.")
    if least is not None and value < least:
        raise ParamValueError(f"{name} is {value}; it must be at least {least}, or None.")
