"""The ONNX nodes of one ALBERT layer."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from annopipe.albert import proto
from annopipe.albert.config import AlbertConfig
from annopipe.albert.tensors import ATTENTION_BIAS, FUSED

MICROSOFT = "com.microsoft"

ACTIVATION_OPS = MappingProxyType({"erf": ("Gelu", MICROSOFT), "tanh": ("FastGelu", MICROSOFT), "relu": ("Relu", "")})
"""For each form of activation ONNX Runtime's operator and its domain; ``FastGelu`` is the form by tanh."""


def dense(source: str, layer: str, out: str) -> bytes:
    """A linear layer, by Hugging Face's weight [out, in] and bias."""
    return proto.node("Gemm", [source, f"{layer}.weight", f"{layer}.bias"], [out], transB=1)


def norm(config: AlbertConfig, source: str, layer: str, out: str) -> bytes:
    """Layer normalisation; ``SkipLayerNormalization`` would add first, but is slower and three times less exact."""
    inputs = [source, f"{layer}.weight", f"{layer}.bias"]
    return proto.node("LayerNormalization", inputs, [out], epsilon=float(config.layer_norm_eps))


@dataclass(frozen=True)
class LayerNodes:
    """One layer: attention, then the feed-forward part, each added to its input and normalised.

    Attributes:
        config: of the model.
        prefix: start of the names of the layer's weights.
        out: name of the layer's result [tokens, hidden]; values inside the layer are named after it.
    """

    config: AlbertConfig
    prefix: str
    out: str

    def nodes(self, before: str) -> Iterator[bytes]:
        """All nodes from ``before`` [tokens, hidden] on, which must lie in the scope of ``hidden_shape``."""
        attended, context = f"{self.out}/attended", f"{self.out}/context"
        yield from self._attention(before, context)
        yield from self._added(context, "attention.dense", before, "attention.LayerNorm", attended)
        yield dense(attended, f"{self.prefix}ffn", f"{self.out}/wide")
        op, domain = ACTIVATION_OPS[self.config.activation]
        yield proto.node(op, [f"{self.out}/wide"], [f"{self.out}/active"], domain=domain)
        yield from self._added(f"{self.out}/active", "ffn_output", attended, "full_layer_layer_norm", self.out)

    def _attention(self, before: str, context: str) -> Iterator[bytes]:
        """Nodes to ``context``, what the heads gather, [tokens, hidden]."""
        parts = [f"{context}/{part}" for part in FUSED]
        for part, out in zip(FUSED, parts, strict=True):
            yield proto.node("Gemm", [before, f"{self.prefix}attention.{part}.weight"], [f"{out}/packed"], transB=1)
            yield proto.node("Reshape", [f"{out}/packed", "hidden_shape"], [out])
        heads = self.config.num_attention_heads
        inputs = [*parts, self.prefix + ATTENTION_BIAS]
        yield proto.node("MultiHeadAttention", inputs, [f"{context}/3d"], domain=MICROSOFT, num_heads=heads)
        yield proto.node("Reshape", [f"{context}/3d", "packed_hidden"], [context])

    def _added(self, source: str, linear: str, skip: str, normal: str, out: str) -> Iterator[bytes]:
        """A linear layer over ``source``, ``skip`` added to it, the sum normalised."""
        yield dense(source, self.prefix + linear, f"{out}/dense")
        yield proto.node("Add", [f"{out}/dense", skip], [f"{out}/sum"])
        yield norm(self.config, f"{out}/sum", self.prefix + normal, out)
