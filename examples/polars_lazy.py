"""A lazy Polars frame stays lazy: nothing is encoded before ``collect``, and a filter before it saves the work."""

import polars as pl

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, Tokenizer

model = Pipeline(
    stages=[
        DocumentAssembler(inputCol="text", outputCol="document"),
        Tokenizer(inputCols=["document"], outputCol="token"),
        AlbertEmbeddings.pretrained("albert_mini", "en").setInputCols("document", "token").setOutputCol("embeddings"),
    ]
).fit()

frame = pl.LazyFrame({"text": ["The bank raised its rates.", "We sat on the river bank."], "id": [1, 2]})
lazy = model.transform(frame)
print(type(lazy).__name__)
words = lazy.select("id", pl.col("embeddings").list.eval(pl.element().struct.field("result")).alias("words")).collect()
for row in words.iter_rows(named=True):
    print(row["id"], " ".join(row["words"]))
