"""AlbertEmbeddings: from tokens to word vectors."""

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
from annopipe.albert.words import WordVectors
from annopipe.annotators.membership import numbers_of, owners
from annopipe.annotators.model_reference import ModelReference
from annopipe.annotators.stage import Annotator
from annopipe.annotators.wiring import annotation_field
from annopipe.columns import AnnotationColumn, Ints, Metadata, rows_of
from annopipe.converters import at_least, one_of, to_bool, to_int, to_int_list, to_str
from annopipe.errors import ModelNotFound, ParamValueError, RowTooLarge
from annopipe.hub import locate
from annopipe.params import Param
from annopipe.persistence import Shelf
from annopipe.warnings import warn_once

POOLINGS = get_args(WordPooling)
LONGEST = 512
SHORTEST = 3
MAX_ROW_BYTES = 256_000_000
CUT = "cutTokens"


def _sentence_length(name: str, value: Any) -> int:
    length = to_int(name, value)
    if length > LONGEST:
        msg = (
            f"AlbertEmbeddings models do not support token sequences longer than {LONGEST}.\n"
            "Consider splitting up the input first with another annotator e.g. SentenceDetector."
        )
        raise ParamValueError(msg)
    if length < SHORTEST:
        msg = f"The maxSentenceLength must be at least {SHORTEST}: [CLS], one piece and [SEP] (received {length})"
        raise ParamValueError(msg)
    return length


def _layers(name: str, value: Any) -> str:  # noqa: ARG001
    return str(Layers.parse(value))


