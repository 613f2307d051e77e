"""``sparknlp.pretrained``: saved pipelines, and what is known of models."""

from typing import Any

from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.hub.listing import models
from annopipe.pipeline.pretrained import PretrainedPipeline
from annopipe.sparknlp.api.light_pipeline import LightPipeline

__path__: list[str] = []
__all__ = ["LightPipeline", "PretrainedPipeline", "ResourceDownloader"]


class ResourceDownloader:
    """Models by name; what Spark NLP's class of this name does with models of ALBERT."""

    @staticmethod
    def downloadModel(reader: Any, name: str, language: str, remote_loc: str | None = None, *_: Any) -> Any:
        """Return ``AlbertEmbeddings.pretrained(name, language, remote_loc)``."""
        del reader
        return AlbertEmbeddings.pretrained(name, language, remote_loc)

    @staticmethod
    def showPublicModels(annotator: str | None = None, lang: str | None = None, version: str | None = None) -> None:
        """Print the models that are known."""
        del annotator, version
        print(models(lang) if lang else models())  # noqa: T201
