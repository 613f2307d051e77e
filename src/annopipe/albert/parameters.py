"""The weights that an ALBERT encoder needs, and the names that checkpoints give them."""

from annopipe.albert.config import AlbertConfig

Shape = tuple[int, ...]

PREFIX = "albert."
"""Checkpoints saved with a head on top carry it before every name of the encoder."""

LEFT_OUT = ("pooler.", "predictions.", "sop_classifier.", "classifier.", "qa_outputs.")
"""Starts of names of heads: the pooler, the training heads, the heads of fine-tuned models. Not used, on purpose."""

BUFFERS = ("embeddings.position_ids", "embeddings.token_type_ids")
"""Constants that older releases of transformers saved beside the weights."""

OLD_ENDINGS = (("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias"))
"""Names that layer normalisation had in checkpoints converted from TensorFlow, and today's."""


def layer_prefix(group: int, inner: int) -> str:
    """Start of the names of the weights of layer ``inner`` of group ``group``."""
    return f"encoder.albert_layer_groups.{group}.albert_layers.{inner}."


def needed(config: AlbertConfig) -> dict[str, Shape]:
    """Name, as in Hugging Face's ``AlbertModel``, and shape of every weight of the encoder."""
    embedding, hidden = config.embedding_size, config.hidden_size
    shapes: dict[str, Shape] = {
        "embeddings.word_embeddings.weight": (config.vocab_size, embedding),
        "embeddings.position_embeddings.weight": (config.max_position_embeddings, embedding),
        "embeddings.token_type_embeddings.weight": (config.type_vocab_size, embedding),
        "embeddings.LayerNorm.weight": (embedding,),
        "embeddings.LayerNorm.bias": (embedding,),
        "encoder.embedding_hidden_mapping_in.weight": (hidden, embedding),
        "encoder.embedding_hidden_mapping_in.bias": (hidden,),
    }
    for group in range(config.num_hidden_groups):
        for inner in range(config.inner_group_num):
            prefix = layer_prefix(group, inner)
            shapes |= {prefix + name: shape for name, shape in _layer(config).items()}
    return shapes


def _layer(config: AlbertConfig) -> dict[str, Shape]:
    """Names and shapes of the weights of one layer."""
    hidden, wide = config.hidden_size, config.intermediate_size
    shapes: dict[str, Shape] = {}
    for name in ("query", "key", "value", "dense"):
        shapes[f"attention.{name}.weight"] = (hidden, hidden)
        shapes[f"attention.{name}.bias"] = (hidden,)
    for name in ("attention.LayerNorm", "full_layer_layer_norm"):
        shapes[f"{name}.weight"] = (hidden,)
        shapes[f"{name}.bias"] = (hidden,)
    shapes |= {"ffn.weight": (wide, hidden), "ffn.bias": (wide,)}
    shapes |= {"ffn_output.weight": (hidden, wide), "ffn_output.bias": (hidden,)}
    return shapes
