"""pyspark's side: sessions, functions for SQL, and what travels to a cluster's workers."""

from annopipe.display import show
from annopipe.spark.connection import connection_string
from annopipe.spark.delivery import deliver, pack
from annopipe.spark.registration import register
from annopipe.spark.session import start, stop

__all__ = ["connection_string", "deliver", "pack", "register", "show", "start", "stop"]
