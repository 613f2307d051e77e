"""What a dataset was made of and what of it is done: the folder ``_annopipe`` inside it."""

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from annopipe.bulk.comparison import changes, read_manifest
from annopipe.bulk.durable import output_error, sealed
from annopipe.bulk.journal import Done, Layout, read_journal, whole
from annopipe.bulk.made import FAILURES, OWN, REPORT, Made, line_of
from annopipe.bulk.settings import SENTENCES, WORDS
from annopipe.bulk.shard_file import ENDING
from annopipe.bulk.tenure import GENERATION, MADE, Tenure, in_the_way
from annopipe.errors import DatasetError, JobChanged
from annopipe.hub.lock import POLL, Lease, say

FOLDER: Final = "_annopipe"
MANIFEST: Final = "manifest.json"
JOURNAL: Final = "shards.jsonl"
LOCK: Final = "lock"
FORMAT: Final = 1
NAMED: Final = 3
"""Foreign files that one line names."""


class Ledger:
    """Manifest and journal of one dataset.

    Args:
        folder: the dataset's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._inner = folder / FOLDER
        self._turn: Tenure | None = None

    @property
    def tenure(self) -> Tenure:
        """The turn of this run, from `open` on."""
        if self._turn is None:
            msg = f"{self.folder} is not open"
            raise LookupError(msg)
        return self._turn

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs out; a lock that a dead run left is taken over, which may have to wait for its lease.

        Raises:
            DatasetError: another run writes to the folder, or it holds something else than a dataset of ours.
        """
        self._check_folder()
        lease: Lease | None = None
        try:
            try:
                self._inner.mkdir(parents=True, exist_ok=True)
                lease = Lease(self._inner / LOCK)
                self._acquire(lease)
            except DatasetError:
                raise
            except OSError as error:
                raise output_error(self._inner / LOCK, error) from error
            yield
        finally:
            if self._turn is not None:
                self._turn.end()
            if lease is not None:
                lease.release()

    def _acquire(self, lease: Lease) -> None:
        said = False
        while not lease.acquire():
            if lease.is_alive:
                msg = (
                    f"{self.folder} is being written by another run, {lease.holder} (lock file {lease.path}): wait for "
                    "it, end it, or choose another output"
                )
                raise DatasetError(msg)
            if not said:
                say(
                    f"{lease.path} is the lock of {lease.holder}: waiting up to {lease.seconds:g} s for a sign of "
                    "life, then this run takes over"
                )
                said = True
            time.sleep(POLL)

    def _check_folder(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            msg = f"the output {self.folder} is a file: give a folder, or a name that ends in .parquet for one file"
            raise DatasetError(msg)
        if self.folder.is_dir() and not self._inner.is_dir() and any(self.folder.iterdir()):
            msg = f"the output {self.folder} holds files that no bulk job wrote: choose an empty or a new folder"
            raise DatasetError(msg)

    def finished(self, manifest: Mapping[str, Any], layout: Layout) -> dict[int, Done] | None:
        """Return what is done if all is and nothing is left to write; None else. Nothing is written or locked."""
        path = self._inner / MANIFEST
        if not path.is_file() or not (self.folder / REPORT).is_file():
            return None
        if (self._inner / LOCK).exists() and os.access(self._inner, os.W_OK):
            return None
        if changes(read_manifest(path), manifest):
            return None
        entries = read_journal(self._inner / JOURNAL)
        if not entries.keys() >= set(range(layout.shards)):
            return None
        done = whole(entries.values(), layout, self.folder)
        if len(done) < layout.shards:
            return None
        self._say_foreign(layout)
        return done

    def open(self, manifest: Mapping[str, Any], layout: Layout, *, restart: bool) -> dict[int, Done]:
        """Compare with what the dataset was begun with, clean up, and return what is done.

        Args:
            manifest: what the job is made of now.
            layout: of its shards.
            restart: drop what is there and begin anew.

        Raises:
            JobChanged: it was begun with something else; the text says with what.
            DatasetError: the manifest is damaged, or a file that is not ours is in the place of one of ours.
        """
        path = self._inner / MANIFEST
        again = path.exists() and not restart
        if again and (differences := changes(read_manifest(path), manifest)):
            msg = (
                f"{self.folder} was begun with something else: {'; '.join(differences)}. Run the job as it was to go "
                "on, with restart to start again, or with another output"
            )
            raise JobChanged(msg)
        made, entries = self._records()
        done = whole(entries.values(), layout, self.folder) if again else {}
        first = self._refuse_others(made, entries, layout.but(done), again=again)
        self._turn = Tenure(self.folder, self._inner, max(made.generation, self._generation()))
        self._turn.begin(first)
        done = self._cleaned(done, layout, again=again)
        if not again:
            self._turn.replace(path, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        self._say_foreign(layout)
        return done

    def _records(self) -> tuple[Made, dict[int, Done]]:
        return Made.read(self._inner / MADE), read_journal(self._inner / JOURNAL)

    def _generation(self) -> int:
        try:
            return int(json.loads((self._inner / GENERATION).read_text("utf-8"))["generation"])
        except (OSError, ValueError, TypeError, KeyError):
            return 0

    def _refuse_others(
        self, made: Made, entries: Mapping[int, Done], names: Iterable[str], *, again: bool
    ) -> Sequence[str]:
        """Refuse what lies in the place of our files and is not ours; return what is noted of an earlier version's.

        That version kept no record: a shard that it had put in place when it was killed is compared, once it is made
        again, and its report is known by what it says.
        """
        ours = {file.name for entry in entries.values() for file in entry.files}
        earlier = again and not made.runs
        found: list[str] = []
        for name in names:
            path = self.folder / name
            if path.parent != self.folder and path.parent.exists() and not path.parent.is_dir():
                raise DatasetError(in_the_way(path.parent))
            if not os.path.lexists(path) or name in ours or made.is_ours(self.folder, name):
                continue
            if earlier:
                found.append(name)
            elif not again or name not in made.found:
                raise DatasetError(in_the_way(path))
        own = [name for name in OWN if os.path.lexists(self.folder / name)]
        for name in own:
            path = self.folder / name
            if not path.is_file() or not (name in made.sizes or (earlier and _says_what_we_write(path))):
                raise DatasetError(in_the_way(path))
        if not earlier:
            return []
        return [sealed({"found": found}), *(line_of(name, (self.folder / name).stat().st_size) for name in own)]

    def _cleaned(self, checked: Mapping[int, Done], layout: Layout, *, again: bool) -> dict[int, Done]:
        """Remove what runs left that did not end well, or with a restart all that they made; return what is done.

        The records are read again: a run that was suspended may have added to them until this one's turn began.
        """
        turn = self.tenure
        made, entries = self._records()
        turn.clear(made)
        new = [entry for number, entry in entries.items() if checked.get(number) != entry]
        done = {number: entry for number, entry in checked.items() if entries.get(number) == entry}
        if again:
            done |= whole(new, layout, self.folder)
        kept = {file.name for entry in done.values() for file in entry.files}
        journaled = {file.name for entry in entries.values() if entry.fits(layout) or not again for file in entry.files}
        gone = {name for name in made.sizes if made.is_ours(self.folder, name)} | journaled
        gone = gone - kept - {*OWN} if again else gone | ({*OWN} & made.sizes.keys())
        for name in sorted(gone):
            turn.remove(self.folder / name)
        for part in {name.partition("/")[0] for name in gone if "/" in name}:
            with contextlib.suppress(OSError):
                (self.folder / part).rmdir()  # what holds other files stays
        lines = [done[number].line(turn.generation) + "\n" for number in sorted(done)]
        turn.replace(self._inner / JOURNAL, "".join(lines))
        turn.settle(made, {*kept, *(OWN if again else ())})
        return done

    def add(self, done: Done) -> None:
        """Commit a shard whose files are in place."""
        self.tenure.append(self._inner / JOURNAL, done.line(self.tenure.generation))

    def finish(self, report: Mapping[str, Any], failures: Sequence[Mapping[str, Any]]) -> None:
        """Write the report and, where rows failed, the file that tells which."""
        path = self.folder / FAILURES
        if failures:
            text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in failures)
            self.tenure.replace(path, text)
        else:
            self.tenure.remove(path)
        self.tenure.replace(self.folder / REPORT, json.dumps(report, indent=2, ensure_ascii=False) + "\n")

    def _say_foreign(self, layout: Layout) -> None:
        """Name files that whoever reads the dataset reads along, and that this job did not make."""
        folders = [self.folder, *(self.folder / part for part in (WORDS, SENTENCES))]
        files = sorted(path for folder in folders for path in folder.glob(f"*{ENDING}") if path.name[0] not in "._")
        own = {self.folder / name for name in layout.but(())}
        foreign = [path.relative_to(self.folder).as_posix() for path in files if path not in own]
        if foreign:
            more = f" and {len(foreign) - NAMED} more" if len(foreign) > NAMED else ""
            say(
                f"{self.folder} also holds {', '.join(foreign[:NAMED])}{more}, which this job did not make: left as it "
                "is, and part of what is read there"
            )


def _says_what_we_write(path: Path) -> bool:
    """Tell whether a report, or a file of failures, is one of an earlier version, by its keys."""
    keys = {"output", "rows_before", "shards"} if path.name == REPORT else {"reason"}
    try:
        text = path.read_text("utf-8")
        entries = [json.loads(text)] if path.name == REPORT else [json.loads(line) for line in text.splitlines()]
    except (OSError, ValueError):
        return False
    return all(isinstance(entry, dict) and keys <= entry.keys() for entry in entries)