class AlbertEmbeddings(Annotator):
    """Give each token the vector of ALBERT for it in its sentence.

    In the ``albert`` dialect (default) the sentence is encoded as a whole, as Hugging Face's ``AlbertTokenizer`` and
    ``AlbertModel`` do; a token gets its first piece's last hidden state (``pooling``, ``layers`` choose others), at
    any text length, and a token that normalising leaves empty a zero vector with ``isOOV`` "true". In ``sparknlp``
    each token is encoded alone and what passes ``maxSentenceLength`` is cut, counted in ``metadata["cutTokens"]``:
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
    def pretrained(
        cls, name: str = "albert_base_uncased", lang: str = "en", remote_loc: str | None = None
    ) -> Self:  # noqa: ARG003
        """Return the stage with a model: a folder's path, or a name in the local store or in the package.

        Args:
            name: path of a Hugging Face style folder, or a model's name, such as ``albert_mini``.
            lang: language of the name.
            remote_loc: where to fetch models from; reserved.

        Raises:
            ModelNotFound: no such model on this machine; the text names those that are and the ways to get others.
            ModelError: the folder is damaged; the text names the file.
        """
        return cls()._take(ModelReference(locate(name, lang)), cls._new_uid("ALBERT_EMBEDDINGS"))

    @classmethod
    def loadSavedModel(cls, folder: str | Path, spark_session: Any = None) -> Self:  # noqa: ARG003
        """Return the stage with the model of a folder on this machine, in Hugging Face's form."""
        return cls.pretrained(str(Path(folder).resolve()))

    def _take(self, reference: ModelReference, uid: str) -> Self:
        reference.model()
        self.uid = uid
        self._reference = reference
        self._values.setdefault("engine", "onnx")
        self._values.setdefault("storageRef", uid)
        return self

    def describe(self, shelf: Shelf) -> dict[str, Any]:
        """Return what a saved stage holds; the model's folder is copied once."""
        described = super().describe(shelf)
        if self._reference is not None:
            model = self._reference.model()
            described["model"] = shelf.put(model.folder, model.content_hash)
        return described

    @classmethod
    def restore(cls, description: Mapping[str, Any], shelf: Shelf) -> Self:
        """Return the saved stage with its model."""
        stage = super().restore(description, shelf)
        if "model" in description:
            stage._take(ModelReference(shelf.get(str(description["model"]))), stage.uid)
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
        if name == "dimension" and self._reference is not None:
            return self._dimension()
        return super()._default(name)

    def _dimension(self) -> int:
        return dimension(self._model().config, Layers.parse(self.getOrDefault("layers")), self.getOrDefault("pooling"))

    def setDimension(self, value: int) -> Self:
        """Set ``dimension``; only the model's own is accepted once there is a model."""
        self._set("dimension", value)
        return self

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
            return False if self._dialect == "sparknlp" else not trained_lower
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
        ref = self._explicit("storageRef") or self.uid
        return annotation_field(self._output_name(), self.outputAnnotatorType, ref=ref, dimension=dimension)

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`.

        Raises:
            RowTooLarge: one row's vectors would need more than ``maxRowBytes``.
        """
        sentences, tokens = inputs["document"], inputs["token"]
        self._check_rows(tokens)
        owner = owners(tokens, sentences, by_number_only=self._dialect == "sparknlp")
        if self._dialect == "sparknlp":
            return self._alone(sentences, tokens, owner)
        return self._in_context(sentences, tokens, owner)

    def _check_rows(self, tokens: AnnotationColumn) -> None:
        limit, dimension = self.getOrDefault("maxRowBytes"), self._dimension()
        counts = np.diff(tokens.offsets)
        if not len(counts) or (most := int(counts.max())) * dimension * 4 <= limit:
            return
        msg = (
            f"{self.uid}: a row of {most} tokens needs {most * dimension * 4} bytes of vectors, more than maxRowBytes "
            f"({limit}). Ways out: a SentenceDetector with setExplodeSentences(True) before the Tokenizer (a row a "
            "sentence), flat output with one row a token, sentence vectors only, or a larger setMaxRowBytes(...)"
        )
        raise RowTooLarge(msg)

    def _in_context(self, sentences: AnnotationColumn, tokens: AnnotationColumn, owner: Ints) -> AnnotationColumn:
        """Encode each sentence as a whole; a token without a sentence is encoded alone."""
        texts = list(sentences.result)
        shift = np.append(sentences.begin, 0)[owner]
        begin, end = tokens.begin - shift, tokens.end + 1 - shift
        for token in np.flatnonzero(owner < 0).tolist():
            owner[token] = len(texts)
            texts.append(tokens.result[token])
            begin[token], end[token] = 0, len(tokens.result[token])
        order = np.argsort(owner, kind="stable")
        offsets = np.searchsorted(owner[order], np.arange(len(texts) + 1))
        found = self._model().embed_words(texts, begin[order], end[order], offsets, self._settings())
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        sorted_already = bool((place[1:] > place[:-1]).all())
        return self._column(tokens, found if sorted_already else _select(found, place), None)

    def _alone(self, sentences: AnnotationColumn, tokens: AnnotationColumn, owner: Ints) -> AnnotationColumn:
        """Encode each token alone; tokens without a sentence, pieces or room get no annotation."""
        owned = np.flatnonzero(owner >= 0)
        order = owned[np.argsort(owner[owned], kind="stable")]
        words = [tokens.result[i] for i in order.tolist()]
        places = rows_of([len(word) for word in words])
        offsets = np.searchsorted(owner[order], np.arange(len(sentences) + 1))
        texts = ["".join(words[a:b]) for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
        starts = np.repeat(places[offsets[:-1]], np.diff(offsets))
        begin, end = places[:-1] - starts, places[1:] - starts
        found = self._model().embed_words(texts, begin, end, offsets, self._settings())
        kept = np.flatnonzero(found.found)
        cut = self._cut_notes(found.cut, owner[order][kept])
        rows = tokens.row_numbers()[order][kept]
        chosen = tokens.select(order[kept])
        counts = np.bincount(rows, minlength=tokens.rows)
        return self._column(replace(chosen, offsets=rows_of(counts)), _select(found, kept), cut)

    def _cut_notes(self, cut: Ints, sentence: Ints) -> list[Metadata | None] | None:
        total = int(cut.sum())
        if not total:
            return None
        warn_once(
            f"{self.uid}: tokens past maxSentenceLength ({self.getOrDefault('maxSentenceLength')}) get no vector in the "
            f"sparknlp dialect ({total} in this batch); their number stands in metadata['{CUT}'] of the row's "
            "annotations. Put a SentenceDetector before the Tokenizer, or use the albert dialect"
        )
        return [{CUT: str(cut[i])} if cut[i] else None for i in sentence.tolist()]

    def _column(
        self, tokens: AnnotationColumn, found: WordVectors, notes: list[Metadata | None] | None
    ) -> AnnotationColumn:
        keeps_case = self._keeps_case(self._model())
        results = tokens.result if keeps_case else [word.lower() for word in tokens.result]
        count = len(results)
        return AnnotationColumn(
            annotator_type=self.outputAnnotatorType,
            offsets=tokens.offsets,
            begin=tokens.begin,
            end=tokens.end,
            result=results,
            metadata={
                "sentence": list(numbers_of(tokens)),
                "token": list(results),
                "pieceId": list(map(str, found.piece_id.tolist())),
                "isWordStart": ["true"] * count,
                "isOOV": ["true" if oov else "false" for oov in found.oov.tolist()],
            },
            inherited=_merged(tokens.inherited, notes),
            vectors=found.vectors,
        )


def _select(found: WordVectors, index: Ints) -> WordVectors:
    tokens = (found.vectors[index], found.piece_id[index], found.oov[index], found.found[index])
    return WordVectors(*tokens, found.cut)


def _merged(first: list[Metadata | None] | None, second: list[Metadata | None] | None) -> list[Metadata | None] | None:
    if first is None or second is None:
        return first or second
    return [{**(a or {}), **(b or {})} or None for a, b in zip(first, second, strict=True)]

