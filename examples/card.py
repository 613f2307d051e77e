"""The code of Spark NLP's ALBERT model cards, on the bundled model and a pyspark session without a JVM."""

import annopipe
from annopipe import *  # noqa: F403

spark = annopipe.start()

# fmt: off
documentAssembler = DocumentAssembler().setInputCol("text").setOutputCol("document")  # noqa: F405
tokenizer = Tokenizer().setInputCols("document").setOutputCol("token")  # noqa: F405
embeddings = AlbertEmbeddings.pretrained("albert_mini", "en") \
    .setInputCols(["document", "token"]).setOutputCol("embeddings")  # noqa: F405
pipeline = Pipeline(stages=[documentAssembler, tokenizer, embeddings])  # noqa: F405
data = spark.createDataFrame([["I love Spark NLP"]]).toDF("text")
result = pipeline.fit(data).transform(data)
# fmt: on

result.selectExpr("explode(embeddings) as word").selectExpr(
    "word.result", "word.begin", "word.end", "slice(word.embeddings, 1, 3) as first", "size(word.embeddings) as numbers"
).show(truncate=False)
