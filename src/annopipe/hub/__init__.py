"""Names of models and where they lie."""

from annopipe.hub.locate import locate, store_folder

__all__ = ["locate", "store_folder"]
