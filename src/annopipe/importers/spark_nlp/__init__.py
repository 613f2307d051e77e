"""Folders that Spark NLP saved, and the zips of its model hub: read and written without Spark, Java or TensorFlow."""

from annopipe.importers.spark_nlp.embeddings import read

__all__ = ["read"]
