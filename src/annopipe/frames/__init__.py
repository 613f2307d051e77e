"""Frames of every kind in, the same kind out: lists, iterators, pandas, Polars, Arrow, and engines that join.

One module per library, loaded only when a frame of that library arrives; each tells how to iterate record batches in
and how to give the same kind back. Nothing here knows of annotators.
"""
