"""Pipelines that Spark NLP saved become ours; what Java serialised is named, not read."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe import AlbertEmbeddings, DocumentAssembler, PipelineModel, TokenizerModel
from annopipe.errors import AnnopipeWarning, ModelFileMissing, SavedPipelineError, SourceError
from annopipe.exporters.exporting import export_model

PACKAGES = {
    "DocumentAssembler": "com.johnsnowlabs.nlp",
    "SentenceDetector": "com.johnsnowlabs.nlp.annotators.sbd.pragmatic",
    "TokenizerModel": "com.johnsnowlabs.nlp.annotators",
    "NorvigSweetingModel": "com.johnsnowlabs.nlp.annotators.spell.norvig",
    "EmbeddingsFinisher": "com.johnsnowlabs.nlp",
}


def stage(folder: Path, kind: str, **explicit: Any) -> tuple[str, Path]:
    """Write a stage as Spark does; return its uid and folder."""
    uid = f"{kind}_0123456789ab"
    return uid, metadata(folder / uid, f"{PACKAGES.get(kind, 'org.apache.spark.ml')}.{kind}", uid, explicit)


def metadata(folder: Path, name: str, uid: str, explicit: dict[str, Any]) -> Path:
    (folder / "metadata").mkdir(parents=True)
    values = {"class": name, "timestamp": 0, "uid": uid, "paramMap": explicit, "defaultParamMap": {}}
    (folder / "metadata" / "part-00000").write_text(json.dumps(values) + "\n")
    (folder / "metadata" / "_SUCCESS").touch()
    return folder


def pipeline(folder: Path, *stages: tuple[str, Path]) -> Path:
    metadata(folder, "org.apache.spark.ml.PipelineModel", "PipelineModel_1", {"stageUids": [uid for uid, _ in stages]})
    for place, (uid, made) in enumerate(stages):
        shutil.copytree(made, folder / "stages" / f"{place}_{uid}")
    return folder


def albert(tiny_model_folder: Path, folder: Path) -> tuple[str, Path]:
    made = export_model(tiny_model_folder, to="spark-nlp", output=folder) / "load"
    path = made / "metadata" / "part-00000"
    values = json.loads(path.read_text())
    path.with_name(".part-00000.crc").unlink()
    values["paramMap"] |= {"maxSentenceLength": 32, "storageRef": "mine"}
    path.write_text(json.dumps(values))
    return values["uid"], made


def test_a_pipeline_becomes_ours(tmp_path: Path, store: Path, tiny_model_folder: Path) -> None:
    embeddings = albert(tiny_model_folder, tmp_path / "albert")
    stages = (
        stage(tmp_path, "DocumentAssembler", inputCol="text", outputCol="document"),
        stage(tmp_path, "TokenizerModel", inputCols=["document"], outputCol="token", splitChars=["-"]),
        embeddings,
    )
    model = annopipe.import_pipeline(pipeline(tmp_path / "mine", *stages), dialect="sparknlp")
    assert [type(one) for one in model.stages] == [DocumentAssembler, TokenizerModel, AlbertEmbeddings]
    assert [one.uid for one in model.stages] == [uid for uid, _ in stages]
    assert model.uid == "PipelineModel_1"
    assert model.stages[1].getSplitChars() == ["-"]
    assert model.stages[2].getMaxSentenceLength() == 32
    assert model.stages[2].getDialect() == "sparknlp"
    assert (store / "mine_en").is_dir()
    direct = AlbertEmbeddings(inputCols=["document", "token"], outputCol="embeddings", dialect="sparknlp")
    direct = direct.pretrained(str(tiny_model_folder)).setInputCols("document", "token").setOutputCol("embeddings")
    direct.setDialect("sparknlp").setMaxSentenceLength(32)
    text = ["the teacher-made letters"]
    [theirs] = PipelineModel([*model.stages[:2], direct]).transform(text)
    [ours] = model.transform(text)
    assert ours == theirs
    assert [a.result for a in ours["embeddings"]] == ["the", "teacher", "made", "letters"]
    model.save(tmp_path / "saved")
    assert PipelineModel.load(tmp_path / "saved").transform(text) == [ours]


@pytest.mark.reference
def test_the_recorded_pipeline(reference: Path, store: Path) -> None:
    source = reference / "golden" / "saved" / "albert_tiny_pipeline.zip"
    with pytest.warns(AnnopipeWarning, match="fields/rules is a Java object, which is not read"):
        model = annopipe.import_pipeline(source, "tiny", dialect="sparknlp")
    assert [type(one) for one in model.stages] == [TokenizerModel, AlbertEmbeddings]
    assert model.uid == "PipelineModel_bc7501e19ced"
    assembler = DocumentAssembler(inputCol="text", outputCol="document", dialect="sparknlp")
    path = reference / "golden" / "saved" / "vectors.jsonl"
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        [row] = PipelineModel([assembler, model]).transform([record["text"]])
        found = [[a.begin, a.end, a.result, a.metadata["sentence"]] for a in row["token"]]
        assert found == record["token"]
        expected = [[*one[1:4], one[4]] for one in record["embeddings"]]
        assert [[a.begin, a.end, a.result, a.metadata] for a in row["embeddings"]] == expected


def test_a_stage_that_we_do_not_have_is_named_before_anything_is_stored(
    tmp_path: Path, store: Path, tiny_model_folder: Path
) -> None:
    stages = albert(tiny_model_folder, tmp_path / "albert"), stage(tmp_path, "NorvigSweetingModel")
    with pytest.raises(SourceError, match="NorvigSweetingModel"):
        annopipe.import_pipeline(pipeline(tmp_path / "mine", *stages))
    assert not (store / "mine_en").exists()


def test_a_parameter_that_we_do_not_have_is_named(tmp_path: Path, store: Path) -> None:
    made = stage(tmp_path, "DocumentAssembler", inputCol="text", outputCol="document", novelty=3)
    with pytest.warns(AnnopipeWarning, match="novelty"):
        model = annopipe.import_pipeline(pipeline(tmp_path / "mine", made))
    assert model.stages[0].getInputCol() == "text"


def test_a_value_that_a_stage_refuses_is_named(tmp_path: Path, store: Path) -> None:
    made = stage(tmp_path, "DocumentAssembler", inputCol=3)
    with pytest.raises(SourceError, match="DocumentAssembler_0123456789ab cannot be made"):
        annopipe.import_pipeline(pipeline(tmp_path / "mine", made))


def test_what_is_no_pipeline(tmp_path: Path, store: Path, tiny_model_folder: Path) -> None:
    _, made = albert(tiny_model_folder, tmp_path / "albert")
    with pytest.raises(SourceError, match="import_model reads models"):
        annopipe.import_pipeline(made)
    with pytest.raises(SourceError, match="import_model reads models"):
        annopipe.import_pipeline(tiny_model_folder)


def test_a_missing_stage_is_named(tmp_path: Path, store: Path) -> None:
    made = stage(tmp_path, "DocumentAssembler", inputCol="text", outputCol="document")
    folder = pipeline(tmp_path / "mine", made)
    shutil.rmtree(folder / "stages" / f"0_{made[0]}")
    with pytest.raises(ModelFileMissing, match=made[0]):
        annopipe.import_pipeline(folder)


def test_loading_what_spark_saved_says_who_reads_it(tmp_path: Path) -> None:
    folder = pipeline(tmp_path / "mine", stage(tmp_path, "DocumentAssembler", inputCol="text"))
    with pytest.raises(SavedPipelineError, match="import_pipeline"):
        PipelineModel.load(folder)
