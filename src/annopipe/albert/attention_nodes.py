"""The ONNX nodes of self-attention over packed sentences: one ``MultiHeadAttention`` per run of equal lengths.

Each run is attended without padding or mask, on ONNX Runtime's flash path, and so gives bit for bit what its sentences
give alone; a loop collects the runs in a sequence.
"""

from collections.abc import Iterator

import numpy as np

from annopipe.albert import proto
from annopipe.albert.config import AlbertConfig
from annopipe.albert.tensors import ATTENTION_BIAS, ATTENTION_WEIGHT, FUSED

MICROSOFT = "com.microsoft"
FLOAT = 1


def attention(config: AlbertConfig, prefix: str, before: str, out: str) -> Iterator[bytes]:
    """Nodes from ``before`` [tokens, hidden] to ``out``, what the heads gather, [tokens, hidden].

    The graph's ``runs``, ``run_begin``, ``run_end`` and ``run_shape`` (``packing.Packed.feeds``) must be in scope.
    """
    yield proto.node("Gemm", [before, prefix + ATTENTION_WEIGHT], [f"{out}/parts"], transB=1)
    yield proto.node("SequenceEmpty", [], [f"{out}/none"], dtype=FLOAT)
    body = _body(config, prefix, out)
    yield proto.node("Loop", ["runs", "true", f"{out}/none"], [f"{out}/all"], body=body)
    yield proto.node("ConcatFromSequence", [f"{out}/all"], [out], axis=0)


def _body(config: AlbertConfig, prefix: str, out: str) -> bytes:
    """Body of the loop over runs: the run's context is added to the sequence."""
    mine = f"{out}/run"
    packed: list[proto.Dimension] = ["run_tokens", config.hidden_size]
    inputs = [
        proto.value_info(mine, [], np.int64),
        proto.value_info(f"{mine}/going", [], np.bool_),
        proto.value_info(f"{mine}/earlier", packed, sequence=True),
    ]
    outputs = [
        proto.value_info(f"{mine}/going_on", [], np.bool_),
        proto.value_info(f"{mine}/contexts", packed, sequence=True),
    ]
    return proto.graph(mine, _run_nodes(config, prefix, out, mine), inputs, outputs)


def _run_nodes(config: AlbertConfig, prefix: str, out: str, mine: str) -> Iterator[bytes]:
    yield proto.node("Identity", [f"{mine}/going"], [f"{mine}/going_on"])
    for name in ("begin", "end", "shape"):
        yield proto.node("Gather", [f"run_{name}", mine], [f"{mine}/{name}"], axis=0)
    yield proto.node("Slice", [f"{out}/parts", f"{mine}/begin", f"{mine}/end", "zero"], [f"{mine}/packed"])
    yield proto.node("Reshape", [f"{mine}/packed", f"{mine}/shape"], [f"{mine}/parts"])
    parts = [f"{mine}/{part}" for part in FUSED]
    yield proto.node("Split", [f"{mine}/parts"], parts, axis=2)
    inputs = [*parts, prefix + ATTENTION_BIAS]
    heads = config.num_attention_heads
    yield proto.node("MultiHeadAttention", inputs, [f"{mine}/3d"], domain=MICROSOFT, num_heads=heads)
    yield proto.node("Reshape", [f"{mine}/3d", "packed_shape"], [f"{mine}/context"])
    yield proto.node("SequenceInsert", [f"{mine}/earlier", f"{mine}/context"], [f"{mine}/contexts"])
