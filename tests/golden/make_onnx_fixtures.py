"""Write the small ONNX exports of ``tests/importers/onnx_files`` by torch, transformers and ONNX Runtime's optimiser.

Run by hand with torch, transformers, onnx, onnxruntime and onnxscript installed, ``src`` and ``tests`` on the path::

    PYTHONPATH=src:tests python tests/golden/make_onnx_fixtures.py tests/importers/onnx_files

The weights are those of ``importers.tensorflow_model.weights``.
"""

import gzip
import io
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import onnx
import torch
from onnxruntime.transformers.optimizer import optimize_model
from transformers import AlbertConfig, AlbertForMaskedLM, AlbertModel, BertConfig, BertModel

from importers.tensorflow_model import CONFIG, weights

NAMES = ("input_ids", "attention_mask", "token_type_ids")


class Hidden(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        out = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return out.last_hidden_state if "last_hidden_state" in out else out.logits


def albert(attention, cls=AlbertModel, activation="gelu_new"):
    config = AlbertConfig(**{**asdict(replace(CONFIG, hidden_act=activation)), "pad_token_id": 0})
    model = cls._from_config(config, attn_implementation=attention).eval()
    tensors = {name: torch.from_numpy(values) for name, values in weights().items()}
    inner = model if cls is AlbertModel else model.albert
    missing, unexpected = inner.load_state_dict(tensors, strict=False)
    assert not unexpected
    assert all(name.startswith(("pooler", "embeddings.position_ids", "embeddings.token_type_ids")) for name in missing)
    return model


def export(model, path, opset, dynamo=False):
    ids = torch.tensor([[2, 5, 6, 7, 3], [2, 8, 9, 10, 3]])
    arguments = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    if dynamo:
        axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", min=2, max=64)}
        extra = {"dynamic_shapes": (axes,) * 3, "external_data": False, "dynamo": True}
    else:
        extra = {"dynamic_axes": {name: {0: "batch", 1: "length"} for name in (*NAMES, "out")}, "dynamo": False}
    torch.onnx.export(
        Hidden(model), arguments, str(path), input_names=list(NAMES), output_names=["out"], opset_version=opset, **extra
    )


def without_notes(path):
    """Take out where in the program each node came from."""
    model = onnx.load(str(path))
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for values in (model.graph.value_info, model.graph.input, model.graph.output, model.graph.initializer):
        for value in values:
            value.ClearField("metadata_props")
    model.graph.ClearField("value_info")
    model.ClearField("metadata_props")
    model.graph.ClearField("metadata_props")
    return model.SerializeToString()


def optimised(source, target):
    model = optimize_model(str(source), model_type="bert", num_heads=CONFIG.num_attention_heads, hidden_size=16)
    model.save_model_to_file(str(target))


def main(target):
    target = Path(target)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch)
        export(albert("eager"), made / "script_11_eager.onnx", 11)
        export(albert("sdpa"), made / "script_14_sdpa.onnx", 14)
        export(albert("sdpa", activation="gelu"), made / "script_17_erf.onnx", 17)
        export(albert("eager", AlbertForMaskedLM), made / "script_17_masked_lm.onnx", 17)
        export(albert("sdpa"), made / "program_18_sdpa.onnx", 18, dynamo=True)
        export(albert("sdpa"), made / "program_23_sdpa.onnx", 23, dynamo=True)
        optimised(made / "script_11_eager.onnx", made / "optimised.onnx")
        bert = BertConfig(
            vocab_size=50, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
        )
        bert.max_position_embeddings = 32
        export(BertModel(bert).eval(), made / "bert.onnx", 17)
        for path in sorted(made.glob("*.onnx")):
            packed = io.BytesIO()
            with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
                file.write(without_notes(path))
            (target / f"{path.name}.gz").write_bytes(packed.getvalue())


if __name__ == "__main__":
    main(sys.argv[1])
