"""The record of a model's own way to sentence vectors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

PoolingMode = Literal["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
MODES: Final[tuple[str, ...]] = get_args(PoolingMode)
"""sentence-transformers' own words, in the order in which its older form of several modes concatenates."""

Similarity = Literal["cosine", "dot", "euclidean", "manhattan"]
SIMILARITIES: Final[tuple[str, ...]] = get_args(Similarity)


@dataclass(frozen=True, slots=True)
class Dense:
    """A linear layer and an activation.

    Attributes:
        inputs, outputs: numbers in and out.
        bias: whether something is added.
        activation: name of torch's class: ``Tanh``.
        residual: whether its input is added to its output, through a second matrix where the sizes differ.
        weights: path of its weights in the model's folder: ``2_Dense/model.safetensors``.
    """

    inputs: int
    outputs: int
    bias: bool
    activation: str
    residual: bool
    weights: str


@dataclass(frozen=True, slots=True)
class LayerNorm:
    """A layer normalisation of so many numbers; ``weights`` as of `Dense`."""

    size: int
    weights: str


@dataclass(frozen=True, slots=True)
class Normalize:
    """Division by the Euclidean length."""


Step = Dense | LayerNorm | Normalize


@dataclass(frozen=True, slots=True)
class SentenceHead:
    """A model's own way from the encoder's states to the vector of a text.

    Attributes:
        poolings: how the states are pooled; several are put end to end.
        hidden: numbers of a state.
        steps: what follows, in order.
        length: pieces of a text that the model takes, ``[CLS]`` and ``[SEP]`` among them.
        lower_case: lower-case the text, whatever the tokenizer does.
        include_prompt: whether the pieces of a prompt are pooled too.
        prompts: name → what is put before a text.
        default_prompt: name of the prompt that every text gets, None for none.
        similarity: how the model's vectors are compared: ``cosine``, ``dot``, ``euclidean`` or ``manhattan``.
        truncate_dim: only so many of the first numbers are given, None for all.
    """

    poolings: tuple[PoolingMode, ...]
    hidden: int
    length: int
    steps: tuple[Step, ...] = ()
    lower_case: bool = False
    include_prompt: bool = True
    prompts: Mapping[str, str] | None = None
    default_prompt: str | None = None
    similarity: str = "cosine"
    truncate_dim: int | None = None

    @property
    def pooled_width(self) -> int:
        """Numbers of the pooled vector, before the steps."""
        return self.hidden * len(self.poolings)

    @property
    def width(self) -> int:
        """Numbers of a sentence vector."""
        sizes = [step.outputs for step in self.steps if isinstance(step, Dense)]
        last = sizes[-1] if sizes else self.pooled_width
        return last if self.truncate_dim is None else min(last, self.truncate_dim)

    @property
    def normalizes(self) -> bool:
        """Whether vectors have length 1."""
        return bool(self.steps) and isinstance(self.steps[-1], Normalize) and self.truncate_dim is None

    @property
    def weights(self) -> tuple[str, ...]:
        """Paths of the files of weights."""
        return tuple(step.weights for step in self.steps if not isinstance(step, Normalize))

    def rows(self) -> dict[str, str]:
        """Return what a card says of it, label → text."""
        names = [f"{name}: {text!r}" for name, text in (self.prompts or {}).items() if text]
        every = f"; {self.default_prompt} before every text" if self.default_prompt else ""
        rows = {
            "Sentence vectors": str(self),
            "Sentence dimension": str(self.width),
            "Sentence length": f"{self.length} pieces",
            "Prompts": "; ".join(names) + every if names else "",
            "Similarity": self.similarity,
        }
        return {label: text for label, text in rows.items() if text}

    def identity(self) -> dict[str, Any]:
        """Return everything that vectors depend on, ready for JSON, besides the numbers of weights."""
        return {
            "poolings": list(self.poolings),
            "steps": [_identity(step) for step in self.steps],
            "length": self.length,
            "lower_case": self.lower_case,
            "include_prompt": self.include_prompt,
            "prompts": dict(sorted((self.prompts or {}).items())),
            "default_prompt": self.default_prompt,
            "similarity": self.similarity,
            "truncate_dim": self.truncate_dim,
        }

    def __str__(self) -> str:
        """Pooling and steps in order: ``cls, Dense 768 to 512 (Tanh), normalized``."""
        parts = [" + ".join(self.poolings), *map(_shown, self.steps)]
        if not self.include_prompt:
            parts[0] += " without the prompt"
        if self.truncate_dim is not None:
            parts.append(f"the first {self.truncate_dim} numbers")
        return ", ".join(parts)


def _shown(step: Step) -> str:
    if isinstance(step, Dense):
        return f"Dense {step.inputs} to {step.outputs} ({step.activation})"
    return "layer norm" if isinstance(step, LayerNorm) else "normalized"


def _identity(step: Step) -> dict[str, Any]:
    if isinstance(step, Dense):
        return {"dense": [step.inputs, step.outputs, step.bias, step.activation, step.residual]}
    return {"layer_norm": step.size} if isinstance(step, LayerNorm) else {"normalize": 2}
