"""What Spark NLP saved: folders of its two engines, and a pipeline, recorded from Spark NLP 5.5.3."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe.albert.checkpoint import read_weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.encoder import Encoder
from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import WordSettings
from annopipe.errors import AnnopipeError, ModelFileMissing, OtherArchitecture, SourceError
from annopipe.exporters.exporting import export_model
from annopipe.importers.found import Choices
from annopipe.importers.spark_nlp import read
from importers.conftest import same_bits

ENGINES = ("onnx", "tensorflow", "pipeline")
BATCH = 8
PAD = 1
"""The id with which Spark NLP fills up shorter sentences, attended like any other."""


@pytest.fixture
def saved(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A folder in the form that Spark NLP saves, written by us."""
    return export_model(tiny_model_folder, to="spark-nlp", output=tmp_path / "exported") / "load"


def zipped(reference: Path, engine: str) -> Path:
    return reference / "golden" / "saved" / f"albert_tiny_{engine}.zip"


def unzipped(reference: Path, engine: str, folder: Path) -> Path:
    with zipfile.ZipFile(zipped(reference, engine)) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.reference
@pytest.mark.parametrize("engine", ENGINES)
def test_weights_are_those_that_were_saved(engine: str, reference: Path, tmp_path: Path) -> None:
    source = reference / "models" / "albert-tiny-random"
    config = AlbertConfig.read(source)
    found = read(unzipped(reference, engine, tmp_path / "saved"), Choices())
    for key in AlbertConfig.__dataclass_fields__:
        assert found.config[key] == getattr(config, key), key
    expected = read_weights(source, config)
    assert found.tensors.keys() == expected.keys()
    assert all(same_bits(found.tensors[name], values) for name, values in expected.items())
    assert found.vocabulary == (source / "spiece.model").read_bytes()
    assert found.assumed == ()


@pytest.mark.reference
@pytest.mark.parametrize("engine", ENGINES)
def test_vectors_in_spark_nlps_dialect(engine: str, reference: Path, store: Path) -> None:
    """Bit for bit: the ONNX file keeps every bit of the weights, too."""
    annopipe.import_model(zipped(reference, engine), "tiny")
    texts = [record["text"] for record in records(reference)]
    imported, direct = (
        vectors(folder, texts) for folder in (store / "tiny_en", reference / "models" / "albert-tiny-random")
    )
    assert same_bits(imported, direct)


def vectors(folder: Path, texts: list[str]) -> Any:
    """Vectors of the words between spaces."""
    begin, end, counts = [], [], [0]
    for text in texts:
        at = 0
        for word in text.split():
            at = text.index(word, at)
            begin.append(at)
            end.append(at := at + len(word))
        counts.append(len(begin))
    places = (np.array(values, np.int64) for values in (begin, end, counts))
    return AlbertModel.load(folder, threads=1).embed_words(texts, *places, WordSettings(dialect="sparknlp")).vectors


def records(reference: Path) -> list[dict[str, Any]]:
    path = reference / "golden" / "saved" / "vectors.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.reference
@pytest.mark.parametrize("engine", ["onnx", "tensorflow"])
def test_what_spark_nlp_gave(engine: str, reference: Path, tmp_path: Path) -> None:
    """Recorded by batches of eight rows, padded to the longest: built anew at the level of ids."""
    found = read(unzipped(reference, engine, tmp_path / "saved"), Choices())
    config = AlbertConfig(**{key: found.config[key] for key in AlbertConfig.__dataclass_fields__})
    encoder = Encoder(config, dict(found.tensors), threads=1)
    vocabulary = AlbertModel.load(reference / "models" / "albert-tiny-random").vocabulary
    recorded = np.load(reference / "golden" / "saved" / "vectors.npz")[f"vectors_{engine}"]
    rows = records(reference)
    seen, alone = 0, 0
    for first in range(0, len(rows), BATCH):
        batch = [pieces_of(row, vocabulary) for row in rows[first : first + BATCH]]
        width = max(len(ids) for ids, _ in batch)
        ids = np.full((len(batch), width), PAD, np.int64)
        for place, (row, _) in enumerate(batch):
            ids[place, : len(row)] = row
        states = encoder.run(ids)
        for place, (row, takes) in enumerate(batch):
            for at, number in takes:
                assert np.abs(states[place, at] - recorded[number]).max() < 1e-4
                seen += 1
                alone += len(row) == width
    assert seen == len(recorded) == 376
    assert alone == 114


def pieces_of(row: dict[str, Any], vocabulary: Any) -> tuple[list[int], list[tuple[int, int]]]:
    """Ids of a recorded row as Spark NLP encodes it, and which position belongs to which recorded vector."""
    ids, takes = [vocabulary.cls_id], []
    for _, begin, end, _, metadata, number in row["embeddings"]:
        pieces = vocabulary.processor.encode(row["text"][begin : end + 1].lower(), out_type=int)
        pieces = [piece for piece in pieces if piece != vocabulary.space_id]
        assert str(pieces[0]) == metadata["pieceId"]
        takes.append((len(ids), number))
        ids += pieces
    return [*ids, vocabulary.sep_id], takes


