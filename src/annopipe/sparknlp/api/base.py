"""``sparknlp.base``: assemblers, finishers, pipelines; a star import brings ``Pipeline`` too."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from annopipe.annotators.doc2chunk import Doc2Chunk
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.embeddings_finisher import EmbeddingsFinisher
from annopipe.annotators.finisher import Finisher
from annopipe.annotators.token_assembler import TokenAssembler
from annopipe.pipeline.pipeline import Pipeline, PipelineModel
from annopipe.sparknlp.absent import NAMES, absent
from annopipe.sparknlp.api.annotation import Annotation
from annopipe.sparknlp.api.light_pipeline import LightPipeline

_OF_PYSPARK = {
    "Estimator": "pyspark.ml",
    "Model": "pyspark.ml",
    "Transformer": "pyspark.ml",
    "Param": "pyspark.ml.param",
    "Params": "pyspark.ml.param",
    "TypeConverters": "pyspark.ml.param",
    "keyword_only": "pyspark",
}
_STARRED = ("Estimator", "Param", "Params", "Transformer")

__path__: list[str] = []
__all__ = [
    "Annotation",
    "Doc2Chunk",
    "DocumentAssembler",
    "EmbeddingsFinisher",
    "Finisher",
    "LightPipeline",
    "Pipeline",
    "PipelineModel",
    "TokenAssembler",
]
__all__ += [name for name in NAMES if name.endswith(("Assembler", "Pipeline"))]
__all__ += _STARRED if find_spec("pyspark") else ()  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    """Return pyspark's classes of these names, and stand-ins for what annopipe does not have."""
    if name in _OF_PYSPARK:
        return getattr(import_module(_OF_PYSPARK[name]), name)
    if name in NAMES:
        return absent(name)
    msg = f"module 'sparknlp.base' has no attribute {name!r}"
    raise AttributeError(msg)
