"""What ``predict`` was asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """The choices of one ``predict``; see `annopipe.nlu.pipe.NLUPipeline.predict`."""

    level: str
    positions: bool
    metadata: bool
    strangers: bool
    drop_irrelevant: bool
    embeddings: bool
    keeps_text: bool

    @property
    def whole(self) -> bool:
        """Whether columns of other levels stay, and the number of each input row is shown."""
        return self.metadata or not self.drop_irrelevant
