"""Importing annopipe is cheap, and a star import brings what it says."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    *("pandas", "polars", "pyspark", "pysail", "onnx", "huggingface_hub", "torch", "transformers"),
    *("matplotlib", "sklearn", "duckdb"),
)
LATER = ("numpy", "pyarrow", "onnxruntime", "sentencepiece", "regex")


def _loaded(code: str) -> set[str]:
    """Names of the top-level modules in a fresh process after ``code``."""
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_import_loads_no_frame_library_and_no_engine() -> None:
    loaded = _loaded("import annopipe")
    assert "annopipe" in loaded
    assert not loaded & {*HEAVY, *LATER}


def test_the_annotators_load_no_frame_library() -> None:
    loaded = _loaded("from annopipe import *\nDocumentAssembler()\nPipeline()")
    assert "pyarrow" in loaded
    assert not loaded & set(HEAVY)


def test_a_run_over_a_list_loads_no_other_frame_library_and_no_pattern_engine() -> None:
    loaded = _loaded(
        "from annopipe import *\n"
        "a = DocumentAssembler(inputCol='text')\n"
        "t = Tokenizer()\n"
        "e = AlbertEmbeddings.pretrained('albert_mini').setInputCols('document', 'token').setOutputCol('e')\n"
        "model = Pipeline(stages=[a, t, e]).fit()\n"
        "assert len(model.transform(['I love Spark NLP', None, chr(0xd800)])[0]['e']) == 4\n"
        "assert len(LightPipeline(model).fullAnnotate(chr(0xd800) + ' a')[0]['token']) == 2"
    )
    assert "onnxruntime" in loaded
    assert not loaded & {*HEAVY, "regex"}


ROWS = (
    "[{'text': 'I love Spark NLP', 'id': 1, 'score': 0.5}, {'text': None}]",
    "({'text': text} for text in ('I love Spark NLP', 'b', chr(0xd800)))",
    "(text for text in ('I love Spark NLP', 'b'))",
)


@pytest.mark.parametrize("rows", ROWS)
def test_rows_of_any_kind_load_no_frame_library_that_is_not_theirs(rows: str) -> None:
    loaded = _loaded(
        "from annopipe import *\n"
        "stages = [DocumentAssembler(inputCol='text'),\n"
        "    SentenceDetector(inputCols=['document'], outputCol='sentence'),\n"
        "    Tokenizer(inputCols=['document'], outputCol='token'),\n"
        "    AlbertEmbeddings.pretrained('albert_mini').setInputCols('document', 'token').setOutputCol('e'),\n"
        "    SentenceEmbeddings(inputCols=['document', 'e'], outputCol='s'),\n"
        "    EmbeddingsFinisher(inputCols=['s'], outputCols=['v'])]\n"
        f"made = list(Pipeline(stages=stages).fit().transform({rows}))\n"
        "assert len(made[0]['e']) == 4 and len(made[0]['v'][0]) == 384, made[0]"
    )
    assert not loaded & set(HEAVY)


def test_the_short_ways_load_no_frame_library() -> None:
    loaded = _loaded(
        "import annopipe\n"
        "model = annopipe.load('albert_mini')\n"
        "assert len(list(model.embed_words(['I love Spark NLP', ''])) ) == 2\n"
        "assert len(list(model.embed_sentences(['I love Spark NLP'])) ) == 1\n"
        "assert model.similarity('a cat', 'a dog') > 0"
    )
    assert not loaded & set(HEAVY)


def test_star_import_brings_the_names_of_all_and_nothing_else() -> None:
    import annopipe

    namespace: dict[str, object] = {}
    exec("from annopipe import *", namespace)  # noqa: S102
    namespace.pop("__builtins__")
    assert set(namespace) == set(annopipe.__all__)
    assert {"DocumentAssembler", "Pipeline", "PipelineModel", "LightPipeline", "Annotation"} <= set(namespace)


def test_every_public_name_resolves_and_an_unknown_one_says_so() -> None:
    import annopipe

    for name in annopipe.__dir__():
        assert getattr(annopipe, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'AlbertEmbedding'"):
        annopipe.AlbertEmbedding  # noqa: B018
