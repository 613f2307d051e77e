"""annopipe in one process: its engine on ids, the pipeline over Arrow and pandas, a bulk job, and the ceiling."""

import importlib.util
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from annopipe_pipeline import card_pipeline, words_of
from child import Job, Texts, end_to_end, serve

import annopipe
from annopipe.albert.batches import pack
from annopipe.albert.model import AlbertModel

sys.path.insert(0, str(Path(__file__).parents[2]))


class Native:
    """Settings ``engine``, ``pipeline``, ``pandas``, ``bulk``, ``ceiling``, and ``one text`` (a list of one)."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._pipeline = card_pipeline(job.model)
        self._model = AlbertModel.shared(job.model)
        self._ceiling: Any = None
        self._ids: dict[str, list[Any]] = {}

    def versions(self) -> dict[str, str]:
        names = ("annopipe", "onnxruntime", "numpy", "pyarrow", "pandas")
        return {name: version(name) for name in names if importlib.util.find_spec(name)}

    def run(self, setting: str, texts: Texts) -> int | None:
        if setting == "ceiling":
            return self._products(texts)
        if setting == "engine":
            self._states(texts)
        elif setting == "bulk":
            self._bulk(texts)
        else:
            self._transformed(setting, texts)
        return None

    def _transformed(self, setting: str, texts: Texts) -> Any:
        if setting == "pandas":
            import pandas as pd

            return self._pipeline.transform(pd.DataFrame({"text": texts.values}))
        return self._pipeline.transform(texts.values if setting == "one text" else pa.table({"text": texts.values}))

    def _encoded(self, texts: Texts) -> list[Any]:
        """Ids are made once: the engine is timed without text work."""
        if texts.name not in self._ids:
            vocabulary = self._model.vocabulary
            pieces = vocabulary.encode(texts.values)
            ends = zip(pieces.offsets[:-1].tolist(), pieces.offsets[1:].tolist(), strict=True)
            special = vocabulary.cls_id, vocabulary.sep_id
            self._ids[texts.name] = [np.array([special[0], *pieces.ids[a:b], special[1]], np.int64) for a, b in ends]
        return self._ids[texts.name]

    def _states(self, texts: Texts) -> list[Any]:
        ids = self._encoded(texts)
        lengths = np.array([len(one) for one in ids], np.int64)
        found: list[Any] = [None] * len(ids)
        for places in pack(lengths):
            states = self._model.encoder.run_packed(np.concatenate([ids[i] for i in places]), lengths[places])
            for place, state in zip(places, np.split(states, np.cumsum(lengths[places])[:-1]), strict=True):
                found[place] = state
        return found

    def _products(self, texts: Texts) -> int:
        if self._ceiling is None:
            from ceiling import Ceiling

            self._ceiling = Ceiling(self._model.config, self._job.threads)
        pieces = sum(map(len, self._encoded(texts)))
        return sum(self._ceiling.run() for _ in range(max(1, pieces // 512)))

    def _bulk(self, texts: Texts) -> Path:
        output = self._job.scratch / "dataset"
        shutil.rmtree(output, ignore_errors=True)
        annopipe.embed_dataset(texts.parquet, output, model=self._job.model, flat=True, memory="2GB", progress=False)
        return output

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        if setting == "engine":
            return end_to_end(self._states(texts))
        if setting != "bulk":
            table = self._pipeline.transform(pa.table({"text": texts.values}))
            return words_of(table.column("words"))
        import pyarrow.parquet as pq

        table = pq.read_table(self._bulk(texts))
        values = np.stack(table.column("vector").to_pylist())
        counts = np.bincount(table.column("row").to_numpy(), minlength=len(texts.values))
        return {"values": values, "counts": counts, "begin": table.column("begin").to_numpy()}


if __name__ == "__main__":
    serve(Native)
