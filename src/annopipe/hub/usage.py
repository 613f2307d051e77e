"""How to use a model: the code of a card, for each tab."""

import importlib.util

from annopipe.hub.names import ModelName

PYTHON = """\
documentAssembler = DocumentAssembler().setInputCol("text").setOutputCol("document")
tokenizer = Tokenizer().setInputCols("document").setOutputCol("token")
embeddings = AlbertEmbeddings.pretrained("{name}", "{language}") \\
    .setInputCols(["document", "token"]).setOutputCol("embeddings")
pipeline = Pipeline(stages=[documentAssembler, tokenizer, embeddings])
data = {frame}
result = pipeline.fit(data).transform(data)
"""

SCALA = """\
val documentAssembler = new DocumentAssembler().setInputCol("text").setOutputCol("document")
val tokenizer = new Tokenizer().setInputCols(Array("document")).setOutputCol("token")
val embeddings = AlbertEmbeddings.pretrained("{name}", "{language}")
  .setInputCols(Array("document", "token")).setOutputCol("embeddings")
val pipeline = new Pipeline().setStages(Array(documentAssembler, tokenizer, embeddings))
val data = Seq("{text}").toDF("text")
val result = pipeline.fit(data).transform(data)
"""

SQL = """\
annopipe.spark.register(spark, annopipe.load("{name}", "{language}"))
spark.sql("SELECT albert_words('{sql_text}')").show()
"""

NLU = """\
import nlu
nlu.load("{reference}").predict("{text}")
"""


def usage(model: ModelName, text: str, reference: str | None) -> dict[str, str]:
    """Return tab → code.

    Args:
        model: name and language.
        text: a short example text.
        reference: NLU's for this model; None leaves that tab out.

    The Scala tab is for Spark NLP on a JVM; where this annopipe has SQL functions for Spark, an SQL tab says how to use
    them without one.
    """
    lists = f'["{text}"]'
    fields = {"name": model.name, "language": model.language, "text": text, "sql_text": text.replace("'", "''")}
    spark = f'spark.createDataFrame([["{text}"]]).toDF("text")'
    tabs = {
        "Python": "from annopipe import *\n\n" + PYTHON.format(frame=lists, **fields),
        "Python, on Spark": PYTHON.format(frame=spark, **fields),
        "Scala (Spark NLP on a JVM)": SCALA.format(**fields),
    }
    if importlib.util.find_spec("annopipe.spark") is not None:
        tabs["SQL"] = SQL.format(**fields)
    if reference is not None:
        tabs["NLU"] = NLU.format(reference=reference, **fields)
    return tabs
