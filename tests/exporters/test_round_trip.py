"""Published shapes with random weights, all the way round: out to each form, back in, equal vectors.

Run by hand: ``pytest -m long tests/exporters/test_round_trip.py -s -k base``. Each size prints its times, and the peak
memory of the process so far.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import annopipe
import tiny_model
from albert.random_models import random_weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.model import AlbertModel
from annopipe.albert.plain import write_weights
from annopipe.exporters.exporting import export_model
from importers.conftest import store

__all__ = ["store"]

SIZES = {
    "base": (768, 12, 12, 3072),
    "large": (1024, 24, 16, 4096),
    "xlarge": (2048, 24, 16, 8192),
    "xxlarge": (4096, 12, 64, 16384),
}
"""Hidden size, layers, heads, width of the feed-forward layer."""


def measured(what: str, do: Callable[[], object]) -> None:
    begun = time.perf_counter()
    do()
    spent = time.perf_counter() - begun
    resource = pytest.importorskip("resource")
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(f"  {what}: {spent:.1f} s, peak memory {peak / 1e6:.0f} MB")


def written(folder: Path, size: str) -> Path:
    hidden, layers, heads, wide = SIZES[size]
    vocabulary = tiny_model.train_vocabulary()
    config = AlbertConfig(
        embedding_size=128,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=wide,
        vocab_size=404,
    )
    folder.mkdir(parents=True)
    (folder / "spiece.model").write_bytes(vocabulary)
    (folder / "config.json").write_text(json.dumps({"model_type": "albert", **asdict(config)}))
    write_weights(folder / "model.safetensors", random_weights(config, 3, 0.02))
    return folder


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
def test_round(size: str, tmp_path: Path, store: Path) -> None:
    source = written(tmp_path / "made", size)
    print(f"\n{size}: {(source / 'model.safetensors').stat().st_size / 1e6:.0f} MB of weights")
    ids = (np.arange(2 * 24, dtype=np.int64).reshape(2, 24) * 7) % 404
    expected = AlbertModel.load(source, threads=1).encoder.run(ids)
    measured("import", lambda: annopipe.import_model(source, "first"))
    for to in ("hf", "onnx", "spark-nlp"):
        out = tmp_path / to
        measured(f"export to {to}", lambda to=to, out=out: export_model("first", to=to, output=out))
        back = out / "load" if to == "spark-nlp" else out
        name = f"back_{to[:2]}"
        measured(f"import from {to}", lambda back=back, name=name: annopipe.import_model(back, name, replace=True))
        found = AlbertModel.load(store / f"{name}_en", threads=1).encoder.run(ids)
        assert found.tobytes() == expected.tobytes()
    session = onnxruntime.InferenceSession(str(tmp_path / "onnx" / "model.onnx"), providers=["CPUExecutionProvider"])
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    np.testing.assert_allclose(session.run(None, feeds)[0], expected, atol=1e-4)
