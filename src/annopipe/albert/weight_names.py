"""Which tensors of a checkpoint are the encoder's, whatever wraps their names, and which are left out.

``module.albert.embeddings.LayerNorm.gamma → embeddings.LayerNorm.weight``: wrappers that may stand anywhere in a name
are taken out, old endings become today's, and what then stands before the names of a whole encoder is its prefix.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from annopipe.albert.parameters import BUFFERS, LEFT_OUT, OLD_ENDINGS, PREFIX
from annopipe.errors import CheckpointError

WRAPPERS: Final = re.compile(
    r"(?:(?<=\.)|^)(?:module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)\."
)
"""What torch's wrappers (of several devices, of compiling, of checkpointing) put into names, at any place in them."""

ANCHORS: Final = ("embeddings.word_embeddings.weight", "encoder.embedding_hidden_mapping_in.weight")
"""Names of the encoder that tell what stands before all of its names."""

PARTS: Final = ("embeddings.", "encoder.")
"""Starts of the encoder's own names: a weight there that the config does not ask for is no head."""

PLAIN_PREFIX: Final = re.compile(r"^(?:(?:albert|bert|model|base_model|auto_model|\d)\.)*")
"""What an encoder's own copies have before their names; a head that has tables of its own is called otherwise."""

MOST_PREFIXES: Final = 64
SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a checkpoint's tensors are.

    Attributes:
        names: today's name → name in the checkpoint, of the encoder's tensors; among them what it has too many.
        left_out: names in the checkpoint of heads, poolers, counters and constants.
        whole: whether every weight of the encoder is there.
    """

    names: Mapping[str, str]
    left_out: tuple[str, ...]
    whole: bool


def chosen(where: str, stored: Mapping[str, bool], needed: Collection[str]) -> Chosen:
    """Tell the encoder's tensors from the others.

    Where all needed weights are there, whatever else does not belong to the encoder is a head. Otherwise all names but
    those of known heads are taken for the encoder's, so that an error names them.

    Args:
        where: the checkpoint, for errors.
        stored: name → whether the tensor holds whole numbers.
        needed: today's names of the encoder's weights.

    Raises:
        CheckpointError: two encoders are there, or one weight is under two names.
    """
    bare = {name: _today(name) for name in stored}
    places = _by_name(where, bare)
    prefixes = {name.removesuffix(anchor) for name in places for anchor in ANCHORS if _ends(name, anchor)} | {""}
    if len(prefixes) > MOST_PREFIXES:
        raise CheckpointError(f"{where} names the tables of {len(prefixes)} encoders: that is no model of one.")
    counts = {prefix: sum(prefix + name in places for name in needed) for prefix in sorted(prefixes)}
    whole = [prefix for prefix, count in counts.items() if count == len(needed)]
    if len(whole) > 1:
        raise CheckpointError(f"{where} holds {len(whole)} whole encoders{_listed(whole, places)}: keep one of them.")
    prefix = max(counts, key=lambda one: (counts[one], -len(one)))
    own = {name.removeprefix(prefix): place for name, place in places.items() if name.startswith(prefix)}
    names = {name: own[name] for name in needed if name in own}
    _refuse_copies(where, names, places, prefix)
    names |= {name: place for name, place in own.items() if _is_too_many(name, stored[place], needed)}
    if not whole:
        names |= _unknown(set(stored).difference(names.values()), bare)
    taken = set(names.values())
    return Chosen(names, tuple(sorted(name for name in stored if name not in taken)), bool(whole))


def _today(name: str) -> str:
    """Return a name without torch's wrappers, with today's ending."""
    plain = WRAPPERS.sub("", name)
    for old, new in OLD_ENDINGS:
        if plain.endswith(old):
            return plain.removesuffix(old) + new
    return plain


def _by_name(where: str, bare: Mapping[str, str]) -> dict[str, str]:
    """Return name without wrappers → name in the checkpoint."""
    places: dict[str, str] = {}
    for name, plain in bare.items():
        if plain in places:
            raise CheckpointError(_twice(where, places[plain], name, plain))
        places[plain] = name
    return places


def _ends(name: str, anchor: str) -> bool:
    return name.endswith(anchor) and (len(name) == len(anchor) or name[-len(anchor) - 1] == ".")


def _refuse_copies(where: str, names: Mapping[str, str], places: Mapping[str, str], prefix: str) -> None:
    """Refuse a weight that is there a second time, under another plain prefix."""
    for plain, place in places.items():
        name = PLAIN_PREFIX.sub("", plain, count=1)
        if name in names and plain != prefix + name:
            raise CheckpointError(_twice(where, names[name], place, name))


def _is_too_many(name: str, whole_numbers: bool, needed: Collection[str]) -> bool:
    """Whether a name is one of the encoder's, but no weight that the config asks for."""
    return name.startswith(PARTS) and name not in needed and name not in BUFFERS and not whole_numbers


def _unknown(stored: Collection[str], bare: Mapping[str, str]) -> dict[str, str]:
    """Return the names that are none of a known head's."""
    heads = (*LEFT_OUT, *BUFFERS)
    return {bare[name]: name for name in stored if not bare[name].removeprefix(PREFIX).startswith(heads)}


def _twice(where: str, first: str, second: str, name: str) -> str:
    return (
        f"{where}: {name[:120]} is there twice: {second[:120]} and {first[:120]} are the same weight: keep one of them."
    )


def _listed(prefixes: list[str], places: Mapping[str, str]) -> str:
    """Return the names of one weight of each encoder."""
    shown = [places[prefix + ANCHORS[0]][:120] for prefix in prefixes[:SHOWN]]
    return f" ({', '.join(shown)}{', …' if len(prefixes) > SHOWN else ''})"
