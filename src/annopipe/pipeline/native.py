"""The native API: texts in, words and sentences out, without annotators or frames."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from annopipe.albert.layers import Layers
from annopipe.albert.model import AlbertModel
from annopipe.albert.pooling import dimension
from annopipe.albert.settings import SentenceSettings, WordSettings
from annopipe.annotators.albert_embeddings import MAX_ROW_BYTES
from annopipe.annotators.model_reference import ModelReference
from annopipe.annotators.token_rules import TokenRules, TokenSettings
from annopipe.dialect import options
from annopipe.errors import ParamTypeError, ParamValueError, RowTooLarge, VectorsNotFinite
from annopipe.hub import locate
from annopipe.pipeline.bare_texts import bare_texts, chunks
from annopipe.pipeline.comparisons import Comparisons
from annopipe.pipeline.embedded import Ints, Sentence, Words


class Embedder(Comparisons):
    """A model ready to embed and compare texts; made by `load`. Calls from several threads are safe.

    It pickles as the model's folder and the SHA-256 of its content, never as weights; where it arrives, the folder must
    hold that content.

    Attributes:
        model: the loaded model (``model.config``, ``model.vocabulary``, ``model.folder``).
    """

    def __init__(self, model: AlbertModel, threads: int | None = None, reference: ModelReference | None = None) -> None:
        self.model = model
        self._threads = threads
        self._reference = ModelReference.of(model) if reference is None else reference
        self._rules = TokenRules(TokenSettings())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a reference to the model, and the threads that were asked for."""
        return _embedder, (self._reference, self._threads)

    def __repr__(self) -> str:
        """The model's folder, its dimension, and its own way to sentence vectors where it has one."""
        head = self.model.sentence_head
        own = "" if head is None else f", sentences={str(head)!r}, {head.length} pieces, dimension {head.width}"
        return f"Embedder({self.model.folder.name!r}, dimension={self.dimension}{own})"

    @property
    def dimension(self) -> int:
        """Numbers in a word vector, with the default layers and pooling."""
        return self.model.dimension

    @property
    def sentence_dimension(self) -> int:
        """Numbers in a sentence vector, with the default layers and pooling."""
        return self.model.sentence_dimension

    def describe(self) -> dict[str, str]:
        """Return what the model says of itself, label → text: its folder, sizes, and its way to sentence vectors."""
        head = self.model.sentence_head
        plain = {"Sentence vectors": "mean", "Sentence dimension": str(self.sentence_dimension)}
        return {
            "Model": str(self.model.folder),
            "Dimension": str(self.dimension),
            "Positions": str(self.model.config.max_position_embeddings),
            **(plain if head is None else head.rows()),
        }

    def embed_words(
        self,
        texts: Iterable[str | None],
        *,
        layers: Any = "last",
        pooling: str = "first",
        window: int | None = None,
        dialect: str | None = None,
    ) -> Iterator[Words]:
        """Yield the words of each text, in order; a generator in gives results as it goes.

        Args:
            texts: any iterable of texts; a missing one (None, NaN) counts as "". A bare str and frames are refused.
            layers: ``"last"``, an index of Hugging Face's ``hidden_states``, ``"mean:-4,-3"`` or ``"concat:-1,-2"``.
            pooling: a word's pieces to one vector: ``first``, ``last``, ``mean`` or ``first_last``.
            window: pieces in a window of long texts; None = all that the model has positions for.
            dialect: ``albert`` or ``sparknlp``; None = ``annopipe.options.dialect``. In ``sparknlp`` a word past the
                cut or without pieces has no vector there and is left out here.

        Raises:
            ColumnTypeError: no iterable of texts; the text says which element, or what to pass.
            RowTooLarge: one text's vectors would take more than 256 MB; split the text first.
            VectorsNotFinite: the model's numbers overflow; the error says with which text.
        """
        settings = WordSettings(
            dialect=dialect or options.dialect,  # type: ignore[arg-type]
            layers=Layers.parse(layers),
            pooling=pooling,  # type: ignore[arg-type]
            window=window,
        )
        return self._words(bare_texts(texts), settings)

    def _check_comparable(self) -> None:
        head = self.model.sentence_head
        if head is not None and head.weights:
            raise ParamValueError(
                f"whole texts of this model are vectors of {head.width} numbers ({head}), words of {self.dimension}: "
                "they cannot be compared; compare words with words and texts with texts"
            )

    def _words(self, texts: Iterator[str], settings: WordSettings) -> Iterator[Words]:
        width, first = dimension(self.model.config, settings.layers, settings.pooling), 0
        for some in chunks(texts):
            begin, end, offsets = self._rules.tokenize_all(some)
            _check_sizes(np.diff(offsets), width, first)
            with _place_named(first):
                found = self.model.embed_words(some, begin, end, offsets, settings)
            first += len(some)
            for text, a, b in zip(some, offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
                kept = np.flatnonzero(found.found[a:b]) + a
                places = zip(begin[kept].tolist(), end[kept].tolist(), strict=True)
                yield Words(text, [text[i:j] for i, j in places], begin[kept], end[kept], found.vectors[kept])

    def embed_sentences(
        self,
        texts: Iterable[str | None],
        *,
        layers: Any = "last",
        pooling: str | None = None,
        window: int | None = None,
        prompt: str | None = None,
    ) -> Iterator[Sentence]:
        """Yield each text as one vector, in order; a generator in gives results as it goes.

        A model in a folder of sentence-transformers has a way of its own: pooling, dense layers, normalising, prompt
        and length, at which longer texts are cut, with a warning, and `Sentence.cut` counts the pieces. It acts unless
        a pooling is named; ``repr(embedder)``, `describe` and the model's card show it.

        Args:
            texts: as in `embed_words`.
            layers: as in `embed_words`.
            pooling: None: the model's own way, else ``mean``. A name, and nothing else acts: ``mean`` of all pieces,
                [CLS] and [SEP] too, as sentence-transformers does; ``cls``; ``max``; ``mean_sqrt_len_tokens``;
                ``weightedmean``; ``lasttoken``.
            window: as in `embed_words`; with the model's own way texts are then not cut.
            prompt: name of one of the model's prompts; None = the one that it puts before every text, if any.

        Raises:
            ParamValueError: a pooling, window, layer or prompt that there is not here.
            ColumnTypeError, VectorsNotFinite: as in `embed_words`.
        """
        settings = SentenceSettings(Layers.parse(layers), pooling, window, prompt=prompt)  # type: ignore[arg-type]
        return self._sentences(bare_texts(texts), settings)

    def _sentences(self, texts: Iterator[str], settings: SentenceSettings) -> Iterator[Sentence]:
        first = 0
        for some in chunks(texts):
            counts = np.diff(self._rules.tokenize_all(some)[2]).tolist()
            with _place_named(first):
                found = self.model.sentence_vectors(some, settings)
            first += len(some)
            for text, vector, count, cut in zip(some, found.vectors, counts, found.cut.tolist(), strict=True):
                yield Sentence(text, vector, count, cut)


def load(name_or_path: str | os.PathLike[str], lang: str = "en", *, threads: int | None = None) -> Embedder:
    """Return a model ready to embed texts.

    Args:
        name_or_path: path of a Hugging Face style folder (``config.json``, ``model.safetensors``, ``spiece.model``) or
            of a folder of sentence-transformers, or a model's name in the local store or in the package:
            ``annopipe.load("albert_mini")``.
        lang: language of a name.
        threads: processor threads; None = all that this process may use, the model shared by all who load it.

    Raises:
        ModelNotFound, ModelError: no such model here, or its folder is damaged.
        ParamTypeError, ParamValueError: ``threads`` is no whole number, or out of range.
    """
    return _embedder(ModelReference(locate(name_or_path, lang)), threads)


def _embedder(reference: ModelReference, threads: int | None) -> Embedder:
    """Return an embedder of the model that a reference names: the process's own one unless threads are asked for."""
    if threads is None:
        return Embedder(reference.model(), reference=reference)
    if isinstance(threads, bool) or not isinstance(threads, int):
        raise ParamTypeError(f"threads is {threads!r}: give a whole number, or None for all that this process may use")
    return Embedder(AlbertModel.load(reference.place(), threads=threads), threads)


@contextmanager
def _place_named(first: int) -> Iterator[None]:
    """Let an error of the model's numbers begin with the text that met it; ``first`` texts came before."""
    try:
        yield
    except VectorsNotFinite as error:
        row = first + (error.row or 0)
        raise VectorsNotFinite(f"texts[{row}]: {error}").at(row) from None


def _check_sizes(tokens: Ints, width: int, first: int) -> None:
    most = int(tokens.max(initial=0))
    if most * width * 4 > MAX_ROW_BYTES:
        row = first + int(tokens.argmax())
        msg = (
            f"texts[{row}], of {most} tokens, needs {most * width * 4} bytes of vectors, more than {MAX_ROW_BYTES}: "
            "split the text first (SentenceDetector), or use embed_sentences"
        )
        raise RowTooLarge(msg).at(row)
