import sparknlp
from pyspark.sql import SparkSession
from pyspark.sql.functions import arrays_zip, col, explode
from sparknlp.annotator import *
from sparknlp.base import *

spark = (
    SparkSession.builder.appName("zipped")
    .master("local[*]")
    .config("spark.driver.memory", "16G")
    .config("spark.jars.packages", "com.johnsnowlabs.nlp:spark-nlp_2.12:5.5.3")
    .getOrCreate()
)
pipeline = Pipeline(
    stages=[
        DocumentAssembler().setInputCol("text").setOutputCol("document"),
        SentenceDetector().setInputCols(["document"]).setOutputCol("sentence"),
        Tokenizer().setInputCols(["sentence"]).setOutputCol("token"),
        AlbertEmbeddings.pretrained("albert_mini").setInputCols(["sentence", "token"]).setOutputCol("embeddings"),
    ]
)
df = spark.createDataFrame([("It rained. We stayed in.",), ("Ann came.",)], ["text"])
result = pipeline.fit(df).transform(df)
words = result.select(explode(arrays_zip("token.result", "token.begin")).alias("cols")).toPandas()
print(len(words))
pairs = result.select(col("token.result").alias("words"), col("embeddings.embeddings").alias("vectors")).toPandas()
print([list(words) for words in pairs["words"]], [len(vectors[0]) for vectors in pairs["vectors"]])
