"""A model folder from a trained student: ``python -m training.export --work FOLDER --out FOLDER``."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AlbertModel

from training.checkpoint import LATEST, trained
from training.quantise import expanded, packed

PACKED = "model.int8.safetensors"
KINDS = ("int8", "float16", "float32")
STORED = {"int8": "float32"}
"""What ``config.json`` calls a kind's dtype where it is not its own name: rows with scales stand for float32."""

READABLE = 0o644
"""Mode of the weights' file, which safetensors writes for its owner alone."""

UNSAID = {"_name_or_path", "chunk_size_feed_forward", "id2label", "is_encoder_decoder", "label2id", "output_attentions"}
UNSAID |= {"output_hidden_states", "problem_type", "return_dict", "torch_dtype", "transformers_version"}
"""Keys of transformers' own, of tasks and of other architectures."""

TOKENIZER = {
    "do_lower_case": True,
    "remove_space": True,
    "keep_accents": False,
    "bos_token": "[CLS]",
    "eos_token": "[SEP]",
    "unk_token": "<unk>",
    "sep_token": "[SEP]",
    "pad_token": "<pad>",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
    "model_max_length": 512,
    "tokenizer_class": "AlbertTokenizer",
}


def rounded(model: AlbertModel) -> AlbertModel:
    """The same model with its matrices as int8 rows would give them back."""
    made = AlbertModel(model.config, add_pooling_layer=False)
    made.load_state_dict(expanded(packed(_weights(model))), strict=False)
    made.train(False)
    return made


def export(model: AlbertModel, work: Path, out: Path, kind: str = "int8") -> int:
    """Write the folder: configuration, weights, vocabulary, tokenizer settings, card where there is one, hashes.

    ``int8`` writes ``model.int8.safetensors`` (rows and scales); the other kinds a plain ``model.safetensors``.
    Returns the folder's bytes.
    """
    out.mkdir(parents=True, exist_ok=True)
    weights = _weights(model)
    parts = packed(weights) if kind == "int8" else {n: w.to(getattr(torch, kind)) for n, w in weights.items()}
    file = out / (PACKED if kind == "int8" else "model.safetensors")
    save_file(parts, file, metadata={"format": "pt"})
    file.chmod(READABLE)
    (out / "config.json").write_text(json.dumps(_settings(model, kind), indent=2, sort_keys=True) + "\n")
    (out / "tokenizer_config.json").write_text(json.dumps(TOKENIZER, indent=2) + "\n")
    shutil.copyfile(work / "spiece.model", out / "spiece.model")
    if (work / "card.md").exists():
        shutil.copyfile(work / "card.md", out / "card.md")
    _sign(out)
    return sum(path.stat().st_size for path in out.iterdir())


def _settings(model: AlbertModel, kind: str) -> dict[str, object]:
    """``config.json`` without what says nothing of the encoder."""
    given = {name: value for name, value in model.config.to_dict().items() if name not in UNSAID}
    return given | {"architectures": ["AlbertModel"], "dtype": STORED.get(kind, kind)}


def _weights(model: AlbertModel) -> dict[str, torch.Tensor]:
    """The state without buffers and the pooler, contiguous."""
    return {name: weight.detach().contiguous() for name, weight in model.named_parameters() if "pooler" not in name}


def _sign(folder: Path) -> None:
    """``SHA256SUMS`` over the folder's other files."""
    names = sorted(path.name for path in folder.iterdir() if path.name != "SHA256SUMS")
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in digests.items()))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--checkpoint", default=LATEST)
    parser.add_argument("--kind", choices=KINDS, default="int8")
    given = parser.parse_args()
    size = export(trained(given.work / given.checkpoint), given.work, given.out, given.kind)
    print(f"{given.out}: {size:,} bytes")


if __name__ == "__main__":
    main()
