"""The same pipeline on a plain list of texts: no frame, no session."""

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, Tokenizer

documentAssembler = DocumentAssembler().setInputCol("text").setOutputCol("document")
tokenizer = Tokenizer().setInputCols("document").setOutputCol("token")
embeddings = (
    AlbertEmbeddings.pretrained("albert_mini", "en").setInputCols(["document", "token"]).setOutputCol("embeddings")
)
pipeline = Pipeline(stages=[documentAssembler, tokenizer, embeddings])

data = ["I love Spark NLP"]
result = pipeline.fit(data).transform(data)

for annotation in result[0]["embeddings"]:
    first = " ".join(f"{number:7.4f}" for number in annotation.embeddings[:4])
    print(
        f"{annotation.result:6} {annotation.begin:3} {annotation.end:3}  {first} … {len(annotation.embeddings)} numbers"
    )
