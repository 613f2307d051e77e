"""What Sail says, in words of its own, of calls that it does not have, read as errors that say what serves instead."""

import re
from collections.abc import Mapping
from typing import Final

from annopipe.errors import AnnopipeError, EngineLacks

_STREAMS: Final = (
    "use Apache Spark, annopipe.start(engine='spark'), or the rows that are there: spark.read in place of "
    "spark.readStream, and frame.write in place of writeStream"
)
_LACKS: Final[Mapping[str, str]] = {
    r"streaming query must write data to a sink|cannot write streaming data|unsupported extension node for streaming": (
        f"Sail writes no stream to files or tables: {_STREAMS}"
    ),
    r"missing argument: Python UDF output type": f"Sail has neither foreachBatch nor foreach of a stream: {_STREAMS}",
    r"the console data source only supports streaming data": (
        f"Sail reads this stream as a table, which it does not write to the console: {_STREAMS}"
    ),
    r"No data source found for: (memory|kafka)\b": f"Sail has no sink or source {{}} of streams: {_STREAMS}",
    r"No field named _marker": f"Sail hands no stream to Python functions, which stages of annopipe are: {_STREAMS}",
    r"^ml command$": (
        "Sail has none of the commands of pyspark.ml's server: features, training and write().overwrite(). A pipeline "
        "is saved by pipeline.save(path), in a folder that is not there yet; for the others use Apache Spark, "
        "annopipe.start(engine='spark')"
    ),
}
"""What Sail's message holds, and what it means; a group of the pattern is named in the text."""


def read_lack(text: str) -> AnnopipeError | None:
    """Return an error for a message of Sail's on something that it does not have, None for any other message."""
    for pattern, meaning in _LACKS.items():
        if (found := re.search(pattern, text, re.MULTILINE)) is not None:
            return EngineLacks(meaning.format(*found.groups()))
    return None
