"""Which sentence each token belongs to."""

import numpy as np

from annopipe.columns import AnnotationColumn, Ints


def owners(tokens: AnnotationColumn, sentences: AnnotationColumn, *, by_number_only: bool) -> Ints:
    """Return the sentence of each token, int64 ``[tokens]``, -1 where there is none.

    A token belongs to the sentence of its row with its number (``metadata["sentence"]``) that contains it, as in
    Spark NLP. Where no sentence of that number contains it (tokens made from sentences beside whole documents), the
    last sentence of the row that begins at or before it and contains it owns it, unless ``by_number_only``.
    """
    found = _by_number(tokens, sentences)
    known = np.flatnonzero(found >= 0)
    inside = (tokens.begin[known] >= sentences.begin[found[known]]) & (tokens.end[known] <= sentences.end[found[known]])
    found[known[~inside]] = -1
    if not by_number_only:
        _by_place(tokens, sentences, np.flatnonzero(found < 0), found)
    return found


def by_number(tokens: AnnotationColumn, sentences: AnnotationColumn) -> Ints:
    """Return the sentence of each token by number alone, wherever it lies."""
    return _by_number(tokens, sentences)


def numbers_of(column: AnnotationColumn) -> list[str]:
    """Return the sentence number of each annotation, "0" where it has none."""
    values = column.metadata.get("sentence")
    if values is None:
        return [column.metadata_of(i).get("sentence") or "0" for i in range(len(column))]
    return [value if value is not None else "0" for value in values]


def _by_number(tokens: AnnotationColumn, sentences: AnnotationColumn) -> Ints:
    sentence_rows = sentences.row_numbers().tolist()
    table: dict[tuple[int, str], int] = {}
    for i, key in enumerate(zip(sentence_rows, numbers_of(sentences), strict=True)):
        table.setdefault(key, i)
    keys = zip(tokens.row_numbers().tolist(), numbers_of(tokens), strict=True)
    return np.fromiter((table.get(key, -1) for key in keys), np.int64, len(tokens))


def _by_place(tokens: AnnotationColumn, sentences: AnnotationColumn, lost: Ints, found: Ints) -> None:
    """Give each lost token the last sentence of its row that begins at or before it, if that contains it."""
    if not len(lost) or not len(sentences):
        return
    rows, sentence_rows = tokens.row_numbers()[lost], sentences.row_numbers()
    span = 1 + int(max(tokens.begin.max(), sentences.begin.max()))
    keys = sentence_rows * span + sentences.begin
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], rows * span + tokens.begin[lost], side="right") - 1
    candidate = order[np.maximum(place, 0)]
    inside = (place >= 0) & (sentence_rows[candidate] == rows) & (sentences.end[candidate] >= tokens.end[lost])
    found[lost[inside]] = candidate[inside]
