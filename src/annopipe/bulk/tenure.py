"""The turn of one run at a dataset: it writes as long as no other run has begun one after it.

The lock says which run should write, but a holder that was suspended may wake after another run has taken the lock
over. So each run raises a generation, and each file and each line of the journal is put in place only where the
generation is still its own. Between that look and the step itself a run may be suspended, too: therefore files are
written in a folder of the run's own, which the next run empties, so that the rename finds nothing; and the journal is a
new file in each run, so that a late line goes into one that is no longer there.
"""

import contextlib
import json
import os
import socket
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from annopipe.bulk.durable import SCRATCH, append, digest, link_in_place, output_error, sealed, settle_folder, write_out
from annopipe.bulk.made import OWN, Made, line_of, lines_of
from annopipe.bulk.shard_file import ShardFile
from annopipe.errors import AnnopipeError, DatasetError, JobTakenOver

GENERATION: Final = "generation.json"
MADE: Final = "made.jsonl"
WHOLE: Final = "whole-"
"""Before the name of a file that is written once more without some of its rows."""
_NAMES: Final = (GENERATION, MADE, "shards.jsonl", "manifest.json", *OWN)


class Tenure:
    """A run's turn.

    Args:
        folder: the dataset's.
        inner: the folder of manifest and journal in it.
        before: the highest generation that is known.

    Attributes:
        generation: this run's.
    """

    def __init__(self, folder: Path, inner: Path, before: int) -> None:
        self._folder, self._inner = folder, inner
        self.generation = before + 1
        self._token = uuid.uuid4().hex
        self._run = f"run-{self.generation}-{self._token[:8]}"
        self._found: set[str] = set()

    def begin(self, notes: Sequence[str] = ()) -> None:
        """Raise the generation: from now on no earlier run writes.

        Args:
            notes: lines for the record, of what was there before there was a record.
        """
        with self._errors(self._inner / MADE), (self._inner / MADE).open("ab") as file:
            append(file, "\n".join([*([""] if file.tell() else []), self._line(), *notes]))  # after a torn line, too
        with self._errors(self._inner / GENERATION):
            (self._inner / self._run).mkdir()
            scratch = self.scratch(GENERATION)
            told = {"generation": self.generation, "run": self._token, "host": socket.gethostname(), "pid": os.getpid()}
            write_out(scratch, json.dumps(told) + "\n")
            scratch.replace(self._inner / GENERATION)
            settle_folder(self._inner)

    def _line(self) -> str:
        return sealed({"run": self._run, "begun": [name + SCRATCH for name in _NAMES]})

    def clear(self, made: Made) -> None:
        """Remove what earlier runs were writing aside; what else lies there stays."""
        for run in {*made.runs} - {self._run}:
            for name in made.scratch if (self._inner / run).is_dir() else ():
                with self._errors(self._inner / run / name):
                    (self._inner / run / name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                (self._inner / run).rmdir()

    def settle(self, made: Made, kept: Iterable[str]) -> None:
        """Begin a new record that keeps what is there."""
        self._found = made.found
        self.replace(self._inner / MADE, "".join(line + "\n" for line in [self._line(), *made.lines(kept)]))

    def check(self) -> None:
        """Raise `JobTakenOver` if another run has begun its turn."""
        try:
            now: Any = json.loads((self._inner / GENERATION).read_text("utf-8"))
            if now["run"] == self._token:
                return
            by = f"process {now['pid']} on {now['host']}"
        except (OSError, ValueError, TypeError, KeyError):
            by = "somebody who removed it"
        msg = (
            f"{self._folder} was taken over by {by} while this run was suspended or cut off from its disk: this run "
            "ends and has written nothing since. If the other did not end well, run the job again"
        )
        raise JobTakenOver(msg)

    def scratch(self, name: str) -> Path:
        """Return where a file is written before it gets its place."""
        return self._inner / self._run / (name.replace("/", "-") + SCRATCH)

    def begin_files(self, names: Iterable[str]) -> None:
        """Note files that will be written aside."""
        scratch = [self.scratch(name).name for name in names]
        self._note(sealed({"begun": [*scratch, *(WHOLE + name for name in scratch)]}), settled=False)

    def place(self, files: Iterable[ShardFile]) -> None:
        """Give finished files of a shard their places, noted before.

        Raises:
            DatasetError: another file is in the place of one.
            JobTakenOver: see `check`.
        """
        files = list(files)
        self._note(lines_of(files))
        for file in files:
            target = self._folder / file.name
            with self.writing(file.name):
                target.parent.mkdir(exist_ok=True)
                self.check()
                try:
                    link_in_place(self.scratch(file.name), target)
                except FileExistsError:
                    self._adopt(file, target)

    def _adopt(self, file: ShardFile, target: Path) -> None:
        """Take a file that an earlier version put in place without a note, if it is what comes out now."""
        if file.name not in self._found or not target.is_file() or digest(target) != file.sha256:
            raise DatasetError(in_the_way(target))
        self.scratch(file.name).unlink(missing_ok=True)

    def append(self, path: Path, line: str, *, settled: bool = True) -> None:
        """Add a line to a file of this run's."""
        with self._errors(path):
            self.check()
            with path.open("ab") as file:
                self.check()
                append(file, line, settled=settled)

    def replace(self, path: Path, text: str) -> None:
        """Write a file in one step, in the place of what another run of this job wrote."""
        scratch = self.scratch(path.name)
        with self._errors(path):
            try:
                write_out(scratch, text)
                if path.name in OWN:
                    self._note(line_of(path.name, scratch.stat().st_size))
                self.check()
                scratch.replace(path)
                settle_folder(path.parent)
            finally:
                scratch.unlink(missing_ok=True)

    def remove(self, path: Path) -> None:
        """Remove a file that is ours."""
        with self._errors(path):
            self.check()
            path.unlink(missing_ok=True)

    def end(self) -> None:
        """Give up the run's own folder."""
        with contextlib.suppress(OSError):
            self.scratch(GENERATION).unlink(missing_ok=True)
            (self._inner / self._run).rmdir()

    def writing(self, name: str) -> contextlib.AbstractContextManager[None]:
        """Let errors of the file system name a file of the dataset."""
        return self._errors(self._folder / name)

    def _note(self, line: str, *, settled: bool = True) -> None:
        self.append(self._inner / MADE, line, settled=settled)

    @contextlib.contextmanager
    def _errors(self, path: Path) -> Iterator[None]:
        try:
            yield
        except AnnopipeError:
            raise
        except OSError as error:
            if (self._inner / self._run).is_dir() is False and (self._inner / GENERATION).exists():
                self.check()
            raise output_error(path, error) from error


def in_the_way(path: Path) -> str:
    """Say that a file is not this job's and lies where one of its files goes."""
    return (
        f"{path} is in the way: no journal of this job says that annopipe made it, so it stays as it is. Move it "
        "away, or choose another output"
    )
