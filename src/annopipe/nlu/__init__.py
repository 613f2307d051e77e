"""NLU's one line: ``nlu.load("en.embed.albert_base_v1").predict("I love Spark NLP")`` gives a pandas frame.

Names, columns and their order are NLU's, recorded from nlu 5.4.1 on Spark NLP 5.5.3; rows keep the order of the input,
vectors stand beside their own tokens, and the caller's frame is never changed.
"""

from annopipe.nlu.loading import load
from annopipe.nlu.pipe import NLUPipeline, to_nlu_pipe, to_pretty_df
from annopipe.version import __version__

__all__ = ["NLUPipeline", "__version__", "load", "to_nlu_pipe", "to_pretty_df", "version"]


def version() -> str:
    """Return the version of annopipe."""
    return __version__
