"""Save a fitted pipeline with its model into one folder, and load it again: JSON and weights, nothing executable."""

import tempfile
from pathlib import Path

from annopipe import AlbertEmbeddings, DocumentAssembler, LightPipeline, Pipeline, PipelineModel, Tokenizer

model = Pipeline(
    stages=[
        DocumentAssembler(inputCol="text", outputCol="document"),
        Tokenizer(inputCols=["document"], outputCol="token"),
        AlbertEmbeddings.pretrained("albert_mini", "en").setInputCols("document", "token").setOutputCol("embeddings"),
    ]
).fit()

with tempfile.TemporaryDirectory() as folder:
    saved = Path(folder) / "pipeline"
    model.save(saved)
    print(sorted(path.name for path in saved.iterdir()))
    light = LightPipeline(PipelineModel.load(saved), parse_embeddings=True)
    tokens = light.annotate("I love Spark NLP")["token"]
    vectors = [word.embeddings for word in light.fullAnnotate("I love Spark NLP")[0]["embeddings"]]
    print(tokens, len(vectors), "vectors of", len(vectors[0]))
