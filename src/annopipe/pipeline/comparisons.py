"""Similarity, neighbours and pictures of words and texts: what `Embedder` can do besides giving vectors."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import ParamValueError
from annopipe.pipeline.embedded import Sentence, Words
from annopipe.pipeline.named_words import Named, check_named, tokens_named, vector_of
from annopipe.pipeline.neighbours import Neighbour, Neighbours, best

if TYPE_CHECKING:
    from annopipe.pictures.heat_map import HeatMap
    from annopipe.pictures.word_map import WordMap

Doubles = NDArray[np.float64]


class Comparisons(ABC):
    """Comparisons of words in their texts and of whole texts, by the cosine of their vectors.

    A str is a whole text: its vector is that of `embed_sentences`, the model's own or the mean over its pieces.
    ``(text, word)`` is a word in a text, the word as it is written, or its number among the text's tokens, or its span
    ``(begin, end)`` in code points, ``end`` exclusive; several tokens together count as the mean of their vectors.
    Texts are encoded whole, in the ``albert`` dialect, whatever ``annopipe.options`` say: a word is compared as its
    text makes it mean. A word of which the model sees nothing (no character survives its normalisation) has the
    similarity 0 to everything.
    """

    @abstractmethod
    def embed_words(self, texts: Iterable[str | None], *, layers: Any = "last", dialect: str | None) -> Iterator[Words]:
        """Yield the words of each text."""

    @abstractmethod
    def embed_sentences(self, texts: Iterable[str | None], *, layers: Any = "last") -> Iterator[Sentence]:
        """Yield each text as one vector."""

    @abstractmethod
    def _check_comparable(self) -> None:
        """Raise `ParamValueError` if whole texts and words are of different spaces."""

    def similarity(self, a: Named, b: Named, *, layers: Any = "last") -> float:
        """Return the cosine of two words in their texts, or of two texts, from -1 to 1.

        Args:
            a, b: each a text, or a word in a text: ``(text, "bank")``, ``(text, 1)``, ``(text, (4, 8))``.
            layers: as in `embed_words`.

        Raises:
            WordNotFound: a text does not have the word, or has it several times.
            ParamTypeError: something else was given.
            ParamValueError: a text and a word, with a model whose vectors of texts are of another space (dense layers).
        """
        return float(self.similarities([a], [b], layers=layers)[0, 0])

    def similarities(self, a: Sequence[Named], b: Sequence[Named] | None = None, *, layers: Any = "last") -> Doubles:
        """Return float64 ``[len(a), len(b)]``, the cosine of each of ``a`` with each of ``b`` (of ``a`` if None).

        Args and errors: as `similarity`.
        """
        if {isinstance(one, str) for one in (*a, *(b or ()))} == {True, False}:
            self._check_comparable()
        first = self._units(a, layers)
        second = first if b is None else self._units(b, layers)
        return cosines(first, second) if len(first) and len(second) else np.zeros((len(first), len(second)))

    def most_similar(
        self,
        target: Named,
        among: Iterable[str | None],
        n: int = 10,
        *,
        distinct: bool = False,
        layers: Any = "last",
    ) -> Neighbours:
        """Return what is nearest to a word among the words of texts, or to a text among texts, the nearest first.

        Tokens without a letter or digit, blank texts and the target itself are left out. Texts are embedded as they
        come and not kept.

        Args:
            target: a word in a text, or a text, as in `similarity`.
            among: any iterable of texts; None counts as "".
            n: most neighbours.
            distinct: each word once, case aside, where it is nearest, and never the target's own word; of texts,
                equal ones once.
            layers: as in `embed_words`.

        Raises:
            WordNotFound: the target's text does not have the word, or has it several times.
            ParamValueError: ``n`` is below 1.
            ParamTypeError, ColumnTypeError: the target is neither form, or ``among`` is one str or holds others.
        """
        if n < 1:
            msg = f"n is {n}: ask for at least 1 neighbour"
            raise ParamValueError(msg)
        if isinstance(check_named(target), str):
            return best(self._near_texts(str(target), among, layers), n, distinct=distinct)
        return best(self._near_words(target, among, layers, distinct), n, distinct=distinct)

    def heat_map(
        self,
        a: str | Sequence[Named],
        b: str | Sequence[Named] | None = None,
        *,
        layers: Any = "last",
        low: float | None = None,
        high: float | None = None,
    ) -> "HeatMap":
        """Return a picture of how similar each word of one text is to each of another.

        Args:
            a: a text (rows are its words), or a sequence of texts or of words in texts (rows are these).
            b: the columns; None compares ``a`` with itself.
            layers: as in `embed_words`.
            low, high: similarities at the ends of the colours; None = those of the picture.

        Raises:
            MissingExtra: matplotlib is not installed.
            ParamValueError: nothing to draw, or more than 150 rows or columns.
        """
        from annopipe.pictures.heat_map import HeatMap

        rows, first = self._drawn(a, layers)
        columns, second = (rows, first) if b is None else self._drawn(b, layers)
        if b is not None and isinstance(a, str) != isinstance(b, str):
            self._check_comparable()
        return HeatMap(rows, columns, cosines(first, second), low, high)

    def word_map(
        self, texts: str | Sequence[str], words: Sequence[str] | None = None, *, layers: Any = "last"
    ) -> "WordMap":
        """Return a picture of words in the plane in which their vectors differ most (the first two components).

        Args:
            texts: a text or several; each has a colour.
            words: only these words, case aside; None = all that have a letter or digit.
            layers: as in `embed_words`.

        Raises:
            MissingExtra: matplotlib is not installed.
            WordNotFound: no text has any of the words.
            ParamValueError: nothing to draw, or more than 2000 words.
        """
        from annopipe.pictures.word_map import WordMap, check_words

        texts = [texts] if isinstance(texts, str) else list(texts)
        found = list(self.embed_words(texts, layers=layers, dialect="albert"))
        wanted = None if words is None else {word.casefold() for word in words}
        places = [
            (number, place)
            for number, some in enumerate(found)
            for place, token in enumerate(some.tokens)
            if (speaks(token) if wanted is None else token.casefold() in wanted)
        ]
        check_words(len(places), words, texts)
        vectors = np.array([found[number].vectors[place] for number, place in places])
        return WordMap.of(texts, [found[number].tokens[place] for number, place in places], places, vectors)

    def _units(self, named: Sequence[Named], layers: Any) -> Doubles:
        """Return float64 vectors of length 1, ``[len(named), dimension]``; each text is encoded once."""
        each = [check_named(one) for one in named]
        in_words = list(dict.fromkeys(one[0] for one in each if not isinstance(one, str)))
        whole = list(dict.fromkeys(one for one in each if isinstance(one, str)))
        words = dict(zip(in_words, self.embed_words(in_words, layers=layers, dialect="albert"), strict=True))
        texts = dict(zip(whole, self.embed_sentences(whole, layers=layers), strict=True))
        if in_words and whole:
            self._check_comparable()
        vectors = [
            texts[one].vector if isinstance(one, str) else vector_of(words[one[0]], tokens_named(words[one[0]], one[1]))
            for one in each
        ]
        return units(np.array(vectors).reshape(len(each), -1 if each else 0))

    def _drawn(self, what: str | Sequence[Named], layers: Any) -> tuple[list[str], Doubles]:
        """Return labels and unit vectors of a text's words, or of several named things."""
        if isinstance(what, str):
            (words,) = self.embed_words([what], layers=layers, dialect="albert")
            return words.tokens, units(words.vectors)
        each = [check_named(one) for one in what]
        return [one if isinstance(one, str) else _label(one) for one in each], self._units(each, layers)

    def _near_texts(self, target: str, among: Iterable[str | None], layers: Any) -> Iterator[Neighbour]:
        unit = self._units([target], layers)
        for index, sentence in enumerate(self.embed_sentences(among, layers=layers)):
            text = sentence.text
            if text.strip() and text != target:
                similarity = float(cosines(unit, units(sentence.vector[None]))[0, 0])
                yield Neighbour(text, similarity, text, index, 0, len(text))

    def _near_words(self, target: Any, among: Iterable[str | None], layers: Any, distinct: bool) -> Iterator[Neighbour]:
        (own,) = self.embed_words([target[0]], layers=layers, dialect="albert")
        tokens = tokens_named(own, target[1])
        unit = units(vector_of(own, tokens)[None])
        begin, end = int(own.begin[tokens.start]), int(own.end[tokens.stop - 1])
        for index, words in enumerate(self.embed_words(among, layers=layers, dialect="albert")):
            near = cosines(unit, units(words.vectors))[0].tolist() if words.tokens else []
            places = zip(words.begin.tolist(), words.end.tolist(), strict=True)
            for token, similarity, (first, last) in zip(words.tokens, near, places, strict=True):
                itself = words.text == own.text and first >= begin and last <= end
                same = distinct and token.casefold() == own.text[begin:end].casefold()
                if speaks(token) and not itself and not same:
                    yield Neighbour(token, similarity, words.text, index, first, last)


def units(vectors: NDArray[Any]) -> Doubles:
    """Return vectors as float64 of length 1; one of zeros stays so."""
    wide = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return wide / np.where(lengths == 0, 1, lengths)


def cosines(a: Doubles, b: Doubles) -> Doubles:
    """Return the cosine of each of ``a`` with each of ``b``, both of length 1."""
    return np.clip(a @ b.T, -1, 1)


def speaks(token: str) -> bool:
    """Tell whether a token has a letter or a digit."""
    return any(character.isalnum() for character in token)


def _label(named: tuple[str, Any]) -> str:
    text, where = named
    if isinstance(where, str):
        return where
    return text[where[0] : where[1]] if isinstance(where, tuple) else f"{text} [{where}]"
