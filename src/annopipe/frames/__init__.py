"""Frames of every kind in, the same kind out: lists, iterators, pandas, Polars, Arrow and Spark.

One module per library, loaded only when a frame of that library arrives; each tells how to iterate record batches in
and how to give the same kind back. Nothing here knows of annotators.
"""

from annopipe.frames.adapter import Adapter, Batches, Run
from annopipe.frames.detection import adapt
from annopipe.frames.origins import origin, remember

__all__ = ["Adapter", "Batches", "Run", "adapt", "origin", "remember"]
