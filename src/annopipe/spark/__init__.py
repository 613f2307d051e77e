"""pyspark's side: sessions, functions for SQL, and what a result looks like."""

from annopipe.display import show
from annopipe.spark.connection import connection_string
from annopipe.spark.registration import register
from annopipe.spark.session import start, stop

__all__ = ["connection_string", "register", "show", "start", "stop"]
