"""``1_Pooling/config.json`` in both of its forms: switches such as ``pooling_mode_cls_token``, or ``pooling_mode``."""

from pathlib import Path
from typing import Any, Final

from annopipe.errors import SentenceHeadError
from annopipe.sentence_head.head import MODES, PoolingMode
from annopipe.sentence_head.json_files import count, flag, read_object
from annopipe.sentence_head.modules import WAYS

SWITCHES: Final[dict[str, PoolingMode]] = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
"""In the order in which several of them are put end to end."""

SIZES: Final = ("embedding_dimension", "word_embedding_dimension")
OTHERS: Final = {"pooling_mode", "include_prompt", *SIZES}


def read_pooling(path: Path, hidden: int) -> tuple[tuple[PoolingMode, ...], bool]:
    """Return the modes, and whether a prompt is pooled too.

    Args:
        path: of the file.
        hidden: numbers of a state of the model.

    Raises:
        ModelFileMissing, SentenceHeadError: it is missing, damaged, made for another size, or asks for a mode that is
            not computed here; the text names the mode.
    """
    values = read_object(path)
    for key, value in values.items():
        if key not in SWITCHES and key not in OTHERS and value:
            raise SentenceHeadError(f"{path} asks for {key} ({value!r:.80}), which annopipe does not compute. {WAYS}")
    size = count(path, values, *SIZES)
    if size is not None and size != hidden:
        raise SentenceHeadError(f"{path} pools vectors of {size} numbers, but the encoder's have {hidden}: it belongs "
                                "to another model")  # fmt: skip
    return _modes(path, values), flag(path, values, "include_prompt", True)


def _modes(path: Path, values: dict[str, Any]) -> tuple[PoolingMode, ...]:
    told = values.get("pooling_mode")
    if told is None:
        switched = tuple(mode for key, mode in SWITCHES.items() if flag(path, values, key, False))
        return switched or ("mean",)
    modes = [told] if isinstance(told, str) else told
    if not isinstance(modes, list) or not modes:
        raise SentenceHeadError(f"{path}: pooling_mode is {told!r:.80}; it must be a name or a list of names")
    for mode in modes:
        if mode not in MODES:
            raise SentenceHeadError(
                f"{path} asks for the pooling {mode!r:.80}, which annopipe does not compute (it knows "
                f"{', '.join(MODES)}). {WAYS}"
            )
    return tuple(modes)
