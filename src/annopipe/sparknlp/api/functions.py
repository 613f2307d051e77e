"""``sparknlp.functions``."""

from annopipe.functions import *  # noqa: F403
from annopipe.functions import __all__ as _all
from annopipe.sparknlp.api.annotation import Annotation

__all__ = [*_all, "Annotation"]  # noqa: PLE0604
