"""Saved pipelines: readable, complete, refused when damaged, never executed."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from annopipe import (
    AlbertEmbeddings,
    DocumentAssembler,
    EmbeddingsFinisher,
    Pipeline,
    PipelineModel,
    SentenceDetector,
    SentenceEmbeddings,
    Tokenizer,
    options,
)
from annopipe.errors import SavedPipelineError
from annopipe.hub import locate

TABLE = pa.table({"text": ["I love Spark NLP. New York, too!", None, ""]})


def _model(dialect: str = "albert") -> PipelineModel:
    return Pipeline(
        stages=[
            DocumentAssembler(inputCol="text", outputCol="document", cleanupMode="shrink", dialect=dialect),
            SentenceDetector(inputCols=["document"], outputCol="sentence", minLength=2, dialect=dialect),
            Tokenizer(inputCols=["sentence"], outputCol="token", exceptions=["New York"], dialect=dialect),
            AlbertEmbeddings.pretrained("albert_mini")
            .setDialect(dialect)
            .setInputCols("sentence", "token")
            .setOutputCol("e")
            .setMaxSentenceLength(64),
            SentenceEmbeddings(inputCols=["sentence", "e"], outputCol="s", poolingStrategy="SUM", dialect=dialect),
            EmbeddingsFinisher(inputCols=["s"], outputCols=["f"], dialect=dialect),
        ]
    ).fit()


@pytest.mark.parametrize("dialect", ["albert", "sparknlp"])
def test_a_loaded_pipeline_is_the_saved_one(tmp_path: Path, dialect: str) -> None:
    model = _model(dialect)
    model.save(tmp_path / "m")
    loaded = PipelineModel.load(tmp_path / "m")
    assert loaded.uid == model.uid
    assert [s.uid for s in loaded.stages] == [s.uid for s in model.stages]
    assert [s.extractParamMap() for s in loaded.stages] == [s.extractParamMap() for s in model.stages]
    assert {s.getDialect() for s in loaded.stages} == {dialect}
    assert loaded.transform(TABLE).equals(model.transform(TABLE), check_metadata=True)


def test_the_folder_is_readable_and_holds_the_model_once(tmp_path: Path) -> None:
    twice = [*_model().stages[:4], _model().stages[3].copy().setOutputCol("again")]
    PipelineModel(twice).write().save(tmp_path / "m")
    manifest = json.loads((tmp_path / "m" / "annopipe.json").read_text("utf-8"))
    assert manifest["format"] == 1
    assert [stage["class"] for stage in manifest["content"]["stages"]][:2] == ["DocumentAssembler", "SentenceDetector"]
    assert manifest["content"]["stages"][0]["set"]["cleanupMode"] == "shrink"
    assert manifest["content"]["stages"][0]["default"]["outputCol"] == "document"
    (only,) = (tmp_path / "m" / "models").iterdir()
    assert {path.name for path in only.iterdir()} == {path.name for path in locate("albert_mini").iterdir()}


def test_single_stages_and_unfitted_pipelines(tmp_path: Path) -> None:
    Tokenizer(minLength=2).save(tmp_path / "t")
    assert Tokenizer.load(tmp_path / "t").getMinLength() == 2
    AlbertEmbeddings.pretrained("albert_mini").setInputCols("a", "b").save(tmp_path / "a")
    loaded = AlbertEmbeddings.load(tmp_path / "a")
    assert (loaded.getInputCols(), loaded.getDimension(), loaded.getEngine()) == (["a", "b"], 384, "onnx")
    Pipeline(stages=[Tokenizer()]).save(tmp_path / "p")
    assert type(Pipeline.read().load(tmp_path / "p").getStages()[0]) is Tokenizer


def test_a_folder_is_replaced_only_when_asked_and_only_if_ours(tmp_path: Path) -> None:
    stage = Tokenizer()
    stage.save(tmp_path / "t")
    with pytest.raises(SavedPipelineError, match=r"already exists. To overwrite it, .*overwrite"):
        stage.save(tmp_path / "t")
    stage.setMinLength(3).write().overwrite().save(tmp_path / "t")
    assert Tokenizer.load(tmp_path / "t").getMinLength() == 3
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(SavedPipelineError, match="not saved by annopipe"):
        stage.save(tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "t"]


def test_another_class_is_named(tmp_path: Path) -> None:
    Tokenizer().save(tmp_path / "t")
    with pytest.raises(SavedPipelineError, match=r"holds a Tokenizer: load it with Tokenizer.load"):
        PipelineModel.load(tmp_path / "t")


def test_missing_and_damaged_folders(tmp_path: Path) -> None:
    with pytest.raises(SavedPipelineError, match="Input path does not exist"):
        PipelineModel.load(tmp_path / "none")
    Tokenizer().save(tmp_path / "t")
    manifest = tmp_path / "t" / "annopipe.json"
    whole = manifest.read_text("utf-8")
    for text in (whole[:50], "[]", "{}", '{"format": 1}', '{"format": 1, "content": {}}', "[" * 100_000):
        manifest.write_text(text, "utf-8")
        with pytest.raises(SavedPipelineError, match=r"annopipe\.json is damaged"):
            Tokenizer.load(tmp_path / "t")
    manifest.write_text(whole.replace('"format": 1', '"format": 2'), "utf-8")
    with pytest.raises(SavedPipelineError, match=r"has format 2.* reads up to 1"):
        Tokenizer.load(tmp_path / "t")
    manifest.write_text(whole.replace('"Tokenizer"', '"os.system"'), "utf-8")
    with pytest.raises(SavedPipelineError, match=r"os\.system"):
        Tokenizer.load(tmp_path / "t")


@pytest.mark.parametrize("stages", ["no", None, 1, [None], ["DocumentAssembler"], [{"class": "Tokenizer"}], [{}]])
def test_descriptions_of_another_form(stages: object, tmp_path: Path) -> None:
    Pipeline(stages=[Tokenizer()]).save(tmp_path / "p")
    manifest = tmp_path / "p" / "annopipe.json"
    whole = json.loads(manifest.read_text("utf-8"))
    whole["content"].pop("stages")
    if stages != "no":
        whole["content"]["stages"] = stages
    manifest.write_text(json.dumps(whole), "utf-8")
    with pytest.raises(SavedPipelineError):
        Pipeline.load(tmp_path / "p")


def test_a_folder_that_was_copied_in_part(tmp_path: Path) -> None:
    Tokenizer().save(tmp_path / "t")
    (tmp_path / "t" / "annopipe.json").unlink()
    with pytest.raises(SavedPipelineError, match=r"has no annopipe\.json: it was copied in part"):
        Tokenizer.load(tmp_path / "t")


def test_a_model_that_was_not_copied(tmp_path: Path) -> None:
    AlbertEmbeddings.pretrained("albert_mini").save(tmp_path / "a")
    (folder,) = (tmp_path / "a" / "models").iterdir()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    with pytest.raises(SavedPipelineError, match="lacks the model"):
        AlbertEmbeddings.load(tmp_path / "a")


def test_saved_dialect_holds_whatever_the_option_says(tmp_path: Path) -> None:
    Tokenizer(outputCol="t").save(tmp_path / "t")
    options.dialect = "sparknlp"
    try:
        assert Tokenizer.load(tmp_path / "t").getDialect() == "albert"
    finally:
        options.dialect = "albert"
