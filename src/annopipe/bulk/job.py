"""A bulk job: what is asked for, from keywords, from a TOML file, or both."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self, TypedDict, get_type_hints

from annopipe.bulk.amounts import to_bytes
from annopipe.bulk.settings import Compression, Level, OnError, Settings
from annopipe.dialect import Dialect
from annopipe.errors import ParamTypeError, ParamValueError

ADDRESS: Final = re.compile(r"[A-Za-z][\w+.-]+:/")
PathLike = str | os.PathLike[str]


class JobOptions(TypedDict, total=False):
    """Keywords of `annopipe.embed_dataset` and keys of its TOML file; the meaning stands there."""

    model: str | os.PathLike[str]
    lang: str
    column: str
    level: Level
    flat: bool
    dialect: Dialect
    layers: str
    pooling: str | None
    sentence_pooling: str | None
    window: int | None
    sentences: bool
    float16: bool
    prefix: str
    compression: Compression
    shard_rows: int
    on_error: OnError
    threads: int | None
    processes: int
    stall_seconds: int
    memory: int | str | None
    deduplicate: bool
    cache: str | os.PathLike[str] | bool | None
    cache_size: int | str
    restart: bool
    progress: bool
    remote: str | None
    report: str | os.PathLike[str] | None


@dataclass(frozen=True, slots=True)
class Job:
    """A bulk job, checked.

    Attributes:
        inputs: files, folders, globs, addresses.
        output: the dataset's folder.
        settings: what the content depends on.
        model, lang: as `annopipe.load` takes them.
        threads, processes, stall_seconds, memory, deduplicate, cache, cache_size, restart, progress, remote: how it is
            run.
        report: a file for the report besides the output's own.
        config: the TOML file that it was read from.
    """

    inputs: tuple[str, ...]
    output: Path
    settings: Settings
    model: str = "albert_mini"
    lang: str = "en"
    threads: int | None = None
    processes: int = 1
    stall_seconds: int = 600
    memory: int | None = None
    deduplicate: bool = True
    cache: Path | None = None
    cache_size: int = 10**10
    restart: bool = False
    progress: bool = True
    remote: str | None = None
    report: Path | None = None
    config: Path | None = None

    def __post_init__(self) -> None:
        for name, value in (("processes", self.processes), ("threads", self.threads)):
            if value is not None and value < 1:
                msg = f"{name} is {value}: give 1 or more"
                raise ParamValueError(msg)
        if self.stall_seconds < 0:
            msg = f"stall_seconds is {self.stall_seconds}: give seconds, or 0 to wait for ever"
            raise ParamValueError(msg)
        if self.cache is not None and not self.deduplicate:
            raise ParamValueError("a cache is for equal texts: leave deduplicate as it is, or the cache out")
        if self.remote is None and ADDRESS.match(self.output.as_posix()):
            msg = f"the output {self.output} is an address: without remote a dataset is a folder of this machine"
            raise ParamValueError(msg)

    @classmethod
    def of(
        cls,
        inputs: PathLike | Iterable[PathLike] | None,
        output: PathLike | None,
        config: PathLike | None,
        options: Mapping[str, Any],
    ) -> Self:
        """Put together what a TOML file says and what was said beside it, which counts more.

        Raises:
            ParamTypeError, ParamValueError: an option that is unknown, of another type, out of range or missing.
        """
        found = {**(read_config(Path(config)) if config is not None else {}), **options}
        given: dict[str, Any] = {"inputs": inputs, "output": output}
        found.update({key: value for key, value in given.items() if value is not None})
        for key in given:
            if not found.get(key):
                msg = f"{key} is missing: say what to read and where the dataset goes"
                raise ParamValueError(msg)
        check_types(found)
        names = {field.name for field in fields(Settings)}
        settings = Settings(**{key: value for key, value in found.items() if key in names})
        rest = {key: value for key, value in found.items() if key not in names}
        rest["inputs"], rest["output"] = _paths(rest["inputs"]), Path(rest["output"])
        for key in ("memory", "cache_size"):
            if rest.get(key) is not None:
                rest[key] = to_bytes(key, rest[key])
        if "model" in rest:
            rest["model"] = str(rest["model"])
        if "cache" in rest:
            rest["cache"] = _cache(rest["cache"])
        if rest.get("report") is not None:
            rest["report"] = Path(rest["report"])
        return cls(settings=settings, config=None if config is None else Path(config), **rest)


def read_config(path: Path) -> dict[str, Any]:
    """Return what a TOML file says; dashes in keys count as underscores.

    Raises:
        ParamValueError: it cannot be read, or is no TOML.
    """
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        msg = f"the config {path} cannot be read: {broken}"
        raise ParamValueError(msg) from broken
    return {key.replace("-", "_"): value for key, value in found.items()}


def check_types(options: Mapping[str, Any]) -> None:
    """Refuse options that are unknown or of another type."""
    hints = get_type_hints(JobOptions)
    for name, value in options.items():
        if name in {"inputs", "output"}:
            continue
        if name not in hints:
            msg = f"{name} is no option of a bulk job; there are inputs, output, {', '.join(hints)}"
            raise ParamTypeError(msg)
        allowed = _classes(hints[name])
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            msg = f"{name} is {value!r}: give {' or '.join(sorted(kind.__name__ for kind in allowed))}"
            raise ParamTypeError(msg)


def _classes(hint: Any) -> tuple[type, ...]:
    """Return the classes that a hint names; a choice of words is text."""
    parts = getattr(hint, "__args__", None)
    if parts is None:
        return (hint,)
    kinds = [os.PathLike if getattr(part, "__origin__", None) is os.PathLike else part for part in parts]
    return tuple(kind if isinstance(kind, type) else str for kind in kinds)


def _paths(inputs: Any) -> tuple[str, ...]:
    entries = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    return tuple(os.fspath(entry) for entry in entries)


def _cache(value: Any) -> Path | None:
    if value is None or value is False:
        return None
    if value is not True:
        return Path(value)
    import platformdirs

    return Path(platformdirs.user_cache_dir("annopipe", appauthor=False)) / "vectors.sqlite"
