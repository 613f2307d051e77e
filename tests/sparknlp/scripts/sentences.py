import sys

import sparknlp
from pyspark.sql.functions import col, monotonically_increasing_id
from sparknlp.annotator import *
from sparknlp.base import *

spark = sparknlp.start()
folder = sys.argv[1]
texts = [(1, "Good food."), (2, "Slow service."), (3, "We will come again.")]
reviews = spark.createDataFrame(texts, ["id", "text"])
pipeline = Pipeline().setStages(
    [
        DocumentAssembler().setInputCol("text").setOutputCol("document"),
        Tokenizer().setInputCols(["document"]).setOutputCol("token"),
        AlbertEmbeddings.pretrained("albert_mini").setInputCols(["document", "token"]).setOutputCol("words"),
        SentenceEmbeddings()
        .setInputCols(["document", "words"])
        .setOutputCol("sentence_embeddings")
        .setPoolingStrategy("AVERAGE"),
        EmbeddingsFinisher()
        .setInputCols(["sentence_embeddings"])
        .setOutputCols(["vectors"])
        .setOutputAsVector(False)
        .setCleanAnnotations(True),
    ]
)
finished = pipeline.fit(reviews).transform(reviews)
finished.write.mode("overwrite").parquet(folder)
back = spark.read.parquet(folder)
stars = spark.createDataFrame([(1, 5), (2, 1), (3, 4)], ["id", "stars"])
joined = back.join(stars, "id").orderBy("id")
for row in joined.collect():
    print(row.id, row.stars, len(row.vectors), len(row.vectors[0]))
