"""The ceiling: the matrix products of a model's layers alone, as ONNX Runtime runs them at their best size."""

from collections.abc import Iterator

import numpy as np
import onnxruntime

from annopipe.albert import proto
from annopipe.albert.config import AlbertConfig

TOKENS = 512


class Ceiling:
    """All layers' products of ``TOKENS`` tokens with constant weights, one after the other, and nothing else."""

    def __init__(self, config: AlbertConfig, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(_model(config), options, providers=["CPUExecutionProvider"])
        self._start = np.random.default_rng(0).standard_normal((TOKENS, config.hidden_size), np.float32)

    def run(self) -> int:
        """One pass; gives the number of tokens."""
        self._session.run(None, {"start": self._start})
        return TOKENS


def _sizes(config: AlbertConfig) -> Iterator[tuple[str, int, int]]:
    """Name, rows and columns of each matrix of a layer."""
    hidden, wide = config.hidden_size, config.intermediate_size
    yield from ((name, hidden, hidden) for name in ("query", "key", "value", "dense"))
    yield from (("up", hidden, wide), ("down", wide, hidden))


def _model(config: AlbertConfig) -> bytes:
    source = np.random.default_rng(0)
    constants, nodes, last = [], [proto.node("Identity", ["going"], ["going_on"])], "before"
    for name, rows, columns in _sizes(config):
        values = source.standard_normal((rows, columns), np.float32) / np.float32(rows**0.5)
        constants.append(proto.constant(f"{name}.weight", values))
        nodes.append(proto.node("MatMul", [last, f"{name}.weight"], [name]))
        last = name
    state = [TOKENS, config.hidden_size]
    flags = [proto.value_info(name, [], np.bool_) for name in ("going", "going_on")]
    inputs = [proto.value_info("round", [], np.int64), flags[0], proto.value_info("before", state)]
    body = proto.graph("layer", nodes, inputs, [flags[1], proto.value_info(last, state)])
    constants += [proto.constant("times", np.array(config.num_hidden_layers)), proto.constant("true", np.array(True))]
    loop = proto.node("Loop", ["times", "true", "start"], ["end"], body=body)
    ends = [proto.value_info(name, state) for name in ("start", "end")]
    return proto.model(proto.graph("ceiling", [loop], ends[:1], ends[1:], constants))
