"""Models that a Spark session delivered to this worker: folders named by the content that they should hold."""

import sys
from pathlib import Path
from typing import Final

PREFIX: Final = "annopipe-model-"


def delivered_name(digest: str) -> str:
    """Return the name under which a model of this content is delivered."""
    return f"{PREFIX}{digest[:32]}"


def delivered(digest: str) -> Path | None:
    """Return the folder of a model of this content that the session delivered; None where there is none.

    pyspark's worker knows where the session's files lie; nothing is imported to ask.
    """
    files = getattr(sys.modules.get("pyspark.core.files", sys.modules.get("pyspark.files")), "SparkFiles", None)
    root = getattr(files, "_root_directory", None)
    if not root:
        return None
    folder = Path(root) / delivered_name(digest)
    return folder if folder.is_dir() else None
