"""Optional libraries: what each extra brings, and which are here."""

from typing import Final

from annopipe.cli.doctor.section import Section
from annopipe.cli.doctor.versions import installed_version

EXTRAS: Final = {
    "pandas": ("pandas", "pandas frames in and out"),
    "polars": ("polars", "Polars frames in and out, lazy ones too"),
    "plot": ("matplotlib", "heat maps and maps of words"),
    "sklearn": ("scikit-learn", "AlbertVectorizer, a transformer of scikit-learn's"),
    "duckdb": ("duckdb", "albert_words and albert_sentence in DuckDB's SQL"),
    "hub": ("huggingface-hub", "fetching models by name"),
    "sail": ("pysail", "a Spark session without a JVM: annopipe.start()"),
    "spark": ("pyspark", "Apache Spark, with a Java runtime"),
    "progress": ("tqdm", "a progress bar for annopipe embed FILE"),
    "s3": ("botocore", "models out of private buckets, ANNOPIPE_S3_SIGNED=1"),
    "remote": ("fsspec", "bulk jobs over files of other file systems"),
}


def extras() -> Section:
    """Return each extra with the version of its library, or the command that installs it."""
    return Section("extras", {extra: _told(extra, library, brings) for extra, (library, brings) in EXTRAS.items()})


def _told(extra: str, library: str, brings: str) -> str:
    version = installed_version(library)
    state = f"{library} {version}" if version else f"absent; pip install 'annopipe[{extra}]'"
    return f"{state} ({brings})"
