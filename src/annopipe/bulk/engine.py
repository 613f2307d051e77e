"""From texts to the rows of a dataset: one model, and the makers of each level."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.albert.codepoints import offsets_of
from annopipe.albert.content import content_hash
from annopipe.albert.model import AlbertModel
from annopipe.annotators.token_rules import TokenRules, TokenSettings
from annopipe.bulk.amounts import shown
from annopipe.bulk.annotated import Annotated
from annopipe.bulk.finite import finite, one_by_one, until_failure
from annopipe.bulk.flat import FlatWords
from annopipe.bulk.result import Ints, Part, Result, vectors_array
from annopipe.bulk.settings import ROWS, SENTENCES, WORDS, Settings
from annopipe.errors import ModelChanged, ModelError

VECTOR = "vector"
VECTOR_COPIES = 8
ANNOTATION_BYTES = 200
"""Memory of one annotation on its way from the model to the file, by measure: vectors' copies, and the rest."""


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What a process needs to know to make an engine; it can be pickled.

    Attributes:
        folder: the model's.
        settings: of the job.
        threads: processor threads; None = all that the process may use.
        part_bytes: bytes of vectors that are made at once of one long text.
        row_bytes: what the annotations of one long text may need on their way; 0 = any.
        content: SHA-256 of the model's content that the job was begun with; empty = any.
    """

    folder: Path
    settings: Settings
    threads: int | None
    part_bytes: int
    row_bytes: int = 0
    content: str = ""

    def load(self) -> "Engine":
        """Return the engine, with the model loaded.

        Raises:
            ModelChanged: the folder holds other content than when the job was begun.
        """
        if self.threads is None:
            model = AlbertModel.shared(self.folder)
        else:
            model = AlbertModel.load(self.folder, threads=self.threads)
        self.check(model.content_hash)
        return Engine(self, model)

    def check(self, found: str | None = None) -> None:
        """Refuse a model that is not the job's own; ``found`` is what it holds, None for what the folder holds now.

        Raises:
            ModelChanged: the text says what to do.
        """
        if self.content and (found or content_hash(self.folder)) != self.content:
            raise ModelChanged(
                f"the model in {self.folder} was changed while the job ran, and a dataset comes from one model: put "
                "the old files back and give the same command, or let the job begin again (--restart)."
            )


class Engine:
    """Embeds texts as a job's settings say."""

    def __init__(self, choice: EngineChoice, model: AlbertModel) -> None:
        self.settings = choice.settings
        self.model = model
        self._rules = TokenRules(TokenSettings())
        self._row_bytes = choice.row_bytes
        self._flat = FlatWords(model, self.settings, choice.part_bytes) if self.settings.flat else None
        words = self.settings.has_words and not self.settings.flat
        self._annotated = Annotated(model, self.settings) if words else None

    @property
    def schemas(self) -> dict[str, pa.Schema]:
        """The new columns of each part."""
        (empty,) = self.compute([], alone=False)
        return {name: part.table.schema for name, part in empty.parts.items()}

    def compute(self, texts: Sequence[str], *, alone: bool) -> Iterator[Result]:
        """Yield what comes of texts: one result, or several that follow each other where one text is ``alone``.

        A text whose vectors are not finite, or pass what float16 holds, fails.
        """
        if alone:
            yield from until_failure(self._results(texts, alone=True))
        else:
            yield finite(one_by_one(texts, lambda some: next(self._results(some, alone=False))))

    def _results(self, texts: Sequence[str], *, alone: bool) -> Iterator[Result]:
        if self._flat is not None:
            yield from self._flat_results(self._flat, texts, alone=alone)
        elif self._annotated is not None:
            reason = self._too_large(texts[0]) if alone and self._row_bytes else ""
            done = self._annotated.failed(reason) if reason else self._annotated.compute(texts)
            yield self._with_sentences(texts, done)
        else:
            tokens = np.diff(self._rules.tokenize_all(texts)[2])
            part, cut = self._sentence_part(texts)
            yield Result({ROWS: part}, tokens, cut)

    def _too_large(self, text: str) -> str:
        """Say why the annotations of a text would not fit into memory; nothing where they do."""
        tokens = int(self._rules.tokenize_all([text])[2][-1])
        need = tokens * (ANNOTATION_BYTES + VECTOR_COPIES * 4 * self.settings.width(self.model.config))
        if need <= self._row_bytes:
            return ""
        return (
            f"RowTooLarge: the annotations of {tokens} tokens need some {shown(need)} on their way, more than memory "
            f"leaves for one row ({shown(self._row_bytes)}): give the job more memory, or choose flat, which "
            "takes a text part by part"
        )

    @property
    def _vector(self) -> str:
        return self.settings.prefix + VECTOR

    def _flat_results(self, flat: FlatWords, texts: Sequence[str], *, alone: bool) -> Iterator[Result]:
        sentences, own_cut = self._sentence_part(texts) if self.settings.has_sentences else (None, 0)
        for words, tokens, cut in flat.compute(texts, alone=alone):
            parts = {WORDS: words}
            if sentences is not None:
                parts[SENTENCES] = sentences
                sentences = Part(sentences.table.slice(0, 0), np.zeros(len(texts) + 1, np.int64))
            yield Result(parts, tokens, cut + own_cut)
            own_cut = 0

    def _sentence_part(self, texts: Sequence[str]) -> tuple[Part, Ints]:
        """Return the vectors of texts, and how many pieces of each the model's own length cut off."""
        vectors, cut = self._sentence_array(texts)
        return _one_each(pa.RecordBatch.from_arrays([vectors], [self._vector])), cut

    def _with_sentences(self, texts: Sequence[str], result: Result) -> Result:
        if not self.settings.has_sentences:
            return result
        part = result.parts[ROWS]
        kept = [place for place in range(len(texts)) if place not in result.failures]
        try:
            vectors, own_cut = self._sentence_array([texts[place] for place in kept])
        except ModelError as error:
            if error.row is not None:
                error.at(kept[error.row])
            raise
        columns = [*part.table.columns, vectors]
        schema = part.table.schema.append(pa.field(self._vector, columns[-1].type))
        table = pa.RecordBatch.from_arrays(columns, schema=schema)
        cut = result.cut.copy()
        cut[kept] += own_cut
        return Result({ROWS: Part(table, part.offsets)}, result.tokens, cut, result.failures)

    def _sentence_array(self, texts: Sequence[str]) -> tuple[Any, Ints]:
        found = self.model.sentence_vectors(texts, self.settings.sentence_settings())
        return vectors_array(found.vectors, half=self.settings.float16), found.cut


def _one_each(table: pa.RecordBatch) -> Part:
    ones: Ints = np.ones(table.num_rows, np.int64)
    return Part(table, offsets_of(ones))
