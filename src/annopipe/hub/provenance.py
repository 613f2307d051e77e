"""Where an installed model came from: ``source.json`` in its folder."""

import json
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Literal, Self

from annopipe.errors import StoreError
from annopipe.hub.bounds import parsed
from annopipe.hub.names import ModelName

FILE: Final = "source.json"
Verified = Literal["catalog", "hub", "first use", "import"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What ``source.json`` holds.

    Attributes:
        name, language: what the model was installed as.
        repository: ``owner/name`` on the hub, or None if it came from a folder.
        revision: the commit that was fetched, or None.
        endpoint: address of the hub, or path of the folder.
        fetched: ISO time in UTC.
        verified: by whose digests the weights were checked when they came: ``catalog``, ``hub``, ``first use``
            (nobody's: from now on they must stay what they were), or ``import`` (read from another format; they passed
            the self-check, and must stay).
        annopipe: version that installed it.
        release: ``<name>_<language>_<version>_<milliseconds>`` of a model that was imported, else None.
        source_sha256: of the archive that was imported, or None.
        stamps: file → size and modification time (ns) when ``SHA256SUMS`` was last found right.
    """

    name: str
    language: str
    repository: str | None
    revision: str | None
    endpoint: str
    fetched: str
    verified: Verified
    annopipe: str
    release: str | None = None
    source_sha256: str | None = None
    stamps: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def model(self) -> ModelName:
        """Name and language."""
        return ModelName(self.name, self.language)

    @property
    def origin(self) -> str:
        """Where it came from, in one text: ``owner/name``, or the folder."""
        return self.repository or self.endpoint

    def write(self, folder: Path) -> None:
        """Write ``source.json``, all of it or nothing."""
        draft = folder / f"{FILE}.{uuid.uuid4().hex[:8]}"
        try:
            draft.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
            draft.replace(folder / FILE)
        finally:
            draft.unlink(missing_ok=True)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return what ``source.json`` says, or None if the folder was not put there by annopipe.

        Raises:
            StoreError: the file is damaged.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            fields = parsed(path.read_bytes())
            fields["stamps"] = {name: tuple(pair) for name, pair in fields["stamps"].items()}
            return cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            msg = f"{path} is damaged ({error}): fetch the model again with 'annopipe pull --force {folder.name}'"
            raise StoreError(msg) from error
