"""Write beside a model what peers read: a plain ONNX export, ``tokenizer.json``, and the folder ``spark_nlp``.

``python export.py FOLDER``, in the environment of torch and transformers.
"""

import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

SPARK_NLP_ROWS = 30_000
"""Spark NLP tries a model when it loads it, with ids of ALBERT's own vocabulary: rows for them, which no text uses."""
NAMES = ["input_ids", "attention_mask", "token_type_ids"]


class Last(torch.nn.Module):
    """The last layer's vectors alone."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        given = {"input_ids": input_ids, "attention_mask": attention_mask, "token_type_ids": token_type_ids}
        return self.model(**given).last_hidden_state


def export(model: Any, path: Path) -> None:
    """Write one export."""
    example = torch.ones((2, 8), dtype=torch.int64)
    sizes = {0: "texts", 1: "pieces"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Last(model),
            (example, example, torch.zeros_like(example)),
            str(path),
            input_names=NAMES,
            output_names=["last_hidden_state"],
            dynamic_axes=dict.fromkeys([*NAMES, "last_hidden_state"], sizes),
            opset_version=17,
            dynamo=False,
        )


def main() -> None:
    folder = Path(sys.argv[1])
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager").eval()
    export(model, folder / "model.onnx")
    AutoTokenizer.from_pretrained(folder).backend_tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "spark_nlp" / "assets").mkdir(parents=True)
    shutil.copy(folder / "spiece.model", folder / "spark_nlp" / "assets" / "spiece.model")
    model.resize_token_embeddings(SPARK_NLP_ROWS)
    export(model, folder / "spark_nlp" / "model.onnx")


if __name__ == "__main__":
    main()
