"""Models by name: what there is, where it lies on this machine, and how it comes here."""

from annopipe.hub.locate import locate
from annopipe.hub.store import installed, store_folder

__all__ = ["installed", "locate", "store_folder"]
