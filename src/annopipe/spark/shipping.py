"""What travels to a worker: a function that works where annopipe is not installed, far enough to say so.

pyspark pickles a function that lies inside another by value. So this one arrives anywhere, looks for annopipe and what
it needs, in archives of the session first, and only then unpickles the stages.
"""

import platform
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from annopipe.frames.adapter import Batches
from annopipe.version import __version__

NEEDED: Final = ("annopipe", "numpy", "onnxruntime", "pyarrow", "sentencepiece")
WAYS: Final = (
    "annopipe.spark.deliver(spark, code=True) sends it along for frames made after it, or spark.archives and "
    "addArtifacts with the archive of annopipe.spark.pack('annopipe.zip'), or install it on all workers"
)
NEAR: Final = (
    "the driver, on this machine too, runs {0}: start it with PYSPARK_PYTHON={0} (os.environ, before the session)"
)


class _Parcel:
    """Bytes that pickle as a call of a function with them, which so looks around where they are unpickled."""

    def __init__(self, content: bytes, opened: Callable[[bytes], bytes]) -> None:
        self._content = content
        self._opened = opened

    def __reduce__(self) -> tuple[Any, ...]:
        return self._opened, (self._content,)


def shipped(step: Any) -> Callable[[Batches], Batches]:
    """Return ``step.run`` as a function that an engine may send to any worker with pyspark.

    Where it is unpickled, before pyspark asks for pyarrow, it raises, named so that
    `annopipe.spark.worker_errors.by_name` finds it: ``WorkerLacks`` where annopipe or what it needs is missing,
    ``VersionMismatch`` where annopipe is of another version than here.
    """
    pickled: bytes = import_module("pyspark.cloudpickle").dumps(step)
    parcel: Any = _Parcel(pickled, _opener())

    def run(batches: Any) -> Any:  # other types would need pyarrow where they are unpickled
        import pickle

        from annopipe.spark.task import keep_to_task  # the parcel has found annopipe

        keep_to_task()
        return pickle.loads(parcel).run(batches)  # noqa: S301 -- what the driver pickled

    return run


def _opener() -> Callable[[bytes], bytes]:
    """Return a function that gives bytes back on a worker where stages can run, and raises elsewhere."""
    version, needed, ways, near = __version__, NEEDED, WAYS, NEAR
    driver, python = platform.node(), sys.executable

    def opened(content: bytes) -> bytes:
        import platform
        import sys
        from importlib.util import find_spec
        from pathlib import Path

        module = sys.modules.get("pyspark.core.files", sys.modules.get("pyspark.files"))  # Sail's client has none
        root = getattr(getattr(module, "SparkFiles", None), "_root_directory", None)
        root = Path(root) if root else None
        folders = sorted(folder.resolve() for folder in root.iterdir()) if root and root.is_dir() else []
        sent = [str(folder) for folder in folders if (folder / "annopipe" / "__init__.py").is_file()]
        sys.path[:0] = [folder for folder in sent if folder not in sys.path]
        here = f"the worker on {platform.node()} (Python {platform.python_version()}, {sys.executable})"
        missing = [name for name in needed if getattr(find_spec(name), "origin", None) is None]
        if missing:
            cures = [near.format(python)] if platform.node() == driver and sys.executable != python else []
            raise ImportError(
                f"annopipe.errors.WorkerLacks: {here} lacks {', '.join(missing)}, which stages of annopipe {version} "
                f"need there: {'; '.join([*cures, ways])}"
            )
        from annopipe.version import __version__ as found

        if found != version:
            raise RuntimeError(
                f"annopipe.errors.VersionMismatch: stages of annopipe {version} came to a worker with annopipe "
                f"{found}: install the same version on the driver and on all workers; {here}: {ways}"
            )

        return content

    return opened
