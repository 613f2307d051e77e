"""What a dataset was made of and what of it is done: the folder ``_annopipe`` inside it."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

from annopipe.bulk.durable import SCRATCH, append_line, write_json, write_text
from annopipe.bulk.settings import SENTENCES, WORDS
from annopipe.bulk.shard import ENDING, ShardFile
from annopipe.errors import DatasetError, JobChanged
from annopipe.hub.lock import held

FOLDER: Final = "_annopipe"
MANIFEST: Final = "manifest.json"
JOURNAL: Final = "shards.jsonl"
LOCK: Final = "lock"
REPORT: Final = "_report.json"
FAILURES: Final = "_failures.jsonl"
FORMAT: Final = 1
COMPARED: Final = ("format", "annopipe", "model", "settings", "inputs")
PATIENCE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Done:
    """A shard that is committed: its files, what was counted and the rows that failed."""

    shard: int
    files: list[ShardFile]
    counts: dict[str, int]
    failures: list[dict[str, Any]] = field(default_factory=list)

    def line(self) -> str:
        """Return the journal's line."""
        files = [file.described() for file in self.files]
        return json.dumps({"shard": self.shard, "files": files, "counts": self.counts, "failures": self.failures})

    @classmethod
    def read(cls, line: str) -> "Done | None":
        """Return what a line says, None for one that is damaged or torn."""
        try:
            entry = json.loads(line)
            files = [ShardFile(**file) for file in entry["files"]]
            return cls(int(entry["shard"]), files, dict(entry["counts"]), list(entry["failures"]))
        except (ValueError, TypeError, KeyError):
            return None


class Ledger:
    """Manifest and journal of one dataset.

    Args:
        folder: the dataset's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._inner = folder / FOLDER

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs out; a lock that a dead run left is taken over.

        Raises:
            DatasetError: another run writes to the folder, or it holds something else than a dataset of ours.
        """
        self._check_folder()
        self._inner.mkdir(parents=True, exist_ok=True)
        start = monotonic()
        with held(self._inner / LOCK, done=lambda: monotonic() - start > PATIENCE) as mine:
            if not mine:
                msg = f"{self.folder} is being written by another run: wait for it, or choose another output"
                raise DatasetError(msg)
            yield

    def _check_folder(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            msg = f"the output {self.folder} is a file: give a folder, or a name that ends in .parquet for one file"
            raise DatasetError(msg)
        if self.folder.is_dir() and not self._inner.is_dir() and any(self.folder.iterdir()):
            msg = f"the output {self.folder} holds files that no bulk job wrote: choose an empty or a new folder"
            raise DatasetError(msg)

    def open(self, manifest: Mapping[str, Any], *, restart: bool) -> dict[int, Done]:
        """Compare with what the dataset was begun with, clean up, and return what is done.

        Args:
            manifest: what the job is made of now.
            restart: drop what is there and begin anew.

        Raises:
            JobChanged: it was begun with something else; the text says with what.
            DatasetError: the manifest is damaged.
        """
        if restart:
            self._remove_all()
        path = self._inner / MANIFEST
        if path.exists():
            self._compare(_manifest(path), manifest)
        else:
            self._remove_all()
            write_json(path, manifest)
        done = self._done()
        self._clean({file.name for entry in done.values() for file in entry.files})
        return done

    def _compare(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        changes = [change for key in COMPARED for change in _changes(key, old.get(key), new.get(key))]
        if changes:
            msg = (
                f"{self.folder} was begun with something else: {'; '.join(changes)}. Run the job as it was to go on, "
                "with restart to begin anew, or with another output"
            )
            raise JobChanged(msg)

    def _done(self) -> dict[int, Done]:
        """Shards whose files are whole; the last one is compared byte by byte, as a crash harms it first."""
        path = self._inner / JOURNAL
        lines = path.read_text("utf-8", "replace").split("\n") if path.exists() else []
        entries = [Done.read(line) for line in lines if line]
        read = {entry.shard: entry for entry in entries if entry is not None}
        last = next((entry.shard for entry in reversed(entries) if entry is not None), -1)
        whole = {
            number: entry
            for number, entry in read.items()
            if all(file.is_whole(self.folder, to_the_byte=number == last) for file in entry.files)
        }
        if lines and (len(whole) < len(lines) - 1 or lines[-1]):
            write_text(path, "".join(entry.line() + "\n" for entry in whole.values()))
        return whole

    def add(self, done: Done) -> None:
        """Commit a shard whose files are in place."""
        append_line(self._inner / JOURNAL, done.line())

    def finish(self, report: Mapping[str, Any], failures: Sequence[Mapping[str, Any]]) -> None:
        """Write the report and, where rows failed, the file that tells which."""
        path = self.folder / FAILURES
        if failures:
            write_text(path, "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in failures))
        else:
            path.unlink(missing_ok=True)
        write_json(self.folder / REPORT, report)

    def _clean(self, known: set[str]) -> None:
        """Remove what a killed run left: files that were being written, and those that were not committed."""
        for file in self._files():
            if file.name.endswith(SCRATCH) or file.relative_to(self.folder).as_posix() not in known:
                file.unlink(missing_ok=True)
        for file in [*self._inner.glob(f".*{SCRATCH}"), *self.folder.glob(f"._*{SCRATCH}")]:
            file.unlink(missing_ok=True)

    def _remove_all(self) -> None:
        for file in self._files():
            file.unlink(missing_ok=True)
        for name in (MANIFEST, JOURNAL):
            (self._inner / name).unlink(missing_ok=True)
        for name in (REPORT, FAILURES):
            (self.folder / name).unlink(missing_ok=True)
        for name in (WORDS, SENTENCES):
            folder = self.folder / name
            if folder.is_dir() and not any(folder.iterdir()):
                shutil.rmtree(folder)

    def _files(self) -> list[Path]:
        """Files of shards, finished or not: nobody else's."""
        patterns = [f"part-*{ENDING}", f".part-*{SCRATCH}"]
        folders = [self.folder, self.folder / WORDS, self.folder / SENTENCES]
        return [file for folder in folders for pattern in patterns for file in folder.glob(pattern)]


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if not isinstance(found, dict):
            raise TypeError(type(found).__name__)
    except (ValueError, TypeError) as broken:
        msg = f"{path} is damaged ({broken}): begin anew with restart, or choose another output"
        raise DatasetError(msg) from broken
    return found


def _changes(name: str, old: Any, new: Any) -> Iterator[str]:
    """Say where two values differ."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _changes(f"{name}.{key}" if name != "settings" else key, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{name}: {len(old)} files, now {len(new)}"
        for then, now in zip(old, new, strict=False):
            if _content(then) != _content(now):
                yield f"the input {now.get('name')} is not {then.get('name')} as it was"
    else:
        yield f"{name} {old!r}, now {new!r}"


def _content(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return entry.get("bytes"), entry.get("digest"), entry.get("rows")
