"""Pipelines of stages, how they are saved, and the native API."""
