"""What the content of a bulk job's dataset depends on, besides inputs and model."""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from annopipe.albert.config import AlbertConfig
from annopipe.albert.layers import Layers
from annopipe.albert.pooling import dimension
from annopipe.albert.settings import SentenceSettings, WordPooling, WordSettings
from annopipe.dialect import Dialect, as_dialect
from annopipe.errors import ParamValueError

Level = Literal["word", "sentence", "both"]
OnError = Literal["stop", "skip"]
Compression = Literal["zstd", "snappy", "lz4", "gzip", "none"]

WORDS: Final = "words"
SENTENCES: Final = "sentences"
ROWS: Final = ""
"""Names of the parts of a dataset: one row a token, one row a text beside it, or one row a text alone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices that make the dataset what it is; see `annopipe.embed_dataset` for each.

    Raises:
        ParamValueError: one is out of its range, or two do not go together.
    """

    column: str = "text"
    level: Level = "word"
    flat: bool = False
    dialect: Dialect = "albert"
    layers: str = "last"
    pooling: str | None = None
    sentence_pooling: str | None = None
    window: int | None = None
    sentences: bool = False
    float16: bool = False
    prefix: str = ""
    compression: Compression = "zstd"
    shard_rows: int = 10_000
    on_error: OnError = "stop"

    def __post_init__(self) -> None:
        _one_of("level", self.level, get_args(Level))
        _one_of("on_error", self.on_error, get_args(OnError))
        _one_of("compression", self.compression, get_args(Compression))
        as_dialect(self.dialect)
        if self.shard_rows < 1:
            msg = f"shard_rows is {self.shard_rows}: give 1 or more"
            raise ParamValueError(msg)
        self._check_together()
        if self.has_words:
            self.word_settings()
        if self.has_sentences:
            self.sentence_settings()

    def _check_together(self) -> None:
        if self.level == "sentence" and self.flat:
            raise ParamValueError("flat is for word vectors: at the level 'sentence' a text is one row anyway")
        if self.level == "sentence" and self.sentences:
            raise ParamValueError("sentences is for word vectors: at the level 'sentence' a text is one vector")
        if self.has_sentences and self.dialect == "sparknlp":
            msg = "sentence vectors are of the albert dialect: leave the dialect, or choose the level 'word'"
            raise ParamValueError(msg)
        if self.has_words and self.float16 and not self.flat:
            msg = "annotations hold float32, as in Spark NLP: choose flat (a row a token) for float16 word vectors"
            raise ParamValueError(msg)
        if self.level != "both" and self.sentence_pooling is not None:
            raise ParamValueError("sentence_pooling is for the level 'both': for one level say pooling")

    @property
    def has_words(self) -> bool:
        """Whether there are word vectors."""
        return self.level != "sentence"

    @property
    def has_sentences(self) -> bool:
        """Whether there are sentence vectors."""
        return self.level != "word"

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of the dataset."""
        if not self.flat:
            return (ROWS,)
        return (WORDS, SENTENCES) if self.level == "both" else (WORDS,)

    def word_settings(self) -> WordSettings:
        """Return the model's settings for words."""
        pooling: Any = self.pooling or get_args(WordPooling)[0]
        window = self.window or (128 if self.dialect == "sparknlp" else None)
        return WordSettings(self.dialect, Layers.parse(self.layers), pooling, window)

    def sentence_settings(self) -> SentenceSettings:
        """Return the model's settings for sentences."""
        pooling: Any = self.pooling if self.level == "sentence" else self.sentence_pooling
        return SentenceSettings(Layers.parse(self.layers), pooling, self.window)

    def width(self, config: AlbertConfig, own: int = 0) -> int:
        """Return how many numbers the longest vector has, where the model's own sentence vectors have ``own``."""
        words = dimension(config, self.word_settings().layers, self.word_settings().pooling) if self.has_words else 0
        sentences = dimension(config, self.sentence_settings().layers) if self.has_sentences else 0
        return max(words, sentences, own if self.has_sentences else 0)

    def described(self) -> dict[str, Any]:
        """Return all choices by name."""
        return asdict(self)

    def of_vectors(self) -> dict[str, Any]:
        """Return the choices that what comes of one text depends on."""
        return {key: value for key, value in asdict(self).items() if key not in _OF_FILES}


_OF_FILES: Final = {"column", "compression", "shard_rows", "on_error"}


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        msg = f"{name} is {value!r}: choose one of {', '.join(known)}"
        raise ParamValueError(msg)
