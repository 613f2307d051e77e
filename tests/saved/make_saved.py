"""Write ``saved.zip``: what an earlier annopipe saved, for `test_saved`. Run it with that annopipe on the path:

    PYTHONPATH=OLD/src:OLD/tests python tests/saved/make_saved.py tests/saved/saved.zip

The zip holds pickles, saved pipelines and stages, a dataset and a store, all on one tiny model, and the vectors that
they gave then.
"""

import json
import os
import pickle
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

TEXTS = ["the house by the river", "", "a good teacher made little letters"]


def stages(annopipe: Any, model: Path) -> list[Any]:
    """Return a stage of each kind, wired into one pipeline."""
    return [
        annopipe.DocumentAssembler(inputCol="text", outputCol="document"),
        annopipe.SentenceDetector(inputCols=["document"], outputCol="sentence"),
        annopipe.Tokenizer(inputCols=["sentence"], outputCol="token"),
        annopipe.AlbertEmbeddings.pretrained(str(model)).setInputCols(["sentence", "token"]).setOutputCol("embeddings"),
        annopipe.SentenceEmbeddings(inputCols=["sentence", "embeddings"], outputCol="vector"),
        annopipe.NGramGenerator(inputCols=["token"], outputCol="ngram"),
        annopipe.ChunkEmbeddings(inputCols=["ngram", "embeddings"], outputCol="chunk_vector"),
        annopipe.EmbeddingsFinisher(inputCols=["vector"], outputCols=["finished"]),
    ]


def main(target: Path) -> None:
    """Write the zip."""
    work = Path(tempfile.mkdtemp())
    os.environ["ANNOPIPE_HOME"] = str(work / "saved" / "store")
    import annopipe
    from tiny_model import make_tiny_model

    warnings.simplefilter("ignore")
    model = make_tiny_model(work / "saved" / "model")
    pipeline = annopipe.Pipeline(stages=stages(annopipe, model))
    fitted = pipeline.fit()
    rows = fitted.transform(TEXTS)
    embedder = annopipe.load(str(model))
    pickles = {
        "pipeline": pipeline,
        "fitted": fitted,
        "stages": fitted.stages,
        "annotations": [annotation for row in rows for annotation in row["token"]],
        "params": fitted.stages[2].params,
        "words": list(embedder.embed_words(TEXTS)),
        "card": annopipe.card("albert_base_uncased"),
        "error": annopipe.AnnopipeError("an error"),
    }
    saved = work / "saved"
    for name, value in pickles.items():
        (saved / f"{name}.pickle").write_bytes(pickle.dumps(value))
    fitted.save(str(saved / "fitted"))
    pipeline.save(str(saved / "pipeline"))
    fitted.stages[3].save(str(saved / "embeddings"))
    (saved / "texts.txt").write_text("\n".join(text for text in TEXTS if text) + "\n", encoding="utf-8")
    annopipe.embed_dataset(saved / "texts.txt", saved / "dataset", model=str(model), progress=False)
    annopipe.import_model(str(model), "saved_tiny", "en")
    expected = {
        "tokens": [[a.result for a in row["token"]] for row in rows],
        "vectors": [
            np.concatenate([a.embeddings for a in row["vector"]]).tolist() if row["vector"] else [] for row in rows
        ],
    }
    (saved / "expected.json").write_text(json.dumps(expected))
    shutil.make_archive(str(target.with_suffix("")), "zip", saved)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
