"""Versions of annopipe and of what it stands on."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from annopipe.albert.threads import thread_count
from annopipe.cli.doctor.section import Section
from annopipe.version import __version__

NEEDED: Final = ("filelock", "numpy", "onnxruntime", "platformdirs", "pyarrow", "regex", "sentencepiece")


def versions() -> Section:
    """Return the versions; a needed library that is absent is a fault."""
    found = {name: installed_version(name) for name in NEEDED}
    absent = [name for name, number in found.items() if number is None]
    facts = {
        "annopipe": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        **{name: number or "absent" for name, number in found.items()},
    }
    return Section("versions", facts, tuple(f"{name} is absent: pip install {name}" for name in absent))


def installed_version(name: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


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
    "s3": ("s3fs", "s3:// for models, pipelines and inputs of bulk jobs"),
    "gcs": ("gcsfs", "gs:// for the same"),
    "azure": ("adlfs", "abfs:// for the same"),
    "remote": ("fsspec", "other file systems for the same, with what fsspec needs for them"),
}


def extras() -> Section:
    """Return each extra with the version of its library, or the command that installs it."""
    return Section("extras", {extra: _told(extra, library, brings) for extra, (library, brings) in EXTRAS.items()})


def _told(extra: str, library: str, brings: str) -> str:
    version = installed_version(library)
    state = f"{library} {version}" if version else f"absent; pip install 'annopipe[{extra}]'"
    return f"{state} ({brings})"


CPUINFO: Final = Path("/proc/cpuinfo")
FAST: Final = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16")


def processor() -> Section:
    """Return name, cores and the instructions that matter here."""
    entries = _first_entry(CPUINFO)
    flags = entries.get("flags") or entries.get("Features")
    facts = {
        "name": entries.get("model name") or platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "usable threads": thread_count(),
        "instructions": None if flags is None else [flag for flag in FAST if flag in flags.split()],
    }
    return Section("processor", facts)


def _first_entry(path: Path) -> dict[str, str]:
    """Read what Linux tells of the first processor; nothing elsewhere."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    lines = text.split("\n\n", 1)[0].splitlines()
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
