"""The pipeline of the model cards with a model folder, and its vectors."""

from pathlib import Path
from typing import Any

import numpy as np

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, Tokenizer


def card_pipeline(model: Path) -> Any:
    """Return DocumentAssembler, Tokenizer and AlbertEmbeddings, fitted."""
    albert = AlbertEmbeddings.pretrained(str(model)).setInputCols("document", "token").setOutputCol("words")
    stages = [
        DocumentAssembler(inputCol="text", outputCol="document"),
        Tokenizer(inputCols=["document"], outputCol="token"),
        albert,
    ]
    return Pipeline(stages=stages).fit()


def words_of(column: Any) -> dict[str, Any]:
    """Return vectors, words of each text and begins of a column of annotations."""
    rows = column.to_pylist()
    words = [word for row in rows for word in row]
    return {
        "values": np.array([word["embeddings"] for word in words], np.float32),
        "counts": np.array([len(row) for row in rows]),
        "begin": np.array([word["begin"] for word in words]),
    }
