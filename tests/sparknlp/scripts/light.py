import sparknlp
from pyspark.ml import Pipeline
from sparknlp.annotator import AlbertEmbeddings, SentenceDetector, Tokenizer
from sparknlp.base import DocumentAssembler, LightPipeline

spark = sparknlp.start(memory="32G")
stages = [
    DocumentAssembler().setInputCol("text").setOutputCol("document"),
    SentenceDetector().setInputCols(["document"]).setOutputCol("sentence"),
    Tokenizer().setInputCols(["sentence"]).setOutputCol("token"),
    AlbertEmbeddings.pretrained("albert_mini").setInputCols(["sentence", "token"]).setOutputCol("embeddings"),
]
empty = spark.createDataFrame([[""]]).toDF("text")
light = LightPipeline(Pipeline(stages=stages).fit(empty), parse_embeddings=True)
print(light.annotate("Good food. Slow!")["sentence"])
full = light.fullAnnotate(["Good food.", "Slow!"])
for annotation in full[0]["embeddings"]:
    print(annotation.result, annotation.begin, annotation.end, annotation.metadata["sentence"], len(annotation.embeddings))
