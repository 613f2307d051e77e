"""A process ends well while a Spark engine inside it computes for another thread."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pysail")

PROGRAM = """
import sys, threading, time
import annopipe
from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, Tokenizer

spark = annopipe.start(engine="sail")
frame = spark.createDataFrame([("I love the quiet garden by the river. " * 200,)] * 400, ["text"])
stages = [
    DocumentAssembler(inputCol="text", outputCol="document"),
    Tokenizer(inputCols=["document"], outputCol="token"),
    AlbertEmbeddings.pretrained(sys.argv[1]).setInputCols("document", "token").setOutputCol("words"),
]
model = Pipeline(stages=stages).fit(frame)
assert model.transform(frame.limit(1)).count() == 1
threading.Thread(target=lambda: model.transform(frame).toArrow(), daemon=True).start()
time.sleep(1.5)
"""


def test_a_program_may_end_while_sail_computes(tiny_model_folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tiny_model_folder)],
            env=environment, timeout=240, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr[-2000:]
