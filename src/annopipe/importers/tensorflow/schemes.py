"""The three ways to name ALBERT's variables in TensorFlow, each with its table to Hugging Face's names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from annopipe.albert.parameters import layer_prefix

ENDS: Final = {"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}


@dataclass(frozen=True)
class Scheme:
    """One way to name variables.

    Attributes:
        fixed: names outside the layers → Hugging Face's.
        layers: pattern of names inside a layer: ``group``, ``inner`` where they are told, ``part`` and ``end``.
        parts: part of a layer → Hugging Face's.
        left_out: pattern of what besides is known, and not used: poolers and heads.
    """

    fixed: Mapping[str, str]
    layers: re.Pattern[str]
    parts: Mapping[str, str]
    left_out: re.Pattern[str]
    start: re.Pattern[str]

    def hugging_face(self, name: str) -> str | None:
        """Return Hugging Face's name of an encoder's variable; None for every other one."""
        bare = self.start.sub("", name, count=1)
        if bare in self.fixed:
            return self.fixed[bare] if self.start.match(name) else None
        match = self.layers.fullmatch(bare)
        if match is None or match["part"] not in self.parts or not self.start.match(name):
            return None
        places = match.groupdict()
        prefix = layer_prefix(int(places.get("group") or 0), int(places.get("inner") or 0))
        return f"{prefix}{self.parts[match['part']]}.{ENDS[match['end']]}"

    def is_left_out(self, name: str) -> bool:
        """Tell whether a variable belongs to a pooler or a head."""
        return self.left_out.match(name) is not None


def _ends(table: Mapping[str, str], *ends: str) -> dict[str, str]:
    return {f"{old}/{end}": f"{new}.{ENDS[end]}" for old, new in table.items() for end in ends}


_MAPPING: Final = {"encoder/embedding_hidden_mapping_in": "encoder.embedding_hidden_mapping_in"}
_NORM: Final = {"embeddings/LayerNorm": "embeddings.LayerNorm"}
_TABLES: Final = ("word_embeddings", "token_type_embeddings", "position_embeddings")

GOOGLE: Final = Scheme(
    fixed={
        **{f"embeddings/{table}": f"embeddings.{table}.weight" for table in _TABLES},
        **_ends(_NORM, "gamma", "beta"),
        **_ends(_MAPPING, "kernel", "bias"),
    },
    layers=re.compile(
        r"encoder/transformer/group_(?P<group>\d{1,4})/(?:layer_\d+/)?inner_group_(?P<inner>\d{1,3})/"
        r"(?P<part>.+)/(?P<end>kernel|bias|gamma|beta)"
    ),
    parts={
        "attention_1/self/query": "attention.query",
        "attention_1/self/key": "attention.key",
        "attention_1/self/value": "attention.value",
        "attention_1/output/dense": "attention.dense",
        "LayerNorm": "attention.LayerNorm",
        "ffn_1/intermediate/dense": "ffn",
        "ffn_1/intermediate/output/dense": "ffn_output",
        "LayerNorm_1": "full_layer_layer_norm",
    },
    left_out=re.compile(r"bert/pooler/|cls/|(?!bert/)"),
    start=re.compile(r"bert/"),
)

TRANSFORMERS: Final = Scheme(
    fixed={
        "embeddings/word_embeddings/weight": "embeddings.word_embeddings.weight",
        **{f"embeddings/{table}/embeddings": f"embeddings.{table}.weight" for table in _TABLES},
        **_ends(_NORM, "gamma", "beta"),
        **_ends(_MAPPING, "kernel", "bias"),
    },
    layers=re.compile(
        r"encoder/albert_layer_groups_\._(?P<group>\d{1,4})/albert_layers_\._(?P<inner>\d{1,3})/"
        r"(?P<part>.+)/(?P<end>kernel|bias|gamma|beta)"
    ),
    parts={
        **{f"attention/{part}": f"attention.{part}" for part in ("query", "key", "value", "dense", "LayerNorm")},
        **{part: part for part in ("ffn", "ffn_output", "full_layer_layer_norm")},
    },
    left_out=re.compile(
        r"(?:[^/]+/)?albert/pooler/|(?!(?:[^/]+/)?albert/)|[^/]+/(?:predictions|classifier|qa_outputs)"
    ),
    start=re.compile(r"(?:[^/]+/)?albert/"),
)

GARDEN: Final = Scheme(
    fixed={
        "word_embeddings/embeddings": "embeddings.word_embeddings.weight",
        "position_embedding/embeddings": "embeddings.position_embeddings.weight",
        "type_embeddings/embeddings": "embeddings.token_type_embeddings.weight",
        **_ends({"embeddings/layer_norm": "embeddings.LayerNorm"}, "gamma", "beta"),
        **_ends({"embedding_projection": "encoder.embedding_hidden_mapping_in"}, "kernel", "bias"),
    },
    layers=re.compile(r"transformer/(?P<part>.+)/(?P<end>kernel|bias|gamma|beta)"),
    parts={
        **{f"self_attention/{part}": f"attention.{part}" for part in ("query", "key", "value")},
        "self_attention/attention_output": "attention.dense",
        "self_attention_layer_norm": "attention.LayerNorm",
        "intermediate": "ffn",
        "output": "ffn_output",
        "output_layer_norm": "full_layer_layer_norm",
    },
    left_out=re.compile(r"(?:[^/]+/)?pooler_transform/|(?:[^/]+/)?(?:cls|masked_lm|predictions|classification)"),
    start=re.compile(r"(?:[^/]+/)??(?=(?:word|position|type|embedding|transformer))"),
)
