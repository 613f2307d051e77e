"""AlbertEmbeddings: from tokens to word vectors."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, get_args

import numpy as np
import pyarrow as pa

from annopipe.albert.layers import Layers
from annopipe.albert.model import AlbertModel
from annopipe.albert.pooling import dimension
from annopipe.albert.settings import WordPooling, WordSettings
from annopipe.annotators.model_reference import ModelReference
from annopipe.annotators.stage import Annotator
from annopipe.annotators.wiring import OWN_SENTENCES, annotation_field
from annopipe.annotators.word_vectors import CUT, embed_alone, embed_in_context
from annopipe.columns import AnnotationColumn
from annopipe.converters import at_least, one_of, to_bool, to_int, to_int_list, to_str
from annopipe.errors import ModelNotFound, ParamValueError, RowTooLarge, SavedPipelineError
from annopipe.hub import locate
from annopipe.params import Param
from annopipe.persistence import Shelf
from annopipe.saved_models import source_of
from annopipe.warnings import warn_once

POOLINGS = get_args(WordPooling)
LONGEST = 512
SHORTEST = 3
MAX_ROW_BYTES = 256_000_000


def _sentence_length(name: str, value: Any) -> int:
    length = to_int(name, value)
    if length > LONGEST:
        msg = (
            f"AlbertEmbeddings models do not support token sequences longer than {LONGEST}.\n"
            "Consider splitting up the input first with another annotator e.g. SentenceDetector."
        )
        raise ParamValueError(msg)
    if length < 0:
        raise ParamValueError(_too_short(length))
    return length


def _too_short(length: int) -> str:
    return f"The maxSentenceLength must be at least {SHORTEST}: [CLS], one piece and [SEP] (received {length})"


def _layers(name: str, value: Any) -> str:  # noqa: ARG001
    return str(Layers.parse(value))


class AlbertEmbeddings(Annotator):
    """Give each token the vector of ALBERT for it in its sentence.

    In the ``albert`` dialect (default) the sentence is encoded as a whole, as Hugging Face's ``AlbertTokenizer`` and
    ``AlbertModel`` do; a token gets its first piece's last hidden state (``pooling``, ``layers`` choose others), at
    any text length, and a token that normalising leaves empty a zero vector with ``isOOV`` "true". In ``sparknlp``
    each token is encoded alone; what passes ``maxSentenceLength`` is cut, and what is in no sentence of its number (the
    tokens of sentences over whole documents) gets no vector, both counted in ``metadata["cutTokens"]`` and warned of:
    Spark NLP 5.5.3's numbers without its padding fault. Vectors never depend on ``batchSize`` or on other rows.

    ``begin`` and ``end`` are the token's; ``result`` and ``metadata["token"]`` its text, lower-cased unless
    ``caseSensitive``; ``metadata`` holds ``sentence``, ``token``, ``pieceId``, ``isWordStart`` and ``isOOV``.
    """

    inputAnnotatorTypes = ("document", "token")
    outputAnnotatorType = "word_embeddings"
    max_length_limit = LONGEST

    batchSize = Param(at_least(1), "most sentences in a batch; not set explicitly = by number of tokens", 8)
    caseSensitive = Param(to_bool, "keep case; not set explicitly = as the model was trained", False)
    configProtoBytes = Param(to_int_list, "TensorFlow's settings, accepted and not used", lenient=True)
    dimension = Param(to_int, "numbers in a vector; the model's once there is one", 768)
    engine = Param(to_str, "what computes: onnx once there is a model")
    maxSentenceLength = Param(
        _sentence_length, "pieces in a window, [CLS] and [SEP] among them; not set explicitly = all that fit", 128
    )
    storageRef = Param(to_str, "name that ties later stages to these vectors; the uid once there is a model")
    layers = Param(_layers, "hidden states to use: last, an index, mean:-4,-3 or concat:-1,-2", "last", extra=True)
    pooling = Param(one_of(*POOLINGS), f"pieces of a word to one vector: {', '.join(POOLINGS)}", "first", extra=True)
    maxRowBytes = Param(at_least(1), "most bytes of vectors in one row", MAX_ROW_BYTES, extra=True)

    def __init__(self, **values: Any) -> None:
        self._reference: ModelReference | None = None
        super().__init__(**values)

    @classmethod
    def pretrained(cls, name: str = "albert_base_uncased", lang: str = "en", remote_loc: str | None = None) -> Self:
        """Return the stage with a model: a folder's path, or a name; one that is not on this machine is fetched.

        Args:
            name: path of a Hugging Face style folder, or a model's name, such as ``albert_mini``.
            lang: language of the name.
            remote_loc: where to fetch it from in place of the catalog's repository; see `annopipe.hub.locate`.

        Raises:
            ModelNotFound: no such model; the text gives the nearest names and the ways to get others.
            FetchError, StoreError: it could not be fetched or stored, or was changed since.
            ModelError: the folder is damaged; the text names the file.
        """
        return cls()._take(ModelReference(locate(name, lang, remote_loc)), cls._new_uid("ALBERT_EMBEDDINGS"))

    @classmethod
    def loadSavedModel(cls, folder: str | Path, spark_session: Any = None) -> Self:  # noqa: ARG003
        """Return the stage with a model in any form that `annopipe.import_model` reads.

        A folder in Hugging Face's form is used where it lies. Another one, such as an ONNX export or a SavedModel of
        TensorFlow with its vocabulary in ``assets``, is turned into such a folder once, in the store.

        Args:
            folder: its path or address, or those of an archive.
            spark_session: accepted and not used.

        Raises:
            ModelError: nothing there can be read; the text says why.
        """
        return cls.pretrained(source_of(os.fspath(folder)))

    def _take(self, reference: ModelReference, uid: str) -> Self:
        reference.model()
        self.uid = uid
        self._reference = reference
        self._values.setdefault("engine", "onnx")
        return self

    def describe(self, shelf: Shelf) -> dict[str, Any]:
        """Return what a saved stage holds; the model's folder is copied once."""
        described = super().describe(shelf)
        if self._reference is not None:
            model = self._reference.model()
            model.check_unchanged()
            described["model"] = shelf.put(model.folder, model.content_hash)
        return described

    @classmethod
    def restore(cls, description: Mapping[str, Any], shelf: Shelf) -> Self:
        """Return the saved stage with its model."""
        stage = super().restore(description, shelf)
        if "model" in description:
            digest = str(description["model"])
            stage._take(ModelReference(shelf.get(digest)), stage.uid)
            if shelf.came_from is not None and stage._model().content_hash != digest:
                raise SavedPipelineError(f"{shelf.came_from}: the model {digest[:12]}… is damaged: save it again")
        return stage

    def _model(self) -> AlbertModel:
        if self._reference is None:
            msg = (
                f"{self.uid} has no model yet: make it with AlbertEmbeddings.pretrained('albert_mini', 'en'), "
                "AlbertEmbeddings.pretrained('<folder>') or AlbertEmbeddings.load('<saved stage>')"
            )
            raise ModelNotFound(msg)
        return self._reference.model()

    def _default(self, name: str) -> Any:
        if self._reference is not None and name in ("dimension", "storageRef"):
            return self._dimension() if name == "dimension" else self.uid
        return super()._default(name)

    def explainParam(self, param: Any) -> str:
        """Return `Params.explainParam`; the model's dimension is shown as what is current."""
        shown = super().explainParam(param)
        if self._name(param) != "dimension" or self._reference is None or self.isSet("dimension"):
            return shown
        return shown.replace("(default: ", f"(default: {self._declared['dimension'].default}, current: ")

    def _dimension(self) -> int:
        return dimension(self._model().config, Layers.parse(self.getOrDefault("layers")), self.getOrDefault("pooling"))

    def setDimension(self, value: int) -> Self:
        """Set ``dimension``; only the model's own is accepted once there is a model."""
        self._set("dimension", value)
        return self

    def setMaxSentenceLength(self, value: int) -> Self:
        """Set ``maxSentenceLength``, 3 to 512.

        In the ``sparknlp`` dialect 0, 1 and 2 are accepted too, as in Spark NLP: all tokens are cut, and counted.
        """
        self._set("maxSentenceLength", value)
        self._check_window()
        return self

    def _check_window(self) -> None:
        length: int | None = self._explicit("maxSentenceLength")
        if length is not None and length < SHORTEST and self._dialect != "sparknlp":
            raise ParamValueError(_too_short(length))

    def _settings(self) -> WordSettings:
        return WordSettings(
            dialect=self._dialect,
            layers=Layers.parse(self.getOrDefault("layers")),
            pooling=self.getOrDefault("pooling"),
            window=self._window(),
            case_sensitive=self._explicit("caseSensitive"),
            max_sentences=self._explicit("batchSize"),
        )

    def _window(self) -> int | None:
        set_: int | None = self._explicit("maxSentenceLength")
        return self.getOrDefault("maxSentenceLength") if self._dialect == "sparknlp" else set_

    def _keeps_case(self, model: AlbertModel) -> bool:
        trained_lower: bool = model.vocabulary.do_lower_case
        explicit: bool | None = self._explicit("caseSensitive")
        if explicit is None:
            return not trained_lower
        if explicit == trained_lower:
            warn_once(
                f"caseSensitive={explicit} contradicts the model {model.folder.name}, which was trained on "
                f"{'lower-cased' if trained_lower else 'cased'} text; the explicit setting is followed"
            )
        return explicit

    def _output_field(self, schema: pa.Schema) -> pa.Field:  # noqa: ARG002
        dimension = self._dimension()
        asked = self._explicit("dimension")
        if asked is not None and asked != dimension:
            msg = f"{self.uid}: dimension is {asked}, but the model's vectors have {dimension} numbers: leave it unset"
            raise ParamValueError(msg)
        self._keeps_case(self._model())
        self._check_window()
        ref, head = self._explicit("storageRef") or self.uid, self._model().sentence_head
        own = {} if head is None else {OWN_SENTENCES: head}
        return annotation_field(self._output_name(), self.outputAnnotatorType, ref=ref, dimension=dimension, **own)

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`.

        Raises:
            RowTooLarge: one row's vectors would need more than ``maxRowBytes``.
        """
        sentences, tokens = inputs["document"], inputs["token"]
        self._check_rows(tokens)
        if self._dialect == "sparknlp" and self.getOrDefault("maxSentenceLength") < SHORTEST:
            self._warn_of_cut(len(tokens))
            none = tokens.select(np.empty(0, np.int64))
            return replace(none, annotator_type=self.outputAnnotatorType, offsets=np.zeros_like(tokens.offsets))
        model, embed = self._model(), embed_alone if self._dialect == "sparknlp" else embed_in_context
        embedded = embed(model, self._settings(), sentences, tokens)
        if embedded.found.cut.any():
            self._warn_of_cut(int(embedded.found.cut.sum()))
        if embedded.strays:
            self._warn_of_strays(embedded.strays)
        return embedded.column(self.outputAnnotatorType, keeps_case=self._keeps_case(model))

    def _check_rows(self, tokens: AnnotationColumn) -> None:
        limit, dimension = self.getOrDefault("maxRowBytes"), self._dimension()
        counts = np.diff(tokens.offsets)
        if not len(counts) or (most := int(counts.max())) * dimension * 4 <= limit:
            return
        msg = (
            f"a row of {most} tokens needs {most * dimension * 4} bytes of vectors, more than maxRowBytes ({limit}). "
            "Ways out: a SentenceDetector with setExplodeSentences(True) before the Tokenizer (a row a sentence); "
            "annopipe.embed_dataset with flat=True (a row a token) or level='sentence'; one vector a text, "
            "annopipe.load(...).embed_sentences; or a larger setMaxRowBytes(...)"
        )
        raise RowTooLarge(msg).at(int(counts.argmax()))

    def _warn_of_cut(self, tokens: int) -> None:
        warn_once(
            f"{self.uid}: tokens past maxSentenceLength ({self.getOrDefault('maxSentenceLength')}) get no vector in "
            f"the sparknlp dialect ({tokens} of the first slice that had any); metadata['{CUT}'] of a sentence's "
            "annotations counts them. Put a SentenceDetector before the Tokenizer, or use the albert dialect",
            cause=f"{self.uid} cut",
        )

    def _warn_of_strays(self, tokens: int) -> None:
        warn_once(
            f"{self.uid}: tokens that are in no sentence of their number get no vector in the sparknlp dialect "
            f"({tokens} of the first slice that had any); metadata['{CUT}'] of their row's annotations counts them. "
            "Let Tokenizer and AlbertEmbeddings read the same column, or use the albert dialect",
            cause=f"{self.uid} strays",
        )
