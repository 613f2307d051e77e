"""The ONNX nodes of one ALBERT layer."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from annopipe.albert import proto
from annopipe.albert.attention_nodes import MICROSOFT, attention
from annopipe.albert.config import AlbertConfig

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
        """All nodes from ``before`` [tokens, hidden] on."""
        attended, context = f"{self.out}/attended", f"{self.out}/context"
        yield from attention(self.config, self.prefix, before, context)
        yield from self._added(context, "attention.dense", before, "attention.LayerNorm", attended)
        yield dense(attended, f"{self.prefix}ffn", f"{self.out}/wide")
        op, domain = ACTIVATION_OPS[self.config.activation]
        yield proto.node(op, [f"{self.out}/wide"], [f"{self.out}/active"], domain=domain)
        yield from self._added(f"{self.out}/active", "ffn_output", attended, "full_layer_layer_norm", self.out)

    def _added(self, source: str, linear: str, skip: str, normal: str, out: str) -> Iterator[bytes]:
        """A linear layer over ``source``, ``skip`` added to it, the sum normalised."""
        yield dense(source, self.prefix + linear, f"{out}/dense")
        yield proto.node("Add", [f"{out}/dense", skip], [f"{out}/sum"])
        yield norm(self.config, f"{out}/sum", self.prefix + normal, out)
