"""A transformer of scikit-learn's: texts to vectors, in pipelines, grids and column transformers."""

import os
from typing import Any, Self

try:
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
except ImportError as missing:
    from annopipe.errors import MissingExtra

    raise MissingExtra("AlbertVectorizer needs scikit-learn: pip install 'annopipe[sklearn]'") from missing
import numpy as np
from numpy.typing import NDArray

from annopipe.errors import ColumnTypeError, ParamTypeError
from annopipe.pipeline.comparisons import units
from annopipe.pipeline.native import Embedder, load


class AlbertVectorizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts as vectors of an ALBERT model, one a text.

    Nothing is learned: ``fit`` opens the model and notes the size of its vectors, and ``transform`` may be called
    without it. What is pickled are the parameters; the model is found again by its name or folder.

    Args:
        model: a model's name, or a folder.
        lang: language of a name.
        layers: as in ``Embedder.embed_words``: ``"last"``, an index, ``"mean:-4,-3"``, ``"concat:-1,-2"``.
        pooling: None: the model's own way, else ``mean`` of all pieces; or a name, as in ``Embedder.embed_sentences``.
        window: pieces in a window of long texts; None = all that the model has positions for.
        normalize: vectors of length 1.

    ``X`` is one-dimensional, any sequence of texts, or a frame or array with one column; None and NaN count as "".
    """

    def __init__(
        self,
        model: str | os.PathLike[str] = "albert_mini",
        *,
        lang: str = "en",
        layers: Any = "last",
        pooling: str | None = None,
        window: int | None = None,
        normalize: bool = False,
    ) -> None:
        self.model = model
        self.lang = lang
        self.layers = layers
        self.pooling = pooling
        self.window = window
        self.normalize = normalize

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        """Open the model and check the parameters and ``X``.

        Raises:
            ModelNotFound, ModelError: no such model, or a damaged one.
            ParamTypeError, ParamValueError: a parameter has a wrong value.
            ColumnTypeError: ``X`` is one str, has several columns or holds other things than texts.
        """
        self._n_features_out = self._embed(self._open(), texts_of(X)[:1] or [""]).shape[1]
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Return float32 ``[texts, numbers]``.

        Raises:
            As `fit`.
        """
        texts = texts_of(X)
        embedder = self._open()
        return self._embed(embedder, texts) if texts else self._embed(embedder, [""])[:0]

    def __sklearn_tags__(self) -> Any:
        """Texts in one dimension, nothing to fit."""
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.requires_fit = False
        return tags

    def _open(self) -> Embedder:
        if not isinstance(self.model, str | os.PathLike):
            msg = f"model must be a model's name or a folder, not {type(self.model).__name__}"
            raise ParamTypeError(msg)
        return load(self.model, self.lang)

    def _embed(self, embedder: Embedder, texts: list[str | None]) -> NDArray[np.float32]:
        found = embedder.embed_sentences(texts, layers=self.layers, pooling=self.pooling, window=self.window)
        vectors = np.stack([sentence.vector for sentence in found])
        return units(vectors).astype(np.float32) if self.normalize else vectors


def texts_of(X: Any) -> list[str | None]:
    """Return the texts of a sequence, an array, a Series, an Arrow array, or a frame with one column.

    Raises:
        ColumnTypeError: one str, several columns, or something that cannot be gone through.
    """
    if isinstance(X, str | bytes):
        msg = f"X must be a sequence of texts, not one {type(X).__name__}: pass [text]"
        raise ColumnTypeError(msg)
    column = _one_column(X) if len(getattr(X, "shape", ())) == 2 else X
    if hasattr(column, "isna"):
        column = column.astype(object).where(~column.isna(), None)
    listed = next((name for name in ("to_pylist", "to_list", "tolist") if hasattr(column, name)), None)
    if listed is None and not hasattr(column, "__iter__"):
        msg = f"X must be a sequence of texts, not {type(X).__name__}"
        raise ColumnTypeError(msg)
    return [None if _is_nan(text) else text for text in (column if listed is None else getattr(column, listed)())]


def _one_column(X: Any) -> Any:
    if X.shape[1] != 1:
        msg = f"X has {X.shape[1]} columns where one of texts is wanted: choose it, such as X['text']"
        raise ColumnTypeError(msg)
    if hasattr(X, "iloc"):
        return X.iloc[:, 0]
    if hasattr(X, "to_series"):
        return X.to_series(0)
    return X.column(0) if hasattr(X, "column") else X[:, 0]


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value  # noqa: PLR0124 -- how NaN is told
