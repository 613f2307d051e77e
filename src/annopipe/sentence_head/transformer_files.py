"""What a sentence-transformers folder says of its transformer: length, case, and that states are what is pooled."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from annopipe.errors import SentenceHeadError
from annopipe.sentence_head.json_files import count, flag, read_object
from annopipe.sentence_head.modules import WAYS

CONFIGS: Final = (
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_camembert_config.json",
    "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json",
)
"""Names that releases of sentence-transformers gave the file; the first that is there counts."""

TOKENIZER: Final = "tokenizer_config.json"
PASSED_ON: Final = ("tokenizer_args", "processor_kwargs")
"""Under which key the file has settings for the tokenizer, by release."""

HARMLESS: Final = {"use_fast", "trust_remote_code", "cache_dir", "local_files_only", "revision", "token"}
TASKS: Final = (None, "feature-extraction")
STATES: Final = {"method": "forward", "method_output_name": "last_hidden_state"}


def config_name(there: Collection[str], folder: str = "") -> str | None:
    """Return the path of the file among those of the model, None where it has none."""
    return next((folder + name for name in CONFIGS if folder + name in there), None)


def read_transformer(folder: Path, positions: int) -> tuple[int, bool]:
    """Return how many pieces of a text are taken, and whether it is lower-cased first.

    Args:
        folder: of the transformer.
        positions: of the model: the most pieces that it can take.

    Raises:
        SentenceHeadError: a file is damaged, or asks for something that is not computed here.
    """
    name = config_name([path.name for path in folder.iterdir()])
    values: dict[str, Any] = {} if name is None else read_object(folder / name)
    where = folder / (name or CONFIGS[0])
    _refuse_others(where, values)
    length = _passed_on(where, values) or count(where, values, "max_seq_length") or _tokenizer_length(folder)
    return min(length or positions, positions), flag(where, values, "do_lower_case", False)


def _refuse_others(where: Path, values: dict[str, Any]) -> None:
    task = values.get("transformer_task")
    if task not in TASKS:
        raise SentenceHeadError(f"{where} has the task {task!r:.80}; annopipe pools hidden states. {WAYS}")
    modalities = values.get("modality_config") or {"text": STATES}
    text = modalities.get("text", modalities) if isinstance(modalities, dict) else modalities
    output = values.get("module_output_name", "token_embeddings")
    if text != STATES or output != "token_embeddings":
        raise SentenceHeadError(
            f"{where} takes {text!r:.120} of the transformer as {output!r:.80}; annopipe pools its last hidden states. "
            f"{WAYS}"
        )
    if values.get("processing_kwargs"):
        raise SentenceHeadError(
            f"{where} has processing_kwargs {values['processing_kwargs']!r:.120}, which annopipe does not follow: put "
            f"a length into max_seq_length. {WAYS}"
        )


def _passed_on(where: Path, values: dict[str, Any]) -> int | None:
    """Return the length among settings for the tokenizer; it counts more than ``max_seq_length``."""
    for key in PASSED_ON:
        given = values.get(key) or {}
        odd = sorted(set(given) - HARMLESS - {"model_max_length"}) if isinstance(given, dict) else [str(given)[:80]]
        if odd:
            raise SentenceHeadError(f"{where}: {key} has {', '.join(odd)}, which annopipe does not follow. {WAYS}")
        if given.get("model_max_length") is not None:
            return count(where, given, "model_max_length")
    return None


def _tokenizer_length(folder: Path) -> int | None:
    """Return the tokenizer's own length; a huge number stands for none in transformers."""
    path = folder / TOKENIZER
    length = read_object(path).get("model_max_length") if path.is_file() else None
    if isinstance(length, bool) or not isinstance(length, int | float) or not 1 <= length < 1 << 30:
        return None
    return int(length)
