"""An ALBERT model: a folder's configuration, vocabulary and encoder behind two calls, words and sentences."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annopipe.albert import sparknlp, words
from annopipe.albert.checkpoint import left_out, read_weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.content import Stamp, content_hash, stamps
from annopipe.albert.encoder import Encoder
from annopipe.albert.finite import met_at
from annopipe.albert.gather import gather
from annopipe.albert.layers import Layers
from annopipe.albert.pooling import dimension
from annopipe.albert.sentence_steps import SentenceSteps
from annopipe.albert.sentence_vectors import SentenceVectors, embed_sentences
from annopipe.albert.settings import SentenceSettings, WordSettings
from annopipe.albert.vocabulary import Vocabulary
from annopipe.albert.words import Words, WordVectors
from annopipe.errors import ModelChanged
from annopipe.sentence_head import SentenceHead, read_head, transformer_folder

TRIES = 3
"""How often a folder is read that changes meanwhile."""

PLANS = {"albert": words.plan_words, "sparknlp": sparknlp.plan_words}


class AlbertModel:
    """A loaded ALBERT model. All calls may come from several threads at once.

    Attributes:
        folder: where it was loaded from.
        config: its sizes.
        vocabulary: its pieces.
        encoder: from piece ids to vectors.
        sentence_steps: the model's own way to sentence vectors, None where its folder has none.
    """

    def __init__(
        self,
        folder: Path,
        config: AlbertConfig,
        vocabulary: Vocabulary,
        encoder: Encoder,
        sentence_steps: SentenceSteps | None = None,
    ) -> None:
        """Put the parts together; ``load`` reads them."""
        self.folder = folder
        self.config = config
        self.vocabulary = vocabulary
        self.encoder = encoder
        self.sentence_steps = sentence_steps
        self._stamps: tuple[Stamp, ...] = ()

    @classmethod
    def load(cls, folder: str | Path, *, threads: int | None = None) -> "AlbertModel":
        """Read and check a model folder.

        The encoder's session is built in a thread that this call begins and does not wait for.

        Args:
            folder: a Hugging Face style folder: ``config.json``, ``model.safetensors``, ``spiece.model``, and where it
                exists ``tokenizer_config.json``; or a folder of sentence-transformers (``modules.json``) that has these
                itself or in its transformer's folder.
            threads: processor threads of the encoder; None takes what this process may use.

        Nothing of the model follows the folder's files from then on: they may be rewritten, cut off or removed.

        Raises:
            ModelFileMissing, ModelError, CheckpointError, VocabularyError: what is missing, damaged or does not fit.
            SentenceHeadError: ``modules.json`` asks for what is not computed here; the text names it.
            ModelChanged: the files change all the time.
        """
        folder = Path(folder)
        for _ in range(TRIES):
            before = stamps(folder)
            model = cls._read(folder, threads)
            if stamps(folder) == before:
                model._stamps = before
                return model
        raise ModelChanged(f"{folder} was changed while it was read: load it again once it is written whole.")

    @classmethod
    def _read(cls, folder: Path, threads: int | None) -> "AlbertModel":
        """The model, whose files may change meanwhile."""
        transformer = transformer_folder(folder)
        config = AlbertConfig.read(transformer)
        head = read_head(folder)
        with ThreadPoolExecutor(1, "annopipe-weights") as pool:
            encoder = pool.submit(_encoder, transformer, config, threads)
            vocabulary = Vocabulary.read(transformer, config)
            steps = None if head is None else SentenceSteps.read(folder, head)
            return cls(folder, config, vocabulary, encoder.result(), steps)

    @classmethod
    def shared(cls, folder: str | Path) -> "AlbertModel":
        """The process's one model of a folder's content, loaded by whoever asks first; errors as ``load``.

        A folder that changed is loaded anew; a copy of a folder that is loaded gives the same model.
        """
        return _shared(Path(folder))

    @property
    def dimension(self) -> int:
        """Numbers per word vector of the default settings."""
        return self.config.hidden_size

    @property
    def sentence_head(self) -> SentenceHead | None:
        """The model's own way to sentence vectors, None where its folder has none."""
        return None if self.sentence_steps is None else self.sentence_steps.head

    @property
    def sentence_dimension(self) -> int:
        """Numbers per sentence vector of the default settings."""
        return self.config.hidden_size if self.sentence_head is None else self.sentence_head.width

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the content that was loaded; see ``content.content_hash`` for what it covers.

        Raises:
            ModelFileMissing, CheckpointError: as ``content.content_hash``.
            ModelChanged: before it was asked for the first time, the folder was given other content.
        """
        digest = content_hash(self.folder)
        if stamps(self.folder) != self._stamps and not self._equals(AlbertModel.load(self.folder, threads=1)):
            raise ModelChanged(
                f"the files in {self.folder} were changed after the model was loaded: it goes on as it was, but cannot "
                "be saved, sent to workers or told from others; load it again."
            )
        return digest

    def check_unchanged(self) -> None:
        """Make sure that the folder holds what was loaded, before it is copied in the model's stead.

        Raises:
            ModelFileMissing, CheckpointError, ModelChanged: it does not.
        """
        if content_hash(self.folder) != self.content_hash:
            raise ModelChanged(
                f"the files in {self.folder} were changed after the model was loaded: load it again, then repeat this."
            )

    def _equals(self, other: "AlbertModel") -> bool:
        """Whether two models give the same vectors: their parts are compared, number by number."""
        mine, theirs = self.sentence_steps, other.sentence_steps
        return (
            self.config == other.config
            and self.vocabulary.equals(other.vocabulary)
            and self.encoder.equals(other.encoder)
            and (mine is theirs or (mine is not None and theirs is not None and mine.equals(theirs)))
        )

    @cached_property
    def left_out(self) -> tuple[str, ...]:
        """Names of the tensors in the folder that are no part of the encoder, such as heads; vectors need none."""
        return left_out(transformer_folder(self.folder), self.config)

    def embed_words(
        self,
        texts: Sequence[str],
        begin: NDArray[np.int64],
        end: NDArray[np.int64],
        offsets: NDArray[np.int64],
        settings: WordSettings | None = None,
    ) -> WordVectors:
        """Vectors of the tokens of texts.

        Memory besides the result is bounded, except for one text of many million characters, whose pieces are planned
        at once.

        Args:
            texts: any strings.
            begin, end: ``[tokens]`` int64, ``end`` exclusive, in code points of the token's text whatever the dialect.
            offsets: ``[texts + 1]`` int64; text ``i`` owns the tokens ``offsets[i]:offsets[i + 1]``.
            settings: choices; the defaults of ``WordSettings`` if None.

        Raises:
            ParamValueError: columns that do not fit each other, or a window or layer that the model does not have.
            VectorsNotFinite: the model's numbers overflow; ``row`` is the text.
        """
        settings = settings or WordSettings()
        every = Words(texts, begin, end, offsets)
        width = dimension(self.config, settings.layers, settings.pooling)
        states = self.states(settings.layers)
        result = WordVectors.empty(len(begin), len(texts), width)
        for chunk, tokens, some in every.chunks():
            plan = PLANS[settings.dialect](self.vocabulary, self.config, some, settings)
            with met_at(partial(some.text_of, first=chunk.start)):
                gather(plan.sequences, plan.parts, states, result.vectors[tokens], settings.max_sentences)
            result.piece_id[tokens], result.oov[tokens] = plan.piece_id, plan.oov
            result.found[tokens], result.cut[chunk] = plan.found, plan.cut
        return result

    def embed_sentences(self, texts: Sequence[str], settings: SentenceSettings | None = None) -> NDArray[np.float32]:
        """``[texts, sentence_dimension]`` float32: each text as one vector; see ``sentence_vectors``."""
        return self.sentence_vectors(texts, settings).vectors

    def sentence_vectors(self, texts: Sequence[str], settings: SentenceSettings | None = None) -> SentenceVectors:
        """Each text as one vector, by the model's own way (``modules.json``), or by a pooling of all its pieces.

        An empty text is ``[CLS] [SEP]`` to the model and has a vector like any other. A pooling that is named, or that
        of a model without a way of its own, counts every piece of a text longer than one window once, as its best
        window has it. The model's own way cuts texts at the model's own length, as sentence-transformers does, counts
        what was cut, and warns once; with a ``window`` it does not cut.

        Args:
            texts: any strings.
            settings: choices; the defaults of ``SentenceSettings`` if None.

        Raises:
            ParamValueError: a window, layer or prompt that the model does not have.
            VectorsNotFinite: the model's numbers overflow; ``row`` is the text.
        """
        settings = settings or SentenceSettings()
        return embed_sentences(
            self.vocabulary, self.config, self.states(settings.layers), self.sentence_steps, texts, settings,
            str(self.folder),
        )  # fmt: skip

    def states(self, layers: Layers) -> "partial[NDArray[np.float32]]":
        """The encoder with a choice of layers, checked against the model."""
        layers.resolve(self.config)
        return partial(layers.states, self.encoder, self.config)


def _encoder(folder: Path, config: AlbertConfig, threads: int | None) -> Encoder:
    """The folder's encoder, whose session is being built."""
    encoder = Encoder(config, read_weights(folder, config), threads=threads, origin=f"the model in {folder}")
    encoder.prepare()
    return encoder


_models: dict[tuple[Stamp, ...], AlbertModel] = {}
_loading = threading.Lock()


def _shared(folder: Path) -> AlbertModel:
    """Look the folder up by its files' stamps, then by its content, else load it."""
    with _loading:
        key = stamps(folder)
        model = _models.get(key) or _same_content(folder, key)
        if model is None:
            model = AlbertModel.load(folder)
            key = model._stamps
        for old in [other for other in _models if other[0].path == key[0].path]:
            del _models[old]
        _models[key] = model
        return model


def _same_content(folder: Path, key: tuple[Stamp, ...]) -> AlbertModel | None:
    """A loaded model of equal content; files are only read where all sizes agree."""
    sizes = [(Path(stamp.path).name, stamp.size) for stamp in key]
    for other, model in _models.items():
        alike = sizes == [(Path(stamp.path).name, stamp.size) for stamp in other]
        if alike and other == stamps(model.folder) and content_hash(folder) == model.content_hash:
            # Files of tokens are read and warned of, as for any folder: not all of them are part of the hash.
            vocabulary = Vocabulary.read(transformer_folder(folder), model.config)
            return model if vocabulary.equals(model.vocabulary) else None
    return None
