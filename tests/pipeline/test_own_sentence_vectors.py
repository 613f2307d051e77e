"""A model with sentence vectors of its own gives the same numbers on every way that leads to it."""

import pickle
import shutil
import uuid
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

import annopipe
from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, PipelineModel, SentenceEmbeddings, Tokenizer
from annopipe.cli import main
from annopipe.errors import AnnopipeWarning, ParamValueError, SentenceHeadError, StoreError
from annopipe.pipeline.text_functions import SentenceFunction, embedder_of, stage_of
from annopipe.spark.delivery import _zipped
from hub.local_hub import LocalHub, Repository
from importers.torch_zip import save
from sentence_models import NORMALIZE, dense, make_sentence_model, switched, write

TEXTS = ["the house of the river", "", "a good morning and the light of winter"]
LAYOUTS = ("", "0_Transformer")

Floats = NDArray[np.float32]


def made(folder: Path, transformer: str = "") -> Path:
    settings = {"prompts": {"query": "the "}, "default_prompt_name": "query"}
    steps = [dense(), NORMALIZE]
    return make_sentence_model(folder, switched("cls"), steps, transformer=transformer, length=20, settings=settings)


@pytest.fixture(params=LAYOUTS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return made(tmp_path / "own", request.param)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def expected(folder: Path) -> Floats:
    found = vectors(annopipe.load(folder))
    assert found.shape == (3, 6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    return found


def vectors(model: Any, texts: list[str] = TEXTS) -> Floats:
    embedder = model if hasattr(model, "embed_sentences") else annopipe.load(model)
    return np.stack([sentence.vector for sentence in embedder.embed_sentences(texts)])


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_repr_and_describe_say_it(folder: Path) -> None:
    embedder = annopipe.load(folder)
    assert "cls, Dense 16 to 6 (Tanh), normalized" in repr(embedder)
    assert (embedder.dimension, embedder.sentence_dimension) == (16, 6)
    described = embedder.describe()
    assert described["Sentence vectors"] == "cls, Dense 16 to 6 (Tanh), normalized"
    assert described["Sentence length"] == "20 pieces"
    assert "query before every text" in described["Prompts"]


def test_pickles_and_saved_pipelines(folder: Path, expected: Floats, tmp_path: Path) -> None:
    np.testing.assert_array_equal(vectors(pickle.loads(pickle.dumps(annopipe.load(folder)))), expected)  # noqa: S301
    stage = AlbertEmbeddings.pretrained(str(folder)).setInputCols("document", "token")
    assembler = DocumentAssembler(inputCol="text", outputCol="document")
    tokenizer = Tokenizer(inputCols=["document"], outputCol="token")
    Pipeline(stages=[assembler, tokenizer, stage]).fit().save(tmp_path / "saved")
    shutil.rmtree(folder)
    loaded = PipelineModel.load(tmp_path / "saved").stages[-1]
    np.testing.assert_array_equal(vectors(embedder_of(loaded)), expected)


def test_functions_of_columns(folder: Path, expected: Floats) -> None:
    for model in (folder, annopipe.load(folder), AlbertEmbeddings.pretrained(str(folder))):
        found = SentenceFunction(stage_of(model))(pa.array([*TEXTS, None]))
        np.testing.assert_array_equal(np.array(found.to_pylist()[:3], np.float32), expected)
        assert found.to_pylist()[3] is None


def test_polars(folder: Path, expected: Floats) -> None:
    pl = pytest.importorskip("polars")
    import annopipe.polars

    assert annopipe.polars.AlbertExpressions
    frame = pl.DataFrame({"text": TEXTS}).select(pl.col("text").albert.sentence(str(folder)))
    assert frame.schema["text"] == pl.Array(pl.Float32, 6)
    np.testing.assert_array_equal(frame["text"].to_numpy(), expected)


def test_duckdb(folder: Path, expected: Floats) -> None:
    duckdb = pytest.importorskip("duckdb")
    from annopipe.duckdb import register

    with duckdb.connect() as connection:
        register(connection, str(folder))
        rows = connection.execute("select albert_sentence(unnest(?))", [TEXTS]).fetchall()
    np.testing.assert_array_equal(np.array([row[0] for row in rows], np.float32), expected)


def test_scikit_learn(folder: Path, expected: Floats) -> None:
    pytest.importorskip("sklearn")
    from annopipe.sklearn import AlbertVectorizer

    np.testing.assert_array_equal(AlbertVectorizer(str(folder)).fit(TEXTS).transform(TEXTS), expected)
    assert AlbertVectorizer(str(folder), pooling="mean").fit_transform(TEXTS).shape == (3, 16)


@pytest.mark.parametrize("options", [{"level": "sentence"}, {"level": "both"}, {"level": "both", "flat": True}])
def test_datasets(folder: Path, expected: Floats, tmp_path: Path, options: Any) -> None:
    source = tmp_path / "texts.parquet"
    pq.write_table(pa.table({"text": TEXTS}), source)
    report = annopipe.embed_dataset(source, tmp_path / "out", model=folder, progress=False, **options)
    assert report.truncated == 0
    place = tmp_path / "out" / "sentences" if options.get("flat") else tmp_path / "out"
    found = pa.concat_tables(pq.read_table(path) for path in sorted(place.glob("*.parquet")))
    np.testing.assert_array_equal(np.array(found["vector"].to_pylist(), np.float32), expected)


def test_a_dataset_counts_what_the_models_length_cuts(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "texts.parquet"
    long = "the light of the river in the garden " * 4
    pq.write_table(pa.table({"text": [*TEXTS, long]}), source)
    with pytest.warns(AnnopipeWarning, match="takes 20 pieces"):
        report = annopipe.embed_dataset(source, tmp_path / "out", model=folder, level="sentence", progress=False)
    (sentence,) = annopipe.load(folder).embed_sentences([long])
    assert report.truncated == sentence.cut > 0


def test_comparisons(folder: Path, expected: Floats) -> None:
    embedder = annopipe.load(folder)
    assert embedder.similarity(TEXTS[0], TEXTS[2]) == pytest.approx(float(expected[0] @ expected[2]), abs=1e-6)
    near = embedder.most_similar(TEXTS[0], TEXTS)
    assert [one.text for one in near] == [TEXTS[2]]
    with pytest.raises(ParamValueError, match="cannot be compared"):
        embedder.similarity(TEXTS[0], (TEXTS[0], "house"))
    assert embedder.similarity((TEXTS[0], "house"), (TEXTS[0], "river")) <= 1


def test_what_is_delivered_to_workers_holds_it(folder: Path, expected: Floats, tmp_path: Path) -> None:
    write(folder / "notes" / "other.json", {})
    with zipfile.ZipFile(_zipped(folder, tmp_path / "model.zip")) as archive:
        archive.extractall(tmp_path / "worker")
    assert not (tmp_path / "worker" / "notes").exists()
    there = annopipe.load(tmp_path / "worker")
    np.testing.assert_array_equal(vectors(there), expected)
    assert there.model.content_hash == annopipe.load(folder).model.content_hash


@pytest.mark.parametrize("weights", ["safetensors", "torch"])
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_imports_and_the_card(
    folder: Path, expected: Floats, store: Path, tmp_path: Path, form: str, weights: str
) -> None:
    if weights == "torch":
        (folder / "2_Dense" / "model.safetensors").unlink()
        save(folder / "2_Dense" / "pytorch_model.bin", dense()[2])
    source = folder
    if form == "zip":
        source = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder.parent, folder.name))
    card = annopipe.import_model(source, "mine")
    np.testing.assert_allclose(vectors("mine"), expected, atol=1e-6)
    assert card.information["Sentence vectors"] == "cls, Dense 16 to 6 (Tanh), normalized"
    assert card.information["Sentence dimension"] == "6"
    assert "cls, Dense 16 to 6 (Tanh), normalized" in str(annopipe.card("mine"))
    assert annopipe.import_model(source, "mine").folder == card.folder
    path = card.folder / "1_Pooling" / "config.json"
    path.write_bytes(path.read_bytes().replace(b'"pooling_mode_cls_token": true', b'"pooling_mode_max_tokens": true'))
    with pytest.raises(StoreError, match=r"1_Pooling/config\.json was changed"):
        annopipe.load("mine")


@pytest.mark.parametrize("to", ["hf", "onnx"])
@pytest.mark.parametrize("packed", [False, True])
def test_exports_hold_it(folder: Path, expected: Floats, store: Path, tmp_path: Path, to: str, packed: bool) -> None:
    written = annopipe.export_model(folder, to=to, output=tmp_path / "exported", zip=packed)
    annopipe.import_model(written, "back")
    np.testing.assert_allclose(vectors("back"), expected, atol=1e-5)


def test_an_export_to_spark_nlp_says_what_it_cannot_hold(tmp_path: Path) -> None:
    folder = made(tmp_path / "for_spark_nlp")
    with pytest.warns(AnnopipeWarning, match="Spark NLP's forms do not hold"):
        annopipe.export_model(folder, to="spark-nlp", output=tmp_path / "exported")


@pytest.mark.parametrize("weights", ["safetensors", "torch"])
def test_a_hub_gives_it(
    folder: Path, expected: Floats, store: Path, monkeypatch: pytest.MonkeyPatch, weights: str
) -> None:
    pytest.importorskip("huggingface_hub")
    for name in ("ANNOPIPE_OFFLINE", "ANNOPIPE_CATALOG", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    content = files(folder)
    if weights == "torch":
        del content["2_Dense/model.safetensors"]
        content["2_Dense/pytorch_model.bin"] = save(folder.parent / "torch.bin", dense()[2]).read_bytes()
    content |= {"README.md": b"#", "openvino/openvino_model.bin": b"no", "onnx/model.onnx": b"no"}
    with LocalHub({"some/sentences": Repository(content)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        stage = AlbertEmbeddings.pretrained("mine", "en", "some/sentences")
        assert hub.count("get", "openvino") == hub.count("get", "onnx") == 0
    np.testing.assert_allclose(vectors(embedder_of(stage)), expected, atol=1e-6)
    np.testing.assert_allclose(vectors("mine"), expected, atol=1e-6)
    assert annopipe.card("mine").information["Sentence vectors"].startswith("cls, Dense")


def test_a_catalogs_folder_gives_it(
    folder: Path, expected: Floats, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = AlbertEmbeddings.pretrained("mine", "en", str(folder))
    np.testing.assert_allclose(vectors(embedder_of(stage)), expected, atol=1e-6)
    np.testing.assert_allclose(vectors("mine"), expected, atol=1e-6)


def test_an_address_gives_it(folder: Path, expected: Floats) -> None:
    fsspec = pytest.importorskip("fsspec")
    place = f"memory://{uuid.uuid4().hex}/own"
    fsspec.filesystem("memory").put(f"{folder}/", f"{place}/", recursive=True)
    np.testing.assert_array_equal(vectors(annopipe.load(place)), expected)


def test_an_unknown_module_is_refused_at_the_import_and_its_encoder_is_not(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_sentence_model(tmp_path / "own", switched("mean"), [("LSTM", {"hidden_dim": 4}, {})])
    with pytest.raises(SentenceHeadError, match="LSTM"):
        annopipe.load(folder)
    assert main(["import", str(folder), "--name", "mine"]) == 2
    assert "LSTM" in capsys.readouterr().err
    assert not (store / "mine_en").exists()
    assert main(["import", str(folder), "--name", "mine", "--no-sentence-head"]) == 0
    assert vectors("mine").shape == (3, 16)
    assert not (store / "mine_en" / "modules.json").exists()


def test_averages_of_word_vectors_say_that_they_are_not_the_models_own(tmp_path: Path) -> None:
    folder = made(tmp_path / "own")
    tokens = [
        DocumentAssembler(inputCol="text", outputCol="document"),
        Tokenizer(inputCols=["document"], outputCol="t"),
    ]
    words = AlbertEmbeddings.pretrained(str(folder)).setInputCols("document", "t").setOutputCol("words")
    pooled = SentenceEmbeddings(inputCols=["document", "words"], outputCol="mean")
    with pytest.warns(AnnopipeWarning, match=r"average of word vectors.*embed_sentences"):
        Pipeline(stages=[*tokens, words, pooled]).fit().transform(TEXTS)
    asked = SentenceEmbeddings(inputCols=["document", "words"], outputCol="mean", poolingStrategy="AVERAGE")
    assert len(Pipeline(stages=[*tokens, words, asked]).fit().transform(TEXTS)) == 3
