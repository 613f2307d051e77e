"""pyspark's side: sessions, functions for SQL, and what travels to a cluster's workers."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annopipe.display import show as show
    from annopipe.spark.connection import connection_string as connection_string
    from annopipe.spark.delivery import deliver as deliver
    from annopipe.spark.delivery import pack as pack
    from annopipe.spark.registration import register as register
    from annopipe.spark.session import start as start
    from annopipe.spark.session import stop as stop

_NAMES = {
    "connection_string": "annopipe.spark.connection",
    "deliver": "annopipe.spark.delivery",
    "pack": "annopipe.spark.delivery",
    "register": "annopipe.spark.registration",
    "show": "annopipe.display",
    "start": "annopipe.spark.session",
    "stop": "annopipe.spark.session",
}

__all__ = ["connection_string", "deliver", "pack", "register", "show", "start", "stop"]


def __getattr__(name: str) -> Any:
    """Import a public name on its first use: ``import annopipe`` passes here to join, and stays fast."""
    if name not in _NAMES:
        msg = f"module 'annopipe.spark' has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(_NAMES[name]), name)
    globals()[name] = value
    return value
