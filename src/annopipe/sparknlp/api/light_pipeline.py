"""``sparknlp.base.light_pipeline``."""

from annopipe.pipeline import light


class LightPipeline(light.LightPipeline):
    """annopipe's `LightPipeline` under Spark NLP's name, which its printed form shows."""

    __module__ = "sparknlp.base.light_pipeline"


__all__ = ["LightPipeline"]
