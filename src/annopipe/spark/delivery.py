"""Getting annopipe and its models to the workers of a cluster, without an installation there or shared folders.

Both travel as archives of the session: each executor fetches and unpacks one once, and all Python workers of the
executor read the same files. Apache Spark does this for archives given at the start (``spark.archives``) and for those
that a running session adds.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from annopipe.albert.content import files_of
from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.errors import SessionError
from annopipe.pipeline.text_functions import embedder_of, stage_of
from annopipe.spark.delivered import delivered_name
from annopipe.spark.hooks.raising import is_connect
from annopipe.spark.installation import files_of as installed_files
from annopipe.spark.installation import with_requirements

PACKED: Final = ("onnxruntime", "platformdirs", "regex", "sentencepiece")
"""What annopipe needs beside what pyspark's Arrow functions need on a worker anyway: numpy, pandas and pyarrow."""

FOLDER: Final = "annopipe-packages"


def pack(path: str | os.PathLike[str]) -> Path:
    """Write annopipe and its requirements, as they are installed here, into one zip file, and return its path.

    A worker that has pyspark, numpy, pandas and pyarrow, and a Python of the same version and system, runs stages with
    it: ``spark.archives=annopipe.zip#annopipe`` at the start of a session, or
    ``spark.addArtifacts("annopipe.zip#annopipe", archive=True)``, or `deliver` with ``code=True``. The bundled
    model is in it.

    Args:
        path: the file, ``annopipe.zip``; one that is there is replaced.
    """
    target = Path(path)
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name in ("annopipe", *sorted(with_requirements(PACKED) - {"numpy", "pyarrow", "pandas"})):
            for file, inside in installed_files(name):
                archive.write(file, inside)
    return target


def deliver(spark: Any, *models: Any, code: bool = False) -> None:
    """Send models to all workers of a session, and with ``code`` annopipe itself.

    A stage finds its model there by content; nothing else is to be set. Deliver once a session, before its frames are
    made: Apache Spark 4 keeps the failure of a frame that was shuffled. Sail's workers are this process and need
    nothing.

    Args:
        spark: a session of Apache Spark or Spark Connect.
        *models: pipelines or stages with models, models that ``annopipe.load`` returned, names or folders.
        code: send annopipe too; see `pack`.

    Raises:
        ParamTypeError: something without a model.
        SessionError: a Connect client without ``addArtifacts`` (before pyspark 3.5).
    """
    scratch = Path(tempfile.mkdtemp(prefix="annopipe-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)  # executors that come later fetch from here, too
    for folder, digest in {digest: (folder, digest) for folder, digest in _models(models)}.values():
        name = delivered_name(digest)
        _add(spark, _zipped(folder, scratch / f"{name}.zip"), name)
    if code:
        _add(spark, pack(scratch / f"{FOLDER}.zip"), FOLDER)


def _add(spark: Any, archive: Path, name: str) -> None:
    """Add an archive to a session, unpacked under a name on each executor."""
    if not is_connect(spark):
        spark.sparkContext.addArchive(f"{archive}#{name}")
    elif hasattr(spark, "addArtifacts"):
        spark.addArtifacts(f"{archive}#{name}", archive=True)
    else:
        msg = "this session takes no archives: pyspark 3.5 or later has addArtifacts"
        raise SessionError(msg)


def _zipped(folder: Path, target: Path) -> Path:
    """Write the files of a model's folder into a zip file; weights do not compress."""
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name in files_of(folder):
            archive.write(folder / name, name)
    return target


def _models(given: Iterable[Any]) -> Iterator[tuple[Path, str]]:
    """Yield folder and content of each model, those of a pipeline's stages too."""
    for one in given:
        if (stages := _stages(one)) is not None:
            yield from _models(stage for stage in stages if _has_model(stage))
            continue
        model = embedder_of(stage_of(one)).model
        model.check_unchanged()
        yield model.folder, model.content_hash


def _stages(pipeline: Any) -> list[Any] | None:
    """Return the stages of a pipeline, fitted or not, ours or pyspark's; None for other objects."""
    if hasattr(pipeline, "getStages"):
        return list(pipeline.getStages())
    stages = getattr(pipeline, "stages", None)
    return stages if isinstance(stages, list) else None


def _has_model(stage: Any) -> bool:
    return isinstance(stage, AlbertEmbeddings) or _stages(stage) is not None
