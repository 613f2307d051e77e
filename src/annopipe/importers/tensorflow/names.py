"""Names of ALBERT's variables in TensorFlow, and Hugging Face's.

Three writers exist: google-research's code (also as ``module/bert/…`` on TF-Hub), transformers' TensorFlow classes,
and TensorFlow's model garden, from which the newer SavedModels on TF-Hub come.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import CheckpointError, OtherArchitecture
from annopipe.importers.tensorflow.schemes import GARDEN, GOOGLE, TRANSFORMERS, Scheme

SLOTS: Final = re.compile(r"/(adam_[mv]|lamb_[mv]|Adam(_1)?|LAMB(_1)?|m|v|\.OPTIMIZER_SLOT.*)$")
"""Ends of names of what optimisers keep beside each weight."""

PARTS: Final = re.compile(r"(?:^|/)(?:embeddings|encoder|transformer|embedding_projection)/")
"""Where the encoder's own variables stand: one there that is not known is no head."""

OTHERS: Final = {
    "bert/encoder/layer_0/": "BERT",
    "bert/encoder/layer_._0/": "BERT",
    "electra/": "ELECTRA",
    "roberta/": "RoBERTa",
    "distilbert/": "DistilBERT",
    "xlnet/": "XLNet",
    "transformer/layer_0/self_attention": "BERT",
}
"""Parts of names that only other architectures have."""

SHOWN: Final = 12


def scheme_of(names: Iterable[str]) -> Scheme:
    """Return whose names these are.

    Raises:
        OtherArchitecture: they are those of another architecture, which is named.
        CheckpointError: they are nobody's that is known.
    """
    names = [plain(name) for name in names]
    for part, architecture in OTHERS.items():
        if any(part in name for name in names):
            raise OtherArchitecture(
                f"the checkpoint is a {architecture}, not an ALBERT (it has variables named {part}…): choose an ALBERT"
            )
    for scheme in (GOOGLE, TRANSFORMERS, GARDEN):
        if any(scheme.hugging_face(name) is not None for name in names):
            return scheme
    shown = ", ".join(sorted(names)[:SHOWN]) or "none"
    raise CheckpointError(f"the checkpoint has no variables of an ALBERT; its variables: {shown}")


def renamed(names: Iterable[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return Hugging Face's name → the variable, for every weight of the encoder, and the variables left out.

    Raises:
        OtherArchitecture, CheckpointError: as `scheme_of`; or variables that are no known part of an ALBERT.
    """
    names = list(names)
    scheme = scheme_of(names)
    found: dict[str, str] = {}
    left_out, unknown = [], []
    for name in names:
        bare = plain(name)
        new = None if SLOTS.search(bare) else scheme.hugging_face(bare)
        if new is not None:
            if new in found:
                raise CheckpointError(f"the variables {found[new]} and {name} are the same weight {new}")
            found[new] = name
        elif new is None and PARTS.search(bare) and not SLOTS.search(bare) and not scheme.is_left_out(bare):
            unknown.append(name)
        else:
            left_out.append(name)
    if unknown:
        raise CheckpointError(f"variables that no ALBERT has: {', '.join(sorted(unknown)[:SHOWN])}")
    return found, tuple(left_out)


def turned(name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return a variable as Hugging Face's weight of that name lies: kernels [in, out] become [out, in].

    Kernels and biases of heads, which the model garden keeps apart, are laid side by side.
    """
    if name.endswith("_embeddings.weight") or "orm." in name:
        return values
    if name.endswith(".bias"):
        return values.reshape(-1)
    if values.ndim == 3:
        inward = name.endswith("attention.dense.weight")
        values = values.reshape(-1, values.shape[-1]) if inward else values.reshape(values.shape[0], -1)
    return np.ascontiguousarray(values.T)


def plain(name: str) -> str:
    """Return a variable's name without what hubs and savers put around it."""
    return name.removesuffix(":0").removeprefix("module/")


def heads_of(variables: Mapping[str, tuple[int, ...]], found: Mapping[str, str]) -> int | None:
    """Return the number of heads where the query's kernel keeps them apart, [in, heads, size]."""
    query = found.get("encoder.albert_layer_groups.0.albert_layers.0.attention.query.weight")
    shape = variables.get(query or "", ())
    return shape[1] if len(shape) == 3 else None