def test_what_we_save_comes_back(saved: Path, tiny_model_folder: Path) -> None:
    found = read(saved, Choices())
    config = AlbertConfig.read(tiny_model_folder)
    assert all(found.config[key] == getattr(config, key) for key in AlbertConfig.__dataclass_fields__)
    expected = read_weights(tiny_model_folder, config)
    assert all(same_bits(found.tensors[name], values) for name, values in expected.items())
    assert (found.settings["case_sensitive"], found.settings["max_sentence_length"]) == (False, 128)
    graph = found.graph
    assert graph is not None
    assert graph.is_file()
    found = replace(found, tensors={})
    assert graph.is_file()
    del found
    assert not graph.exists()


@pytest.mark.parametrize("name", ["metadata/part-00000", "metadata/_SUCCESS", "albert_onnx", "albert_spp"])
def test_a_folder_that_was_not_written_to_its_end(name: str, saved: Path) -> None:
    (saved / name).unlink()
    with pytest.raises(ModelFileMissing, match=name.rpartition("/")[2]):
        read(saved, Choices())


@pytest.mark.parametrize("name", ["metadata/part-00000", "albert_onnx", "albert_spp"])
def test_a_file_cut_off_is_told_by_its_checksum(name: str, saved: Path) -> None:
    whole = (saved / name).read_bytes()
    for end in (0, 1, len(whole) // 2, len(whole) - 1):
        (saved / name).write_bytes(whole[:end])
        with pytest.raises(SourceError, match=r"\.crc says"):
            read(saved, Choices())


@pytest.mark.parametrize("name", ["metadata/part-00000", "albert_onnx", "albert_spp"])
def test_a_file_cut_off_without_a_checksum(name: str, saved: Path) -> None:
    for path in saved.rglob(".*.crc"):
        path.unlink()
    whole = (saved / name).read_bytes()
    for end in (0, 1, len(whole) // 2, len(whole) - 20):
        (saved / name).write_bytes(whole[:end])
        try:
            found = read(saved, Choices())
        except AnnopipeError:
            continue
        assert name == "albert_spp", "only the vocabulary is looked at later"
        assert found.vocabulary == whole[:end]


def change_metadata(folder: Path, **values: Any) -> None:
    path = folder / "metadata" / "part-00000"
    path.with_name(".part-00000.crc").unlink(missing_ok=True)
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [
        ("com.johnsnowlabs.nlp.embeddings.BertEmbeddings", OtherArchitecture, "BertEmbeddings"),
        ("com.johnsnowlabs.nlp.annotators.classifier.dl.AlbertForTokenClassification", SourceError, "AlbertForToken"),
        ("com.johnsnowlabs.nlp.annotators.TokenizerModel", SourceError, "TokenizerModel"),
        ("org.apache.spark.ml.PipelineModel", SourceError, "names no stages"),
    ],
)
def test_another_class_is_named(kind: str, error: type[Exception], said: str, saved: Path) -> None:
    change_metadata(saved, **{"class": kind})
    with pytest.raises(error, match=said):
        read(saved, Choices())


@pytest.mark.parametrize("uid", ["../../etc", "", "a/b", 3, None])
def test_a_pipelines_stages_stay_in_its_folder(uid: Any, saved: Path) -> None:
    change_metadata(saved, **{"class": "org.apache.spark.ml.PipelineModel"}, paramMap={"stageUids": [uid]})
    with pytest.raises(SourceError, match="no name of a stage"):
        read(saved, Choices())


def test_openvino_is_refused_with_the_way_out(saved: Path) -> None:
    (saved / "albert_onnx").rename(saved / "albert_openvino")
    with pytest.raises(SourceError, match="openvino"):
        read(saved, Choices())


def test_the_engine_that_is_there_is_read_whatever_the_default_says(saved: Path) -> None:
    change_metadata(saved, paramMap={"caseSensitive": True}, defaultParamMap={"engine": "tensorflow"})
    assert read(saved, Choices()).settings["case_sensitive"] is True


def test_two_models_in_one_pipeline(saved: Path, tmp_path: Path) -> None:
    uids = ["ALBERT_EMBEDDINGS_1", "ALBERT_EMBEDDINGS_2"]
    pipeline = tmp_path / "pipeline"
    for place, uid in enumerate(uids):
        shutil.copytree(saved, pipeline / "stages" / f"{place}_{uid}")
    shutil.copytree(saved / "metadata", pipeline / "metadata")
    change_metadata(pipeline, **{"class": "org.apache.spark.ml.PipelineModel"}, paramMap={"stageUids": uids})
    with pytest.raises(SourceError, match="2 of AlbertEmbeddings"):
        read(pipeline, Choices())
    change_metadata(pipeline, paramMap={"stageUids": uids[:1]})
    assert read(pipeline, Choices()).kind == "spark-nlp"
