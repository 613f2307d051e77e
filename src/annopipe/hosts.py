"""Other libraries whose pipelines hold our stages: what each of them must answer, and which have joined.

`annopipe.spark` joins for pyspark. Everything below it asks here, so that it need not know pyspark.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


class Host(Protocol):
    """A library with pipelines of its own, which take our stages, and whose stages our pipelines take.

    Attributes:
        name: what messages call the library.
        frames: what messages call its frames.
    """

    name: str
    frames: str

    def announce(self, cls: type) -> None:
        """Learn of a class of stages, so that the library takes its instances for its own kind."""
        ...

    def owns(self, stage: Any) -> bool:
        """Return whether a stage is the library's; the library is not imported to ask."""
        ...

    def takes(self, frame: Any) -> bool:
        """Return whether the library's stages run on a frame."""
        ...

    def check_fit(self, stage: Any, frame: Any) -> None:
        """Raise `ColumnTypeError` if an estimator of the library cannot learn from a frame."""
        ...

    def param_class(self) -> type | None:
        """Return the library's class of parameters, None while the library is not imported."""
        ...

    def delivered(self, digest: str) -> Path | None:
        """Return the folder of a model that a session sent to this worker, by the hash of its content."""
        ...

    def arrow_type(self, type_: Any) -> "pa.DataType | None":
        """Return one of the library's column types as Arrow's, None for any other object."""
        ...


_hosts: Final[list[Host]] = []
_classes: Final[list[type]] = []


def join(host: Host) -> None:
    """Add a host, which learns of all classes of stages, past and future."""
    _hosts.append(host)
    for cls in _classes:
        host.announce(cls)


def announce(cls: type) -> None:
    """Tell every host of a class of stages."""
    _classes.append(cls)
    for host in _hosts:
        host.announce(cls)


def owner(stage: Any) -> Host | None:
    """Return the host that a stage belongs to, None for our own stages and for other objects."""
    return next((host for host in _hosts if host.owns(stage)), None)


def param_class(usual: type) -> type:
    """Return the class that our parameters claim: a host's, which its ``isinstance`` checks ask for, or ``usual``."""
    return next((cls for host in _hosts if (cls := host.param_class()) is not None), usual)


def delivered(digest: str) -> Path | None:
    """Return the folder of a model that a host's session sent to this process, None if no session did."""
    return next((folder for host in _hosts if (folder := host.delivered(digest)) is not None), None)


def arrow_type(type_: Any) -> "pa.DataType | None":
    """Return the Arrow type for a host's column type, None if no host knows it."""
    return next((found for host in _hosts if (found := host.arrow_type(type_)) is not None), None)
