"""The model in ``tensorflow_files``, and its weights under the names that TensorFlow's programs give them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import tiny_model
from annopipe.albert.config import AlbertConfig

VOCABULARY = 404
CONFIG: AlbertConfig = replace(tiny_model.CONFIG, num_hidden_layers=2, vocab_size=VOCABULARY, type_vocab_size=2)
IDS = np.arange(2, 2 + 14 * 7, 7, dtype=np.int64).reshape(2, 7)

Floats = NDArray[np.float32]

LAYER = "encoder.albert_layer_groups.0.albert_layers.0."
GOOGLE_LAYER = "bert/encoder/transformer/group_0/inner_group_0/"
GOOGLE = {
    "embeddings.word_embeddings.weight": "bert/embeddings/word_embeddings",
    "embeddings.token_type_embeddings.weight": "bert/embeddings/token_type_embeddings",
    "embeddings.position_embeddings.weight": "bert/embeddings/position_embeddings",
    "embeddings.LayerNorm": "bert/embeddings/LayerNorm",
    "encoder.embedding_hidden_mapping_in": "bert/encoder/embedding_hidden_mapping_in",
    f"{LAYER}attention.query": f"{GOOGLE_LAYER}attention_1/self/query",
    f"{LAYER}attention.key": f"{GOOGLE_LAYER}attention_1/self/key",
    f"{LAYER}attention.value": f"{GOOGLE_LAYER}attention_1/self/value",
    f"{LAYER}attention.dense": f"{GOOGLE_LAYER}attention_1/output/dense",
    f"{LAYER}attention.LayerNorm": f"{GOOGLE_LAYER}LayerNorm",
    f"{LAYER}ffn": f"{GOOGLE_LAYER}ffn_1/intermediate/dense",
    f"{LAYER}ffn_output": f"{GOOGLE_LAYER}ffn_1/intermediate/output/dense",
    f"{LAYER}full_layer_layer_norm": f"{GOOGLE_LAYER}LayerNorm_1",
}
GARDEN = {
    "embeddings.word_embeddings.weight": "word_embeddings/embeddings",
    "embeddings.token_type_embeddings.weight": "type_embeddings/embeddings",
    "embeddings.position_embeddings.weight": "position_embedding/embeddings",
    "embeddings.LayerNorm": "embeddings/layer_norm",
    "encoder.embedding_hidden_mapping_in": "embedding_projection",
    f"{LAYER}attention.query": "transformer/self_attention/query",
    f"{LAYER}attention.key": "transformer/self_attention/key",
    f"{LAYER}attention.value": "transformer/self_attention/value",
    f"{LAYER}attention.dense": "transformer/self_attention/attention_output",
    f"{LAYER}attention.LayerNorm": "transformer/self_attention_layer_norm",
    f"{LAYER}ffn": "transformer/intermediate",
    f"{LAYER}ffn_output": "transformer/output",
    f"{LAYER}full_layer_layer_norm": "transformer/output_layer_norm",
}


def weights() -> dict[str, Floats]:
    """Seeded weights under Hugging Face's names."""
    return tiny_model.random_weights(CONFIG, 5)


def google_names(tensors: dict[str, Floats]) -> dict[str, tuple[str, Floats]]:
    """For each weight its name and form in google-research's checkpoints: kernels are [in, out]."""
    return {name: _named(name, values, GOOGLE) for name, values in tensors.items()}


def garden_names(tensors: dict[str, Floats]) -> dict[str, tuple[str, Floats]]:
    """For each weight its name and form in the model garden: attention's kernels are cut into heads."""
    found = {}
    heads = CONFIG.num_attention_heads
    for name, values in tensors.items():
        new, kernel = _named(name, values, GARDEN)
        if "self_attention/" in new and new.endswith("attention_output/kernel"):
            kernel = kernel.reshape(heads, -1, kernel.shape[1])
        elif "self_attention/" in new and not new.endswith("attention_output/bias"):
            kernel = kernel.reshape(*kernel.shape[:-1], heads, -1)
        found[name] = (new, kernel)
    return found


def _named(name: str, values: Floats, table: dict[str, str]) -> tuple[str, Floats]:
    if name in table:
        return table[name], values
    stem, _, end = name.rpartition(".")
    if "orm" in stem.rpartition(".")[2]:
        return f"{table[stem]}/{'gamma' if end == 'weight' else 'beta'}", values
    return (f"{table[stem]}/kernel", values.T.copy()) if end == "weight" else (f"{table[stem]}/bias", values)
