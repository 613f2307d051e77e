from sparknlp.annotator import *
from sparknlp.base import *
import sparknlp

spark = sparknlp.start()
document = DocumentAssembler().setInputCol("text").setOutputCol("document")
sentence = SentenceDetector().setInputCols(["document"]).setOutputCol("sentence")
token = Tokenizer().setInputCols(["sentence"]).setOutputCol("token")
ngrams = NGramGenerator().setInputCols(["token"]).setOutputCol("chunk").setN(2)
embeddings = AlbertEmbeddings.pretrained("albert_mini").setInputCols(["sentence", "token"]).setOutputCol("embeddings")
chunk_embeddings = ChunkEmbeddings() \
    .setInputCols(["chunk", "embeddings"]) \
    .setOutputCol("chunk_embeddings") \
    .setPoolingStrategy("AVERAGE")
pipeline = Pipeline().setStages([document, sentence, token, ngrams, embeddings, chunk_embeddings])
data = spark.createDataFrame([["This is a sentence."]]).toDF("text")
result = pipeline.fit(data).transform(data)
result.selectExpr("explode(chunk_embeddings) as result") \
    .selectExpr("result.annotatorType", "result.result", "size(result.embeddings) as n") \
    .show(5, 80)
