"""A pandas frame in, the same frame with one more column an annotator out: index and other columns are kept."""

import pandas as pd

from annopipe import AlbertEmbeddings, DocumentAssembler, EmbeddingsFinisher, Pipeline, SentenceEmbeddings, Tokenizer

pipeline = Pipeline(
    stages=[
        DocumentAssembler(inputCol="body", outputCol="document"),
        Tokenizer(inputCols=["document"], outputCol="token"),
        AlbertEmbeddings.pretrained("albert_mini", "en").setInputCols("document", "token").setOutputCol("words"),
        SentenceEmbeddings(inputCols=["document", "words"], outputCol="mean"),
        EmbeddingsFinisher(inputCols=["mean"], outputCols=["vectors"], cleanAnnotations=True),
    ]
)
reviews = pd.DataFrame(
    {"body": ["The battery lasts all day.", "It broke within a week.", None], "stars": [5, 1, 3]},
    index=["a", "b", "c"],
)
result = pipeline.fit(reviews).transform(reviews)

print(list(result.columns), list(result.index))
for label, vectors in result["vectors"].items():
    print(label, [len(vector) for vector in vectors])
