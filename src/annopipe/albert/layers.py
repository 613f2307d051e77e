"""Which of the encoder's layers a vector is taken from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.config import AlbertConfig
from annopipe.albert.encoder import Encoder
from annopipe.albert.finite import check_finite
from annopipe.errors import ParamTypeError, ParamValueError

Combine = Literal["mean", "concat"]
COMBINES: tuple[str, ...] = get_args(Combine)
TEXT_FORM = re.compile(r"(?:(?P<combine>[a-z]+):)?(?P<indices>-?\d+(?:,-?\d+)*)")


@dataclass(frozen=True)
class Layers:
    """A choice of layers, numbered as Hugging Face's ``hidden_states``: 0 the embeddings, -1 the last layer.

    Attributes:
        indices: one or more layers; negative ones count from the end.
        combine: what is made of several: ``mean``, or ``concat`` end to end in the order given.
    """

    indices: tuple[int, ...] = (-1,)
    combine: Combine = "mean"

    def __post_init__(self) -> None:
        if not self.indices:
            raise ParamValueError("layers is empty: name at least one layer, such as -1 for the last.")
        for index in self.indices:
            if isinstance(index, bool) or not isinstance(index, int):
                raise ParamTypeError(f"layers has {index!r}; a layer is a whole number such as -1 for the last.")
        if self.combine not in COMBINES:
            raise ParamValueError(f"Layers are combined by {' or '.join(COMBINES)}, not by {self.combine!r}.")

    @classmethod
    def parse(cls, value: "Layers | int | str | Sequence[int]", combine: Combine = "mean") -> "Layers":
        """A choice of layers from what a user writes.

        Args:
            value: an index; several; or text: ``"last"``, ``"-2"``, ``"-1,-2"``, ``"mean:-4,-3"``, ``"concat:1,2"``.
            combine: for several layers, unless the text says it.

        Raises:
            ParamTypeError: it is none of those.
            ParamValueError: it is text of another form, or an empty sequence.
        """
        if isinstance(value, Layers):
            return value
        if isinstance(value, str):
            return cls._of_text(value, combine)
        if isinstance(value, int):
            return cls((value,), combine)
        if not isinstance(value, tuple | list | range):
            raise ParamTypeError(f"layers is {value!r}; give a number, several, or text such as 'mean:-4,-3'.")
        return cls(tuple(value), combine)

    @classmethod
    def _of_text(cls, text: str, combine: Combine) -> "Layers":
        compact = text.replace(" ", "")
        if compact == "last":
            return cls()
        match = TEXT_FORM.fullmatch(compact)
        if match is None or match["combine"] not in (None, *COMBINES):
            raise ParamValueError(
                f"layers is {text!r}; as text it is 'last', an index, or several such as 'mean:-4,-3', 'concat:-1,-2'."
            )
        named: Combine = combine if match["combine"] is None else "mean" if match["combine"] == "mean" else "concat"
        return cls(tuple(map(int, match["indices"].split(","))), named)

    def __str__(self) -> str:
        """The shortest text that ``parse`` reads as this choice."""
        if self.indices == (-1,):
            return "last"
        indices = ",".join(map(str, self.indices))
        return indices if len(self.indices) == 1 else f"{self.combine}:{indices}"

    def resolve(self, config: AlbertConfig) -> tuple[int, ...]:
        """The layers counted from 0.

        Raises:
            ParamValueError: the model has no such layer.
        """
        count = config.num_hidden_layers
        for index in self.indices:
            if not -count - 1 <= index <= count:
                raise ParamValueError(
                    f"layers has {index}; the model has the layers 0 (embeddings) to {count}, or {-count - 1} to -1."
                )
        return tuple(index % (count + 1) for index in self.indices)

    def width(self, config: AlbertConfig) -> int:
        """Numbers per piece."""
        return config.hidden_size * (len(self.indices) if self.combine == "concat" else 1)

    def states(
        self, encoder: Encoder, config: AlbertConfig, ids: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """``[tokens, width]`` states of packed sequences (``Encoder.run_packed``)."""
        layers = self.resolve(config)
        if layers == (config.num_hidden_layers,):
            return encoder.run_packed(ids, lengths)
        states = encoder.run_layers_packed(ids, lengths, layers)
        if self.combine == "mean":
            with np.errstate(over="ignore"):
                mean: NDArray[np.float32] = states.mean(axis=0, dtype=np.float32)
            check_finite(mean, lengths, origin=encoder.origin)
            return mean
        return np.concatenate(list(states), axis=-1)
