"""Scripts as the public ones are, unmodified, through ``annopipe run``; and what the command refuses.

They run on Sail where pysail is installed, else on Apache Spark where the whole pyspark and Java are, else not.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from annopipe.spark import packages

SCRIPTS = Path(__file__).parent / "scripts"
NO_SAIL = "pysail or pyspark is absent: pip install 'annopipe[sail]'"
NO_ENGINE = "neither pysail (annopipe[sail]) nor Apache Spark (annopipe[spark] and Java) is here"
SHOWN = {
    "chunks.py": ["|word_embeddings|   This is|384|", "|word_embeddings|a sentence|384|"],
    "light.py": ["['Good food.', 'Slow!']", "good 0 3 0 384", "food 5 8 0 384", ". 9 9 0 384"],
    "notebook.ipynb": ["5.5.3", "| spark|384|", "|   nlp|384|", "['text', 'document', 'token', 'embeddings']"],
    "one_liner.py": ["['token', 'word_embedding_albert_mini']", "['I', 'love', 'Spark', 'NLP'] (384,)"],
    "sentences.py": ["1 5 1 384", "2 1 1 384", "3 4 1 384"],
    "write_back.py": [
        "[5, 0, 5]",
        "11 Good 0 3 (384,)",
        "11 Slow 11 14 (384,)",
        "12 nan nan nan None",
        "13 ! 18 18 (384,)",
    ],
    "zipped.py": ["10", "[['It', 'rained', '.', 'We', 'stayed', 'in', '.'], ['Ann', 'came', '.']] [384, 384]"],
}


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    run = [sys.executable, "-m", "annopipe", "run", *words]
    unset = ("SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED", "ANNOPIPE_SPARK_OWNER", "RUST_LOG")
    variables = {key: value for key, value in os.environ.items() if key not in unset}
    return subprocess.run(run, capture_output=True, text=True, check=False, encoding="utf-8", env=variables)


def _needs_spark(name: str) -> None:
    if name not in ("one_liner.py", "write_back.py") and not packages.has_sail() and not packages.has_classic():
        pytest.skip(NO_ENGINE)


@pytest.mark.parametrize("name", SHOWN)
def test_scripts_run_as_they_are(name: str, tmp_path: Path) -> None:
    _needs_spark(name)
    done = _run(str(SCRIPTS / name), str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    for line in SHOWN[name]:
        assert line in lines, done.stdout


def test_the_card_shows_vectors() -> None:
    _needs_spark("card.py")
    done = _run(str(SCRIPTS / "card.py"))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1] == "|          embeddings|"
    assert len([line for line in lines if line.startswith("|[")]) == 4


def test_options_of_the_jvm_are_told_once() -> None:
    pytest.importorskip("pysail", reason=NO_SAIL)
    done = _run(str(SCRIPTS / "zipped.py"))
    (told,) = (line for line in done.stderr.splitlines() if "are ignored" in line)
    assert "spark.driver.memory, spark.jars.packages, spark.master" in told


def test_on_apache_spark_the_jars_alone_are_ignored(tmp_path: Path) -> None:
    if packages.has_sail() or not packages.has_classic():
        pytest.skip("needs Apache Spark (annopipe[spark] and Java) without pysail")
    code = """
from pyspark.sql import SparkSession
jars = "spark.jars.packages"
builder = SparkSession.builder.master("local[1]").config(jars, "com.johnsnowlabs.nlp:spark-nlp_2.12:5.5.3")
spark = builder.config("spark.sql.shuffle.partitions", "3").getOrCreate()
print(spark.sparkContext.master, spark.conf.get("spark.sql.shuffle.partitions"), spark.conf.get(jars, "none"))
"""
    done = _run(_script(tmp_path, code))
    assert done.stdout == "local[1] 3 none\n", done.stderr
    (told,) = (line for line in done.stderr.splitlines() if "are ignored" in line)
    assert told.endswith("concern Spark NLP's jars and are ignored: spark.jars.packages")


def _script(folder: Path, code: str) -> str:
    path = folder / "script.py"
    path.write_text(code, encoding="utf-8")
    return str(path)


def test_a_script_has_its_arguments_its_folder_and_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("VALUE = 7\n", encoding="utf-8")
    code = "import sys, beside\nprint(__name__, sys.argv[1:], beside.VALUE)\nsys.exit(3)\n"
    done = _run(_script(tmp_path, code), "--flag", "x")
    assert (done.returncode, done.stdout) == (3, "__main__ ['--flag', 'x'] 7\n")


def test_an_error_of_the_script_is_shown_as_python_shows_it(tmp_path: Path) -> None:
    done = _run(_script(tmp_path, "from sparknlp.annotator import *\nBertEmbeddings.pretrained()\n"))
    assert done.returncode == 1
    assert 'script.py", line 2, in <module>' in done.stderr
    assert done.stderr.rstrip().endswith(
        "AnnotatorMissing: annopipe has no BertEmbeddings: it makes ALBERT vectors and what they need. "
        "Nearest: AlbertEmbeddings"
    )


@pytest.mark.parametrize(("options", "dialect"), [([], "sparknlp"), (["--dialect", "albert"], "albert")])
def test_the_dialect_is_spark_nlps_unless_told(tmp_path: Path, options: list[str], dialect: str) -> None:
    script = _script(tmp_path, "from sparknlp.annotator import Tokenizer\nprint(Tokenizer().getDialect())\n")
    assert _run(*options, script).stdout == f"{dialect}\n"


def test_what_is_no_script_is_one_line(tmp_path: Path) -> None:
    done = _run(str(tmp_path / "no.py"))
    assert done.returncode == 2
    assert done.stderr.startswith("annopipe: InputFileError: no script")
    (tmp_path / "bad.ipynb").write_text("{}", encoding="utf-8")
    assert "is no notebook" in _run(str(tmp_path / "bad.ipynb")).stderr


def test_every_way_of_importing(tmp_path: Path) -> None:
    code = """
import sparknlp, nlu
import sparknlp.annotator as annotator
import sparknlp.annotator.embeddings.albert_embeddings
from sparknlp.annotator.embeddings.albert_embeddings import AlbertEmbeddings
from sparknlp.annotator.token import Tokenizer
from sparknlp.annotation import Annotation
from sparknlp.base.document_assembler import DocumentAssembler
from sparknlp.common import AnnotatorType
from sparknlp.functions import map_annotations_col
from sparknlp.pretrained import PretrainedPipeline
import annopipe
assert annotator.AlbertEmbeddings is AlbertEmbeddings is annopipe.AlbertEmbeddings
assert sparknlp.DocumentAssembler is DocumentAssembler
assert nlu is annopipe.nlu
assert isinstance(annopipe.Annotation("token", 0, 0, "a", {}), Annotation)
assert not hasattr(annotator, "Pipeline") and hasattr(__import__("sparknlp.base").base, "Pipeline")
try:
    import sparknlp.embeddings
except ModuleNotFoundError:
    print("as in Spark NLP")
"""
    done = _run(_script(tmp_path, code))
    assert done.stdout == "as in Spark NLP\n", done.stderr
