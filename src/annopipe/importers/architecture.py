"""Whether a model is an ALBERT at all, by its configuration and by the names of its weights."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from annopipe.errors import OtherArchitecture

_NAMES: Final = (
    ("DistilBERT", re.compile(r"(distilbert\.)?transformer\.layer\.\d+\.attention\.q_lin\.")),
    ("DeBERTa", re.compile(r"(deberta\.)?encoder\.(layer\.\d+\.attention\.self\.in_proj|rel_embeddings)")),
    ("RoBERTa", re.compile(r"(xlm-)?roberta\.|lm_head\.layer_norm\.")),
    ("ELECTRA", re.compile(r"electra\.|discriminator_predictions\.|generator_predictions\.")),
    ("BERT", re.compile(r"(bert\.)?encoder\.layer\.\d+\.attention\.self\.query\.")),
    ("BERT", re.compile(r"bert/encoder/layer_\d+/attention/self/query/")),
    ("T5", re.compile(r"(encoder|decoder)\.block\.\d+\.layer\.")),
    ("GPT-2", re.compile(r"(transformer\.)?h\.\d+\.attn\.c_attn\.")),
    ("XLNet", re.compile(r"(transformer\.)?layer\.\d+\.rel_attn\.")),
    ("a decoder of Llama's kind", re.compile(r"(model\.)?layers\.\d+\.self_attn\.q_proj\.")),
)


def refuse_other_config(config: Mapping[str, Any], where: str) -> None:
    """Refuse the configuration of another architecture.

    Raises:
        OtherArchitecture: it says that it is one; the text names it.
    """
    kind, classes = config.get("model_type"), config.get("architectures")
    if kind is None and isinstance(classes, list) and classes and "albert" not in str(classes[0]).lower():
        kind = str(classes[0])
    if kind is not None and kind != "albert":
        raise OtherArchitecture(f"{where} is of a model of the kind {str(kind)[:60]!r}; only ALBERT runs here")


def refuse_other_names(names: Iterable[str], where: str) -> None:
    """Refuse weights whose names are those of another architecture.

    Raises:
        OtherArchitecture: they are; the text names it and one of them.
    """
    for name in names:
        for architecture, pattern in _NAMES:
            if pattern.search(name):
                raise OtherArchitecture(
                    f"{where} holds the weights of {architecture} ({name[:120]}); only ALBERT runs here"
                )
