"""The stages of a saved pipeline, in their order."""

import re
from typing import Final

from annopipe.errors import SourceError
from annopipe.importers.spark_nlp.metadata import PIPELINE, Saved, read_metadata

UID: Final = re.compile(r"[A-Za-z0-9_.-]{1,200}")
DEEPEST: Final = 16
MOST: Final = 1000


def stages_of(pipeline: Saved, depth: int = 0) -> list[Saved]:
    """Return a pipeline's stages, those of pipelines inside it in their place.

    Raises:
        ModelFileMissing: a stage's folder is missing or was not written to its end.
        SourceError: the metadata names no stages, or pipelines lie in each other without end.
    """
    uids = pipeline.explicit.get("stageUids")
    if not isinstance(uids, list) or len(uids) > MOST or depth > DEEPEST:
        raise SourceError(f"{pipeline.folder.name}: the metadata of the pipeline names no stages: copy it anew")
    found: list[Saved] = []
    width = len(str(len(uids)))
    for place, uid in enumerate(uids):
        if not isinstance(uid, str) or not UID.fullmatch(uid) or uid in {".", ".."}:
            raise SourceError(f"{pipeline.folder.name}: {uid!r} is no name of a stage: the metadata is damaged")
        stage = read_metadata(pipeline.folder / "stages" / f"{place:0{width}d}_{uid}")
        found += stages_of(stage, depth + 1) if stage.full_name == PIPELINE else [stage]
    return found
