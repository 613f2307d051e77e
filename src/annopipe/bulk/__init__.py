"""Bulk jobs: files of texts to a Parquet dataset, in bounded memory, that go on where they were killed."""
