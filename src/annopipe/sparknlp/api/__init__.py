"""``sparknlp``: the names of its top module."""

from typing import Any

from annopipe.annotators.doc2chunk import Doc2Chunk
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.embeddings_finisher import EmbeddingsFinisher
from annopipe.annotators.finisher import Finisher
from annopipe.annotators.token_assembler import TokenAssembler
from annopipe.sparknlp.absent import NAMES, absent
from annopipe.warnings import warn_once

FOLLOWED = "5.5.3"
"""The version of Spark NLP whose behaviour is followed."""

__version__ = FOLLOWED
__all__ = ["Doc2Chunk", "DocumentAssembler", "EmbeddingsFinisher", "Finisher", "TokenAssembler", "start", "version"]


def start(
    gpu: bool = False,
    apple_silicon: bool = False,
    aarch64: bool = False,
    memory: str = "16G",
    cache_folder: str = "",
    log_folder: str = "",
    cluster_tmp_dir: str = "",
    params: dict[str, str] | None = None,
    real_time_output: bool = False,
    output_level: int = 1,
    **_: Any,
) -> Any:
    """Return ``annopipe.start()``'s session; the arguments, which concern the JVM, are not used and said so once.

    Raises:
        MissingExtra, PackageMixture, SessionError: see `annopipe.start`.
    """
    from annopipe.spark.session import start as start_session

    usual = (False, False, False, "16G", "", "", "", None, False, 1)
    given = (gpu, apple_silicon, aarch64, memory, cache_folder, log_folder, cluster_tmp_dir, params, real_time_output)
    if any(value != default for value, default in zip((*given, output_level), usual, strict=True)):
        warn_once("sparknlp.start: its arguments concern Spark NLP's JVM and are not used", cause="sparknlp.start")
    return start_session()


def version() -> str:
    """Return the version of Spark NLP whose behaviour is followed."""
    return FOLLOWED


def __getattr__(name: str) -> Any:
    """Return a stand-in for an assembler that annopipe does not have."""
    if name in NAMES:
        return absent(name)
    msg = f"module 'sparknlp' has no attribute {name!r}"
    raise AttributeError(msg)
