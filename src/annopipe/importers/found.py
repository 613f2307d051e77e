"""What a reader of a foreign format gives, and what its user may tell it: all that passes from readers to the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from annopipe.albert.sentence_steps import SentenceSteps


@dataclass(frozen=True)
class Found:
    """A model as a reader found it, not checked yet: `annopipe.importers.checking` compares all of it with the config.

    Attributes:
        kind: ``hugging-face``, ``torch``, ``spark-nlp``, ``google-research``, ``tf-hub`` or ``onnx``.
        config: what Hugging Face's ``config.json`` would hold.
        tensors: float32, float16 or (from bfloat16, expanded) float32 arrays under today's names of Hugging Face's
            ``AlbertModel``, without what stands before them; kernels of TensorFlow transposed. Heads are not among
            them.
        vocabulary: bytes of the SentencePiece model.
        assumed: what the source does not say and the reader guessed, a sentence each; the user is told.
        left_out: what the source holds besides and was left out on purpose (pooler, heads), by its name there.
        settings: what else the source tells, under these keys, each optional: ``case_sensitive`` (bool), ``name``,
            ``lang``, ``license``, ``description``, ``date`` (ISO), ``max_sentence_length`` (int), ``batch_size`` (int),
            ``tokenizer_config`` (what a ``tokenizer_config.json`` holds).
        graph: the source's own ONNX graph, with inputs ``input_ids``, ``attention_mask`` and perhaps
            ``token_type_ids``, whose first output the self-check compares with ours; None if there is none.
        sentences: the model's own way to sentence vectors; None if the source has none.
        scratch: keeps a folder in which ``graph`` was unpacked; it is gone with the last who holds this.
    """

    kind: str
    config: Mapping[str, Any]
    tensors: Mapping[str, NDArray[Any]]
    vocabulary: bytes
    assumed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    graph: Path | None = None
    sentences: SentenceSteps | None = None
    scratch: object = None


@dataclass(frozen=True)
class Choices:
    """What a user says about a source in place of a reader's guess; None: as the source says, or the reader assumes.

    Attributes:
        heads: attention heads.
        epsilon: added to the variance in every layer normalisation.
        activation: one of `annopipe.albert.config.ACTIVATIONS`.
        vocabulary: path of a SentencePiece model in place of the source's.
        config: path of a ``config.json`` (or google-research's ``albert_config.json``) in place of the source's.
        case_sensitive: whether capitals are kept.
        checkpoint: which of several checkpoints or graphs in the folder, by the start of its file name.
    """

    heads: int | None = None
    epsilon: float | None = None
    activation: str | None = None
    vocabulary: Path | None = None
    config: Path | None = None
    case_sensitive: bool | None = None
    checkpoint: str | None = None
