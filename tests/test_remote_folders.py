"""Pipelines, stages and models at addresses: fsspec's memory file system, and an S3 server on this machine."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, PipelineModel, Tokenizer, nlu, remote_folders
from annopipe.errors import MissingExtra, ModelFileMissing, RemoteFolderError, SavedPipelineError
from annopipe.remote_folders import RemoteFolder, is_address, path_here

fsspec = pytest.importorskip("fsspec", reason="fsspec is absent: pip install 'annopipe[remote]'")

TEXTS = ["Hello world", "one two three"]


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    pytest.importorskip("s3fs", reason="s3fs is absent: pip install 'annopipe[s3]'")
    server = pytest.importorskip("moto.server", reason="moto's server is absent: pip install 'moto[server]'")
    running = server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(params=["memory", "s3", "s3a", "renaming"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of an empty place in a store."""
    name = uuid.uuid4().hex
    if request.param in {"memory", "renaming"}:
        if request.param == "renaming":
            monkeypatch.setattr(remote_folders, "RENAMES", {"memory"})
        return f"memory://{name}"
    server = request.getfixturevalue("s3_server")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    fsspec.filesystem("s3", skip_instance_cache=True).mkdir(f"models-{name}")
    return f"{request.param}://models-{name}/below"


@pytest.fixture
def model(tiny_model_folder: Path) -> PipelineModel:
    stages = [
        DocumentAssembler(inputCol="text", outputCol="document"),
        Tokenizer(inputCols=["document"], outputCol="token"),
        AlbertEmbeddings.pretrained(str(tiny_model_folder)).setInputCols(["document", "token"]).setOutputCol("words"),
    ]
    return Pipeline(stages=stages).fit([""])


def vectors(model: Any) -> list[Any]:
    return [np.stack([word.embeddings for word in row["words"]]) for row in model.transform(TEXTS)]


def names(place: str) -> list[str]:
    return sorted(RemoteFolder.at(place).files())


def test_a_pipeline_there_and_back(place: str, model: PipelineModel) -> None:
    model.save(f"{place}/pipeline")
    loaded = PipelineModel.load(f"{place}/pipeline")
    assert all(np.array_equal(a, b) for a, b in zip(vectors(loaded), vectors(model), strict=True))
    with pytest.raises(SavedPipelineError, match="already exists"):
        model.write().save(f"{place}/pipeline")
    model.write().overwrite().save(f"{place}/pipeline")
    assert not [name for name in names(place) if not name.startswith("pipeline/")]
    assert len(PipelineModel.read().load(f"{place}/pipeline").stages) == 3
    assert annopipe.PretrainedPipeline.from_disk(f"{place}/pipeline").annotate("a b")["token"] == ["a", "b"]
    assert nlu.load(path=f"{place}/pipeline").predict("a b") is not None


def test_a_stage_there_and_back(place: str, tiny_model_folder: Path) -> None:
    stage = AlbertEmbeddings.pretrained(str(tiny_model_folder)).setOutputCol("x")
    stage.save(f"{place}/stage")
    assert AlbertEmbeddings.load(f"{place}/stage").getOutputCol() == "x"
    with pytest.raises(SavedPipelineError, match="AlbertEmbeddings"):
        Tokenizer.load(f"{place}/stage")
    Tokenizer(outputCol="t").write().overwrite().save(f"{place}/stage")
    assert Tokenizer.load(f"{place}/stage").getOutputCol() == "t"
    assert not [name for name in names(f"{place}/stage") if name.startswith("models/")]


def test_a_pipe_of_nlu_there_and_back(place: str, tiny_model_folder: Path) -> None:
    pipe = nlu.load(path=str(tiny_model_folder))
    pipe.save(f"{place}/pipe")
    assert list(nlu.load(path=f"{place}/pipe").predict("a b").columns) == list(pipe.predict("a b").columns)


def test_a_models_folder(place: str, tiny_model_folder: Path) -> None:
    RemoteFolder.at(f"{place}/model").put(tiny_model_folder, last="config.json")
    expected = list(annopipe.load(str(tiny_model_folder)).embed_words(TEXTS))
    for words in (
        list(annopipe.load(f"{place}/model").embed_words(TEXTS)),
        list(annopipe.load(f"{place}/model").embed_words(TEXTS)),
    ):
        assert all(np.array_equal(a.vectors, b.vectors) for a, b in zip(words, expected, strict=True))
    assert AlbertEmbeddings.loadSavedModel(f"{place}/model").getDimension() == 16
    assert nlu.load(path=f"{place}/model").predict("a b") is not None
    with pytest.raises(ModelFileMissing, match=r"no config\.json"):
        annopipe.load(f"{place}/elsewhere")


def test_what_is_foreign_is_neither_overwritten_nor_removed(place: str, model: PipelineModel) -> None:
    RemoteFolder.at(f"{place}/mine").write("letter.txt", b"dear")
    with pytest.raises(SavedPipelineError, match="not saved by annopipe"):
        model.write().overwrite().save(f"{place}/mine")
    model.save(f"{place}/pipeline")
    RemoteFolder.at(f"{place}/pipeline").write("models/letter.txt", b"dear")
    RemoteFolder.at(f"{place}/pipeline").write("letter.txt", b"dear")
    model.write().overwrite().save(f"{place}/pipeline")
    assert {"letter.txt", "models/letter.txt"} <= set(names(f"{place}/pipeline"))
    assert names(f"{place}/mine") == ["letter.txt"]


class Breaking:
    """A file system whose line dies after some files."""

    def __init__(self, system: Any, files: int) -> None:
        self._system, self._left = system, files

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def put_file(self, *args: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise OSError("the line is dead")
        return self._system.put_file(*args)


@pytest.mark.parametrize("files", [0, 1, 3])
def test_a_save_that_breaks_off_is_never_loaded(
    files: int, place: str, model: PipelineModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = RemoteFolder.at(f"{place}/pipeline")
    broken = RemoteFolder(whole.address, Breaking(whole.system, files), whole.path)
    with monkeypatch.context() as patched:
        patched.setattr(RemoteFolder, "at", lambda _: broken)
        with pytest.raises(RemoteFolderError, match="the line is dead"):
            model.save(f"{place}/pipeline")
    with pytest.raises(SavedPipelineError, match=f"{place}/pipeline"):
        PipelineModel.load(f"{place}/pipeline")
    assert "pipeline/annopipe.json" not in names(place)
    if {"memory"} == remote_folders.RENAMES:
        assert not whole.files()


def test_an_overwrite_that_breaks_off_leaves_the_old_one_whole(
    place: str, model: PipelineModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    Tokenizer(outputCol="old").save(f"{place}/saved")
    whole = RemoteFolder.at(f"{place}/saved")
    broken = RemoteFolder(whole.address, Breaking(whole.system, 3), whole.path)
    with monkeypatch.context() as patched:
        patched.setattr(RemoteFolder, "at", lambda _: broken)
        with pytest.raises(RemoteFolderError, match="the line is dead"):
            model.save(f"{place}/saved", overwrite=True)
    assert Tokenizer.load(f"{place}/saved").getOutputCol() == "old"
    model.save(f"{place}/saved", overwrite=True)
    assert len(PipelineModel.load(f"{place}/saved").stages) == 3


def test_a_folder_without_its_last_file_says_so(place: str, model: PipelineModel) -> None:
    model.save(f"{place}/pipeline")
    remote = RemoteFolder.at(f"{place}/pipeline")
    remote.system.rm_file(f"{remote.path}/annopipe.json")
    with pytest.raises(SavedPipelineError, match=f"{place}/pipeline has no annopipe.json: it was copied in part"):
        PipelineModel.load(f"{place}/pipeline")
    with pytest.raises(SavedPipelineError, match="does not exist: " + f"{place}/none"):
        PipelineModel.load(f"{place}/none")


def test_a_model_that_was_damaged_there(place: str, model: PipelineModel) -> None:
    model.save(f"{place}/pipeline")
    remote = RemoteFolder.at(f"{place}/pipeline")
    weights = next(name for name in remote.files() if name.endswith("model.safetensors"))
    content = bytearray(remote.read(weights))
    content[-1] ^= 1
    remote.write(weights, bytes(content))
    with pytest.raises(annopipe.errors.AnnopipeError, match="damaged"):
        PipelineModel.load(f"{place}/pipeline")


def test_names_that_leave_the_folder(model: PipelineModel) -> None:
    place = f"memory://{uuid.uuid4().hex}/pipeline"
    model.save(place)
    remote = RemoteFolder.at(place)
    remote.system.store[f"{remote.path}/models/../../../evil"] = remote.system.store[f"{remote.path}/annopipe.json"]
    with pytest.raises(RemoteFolderError, match="leaves it"):
        PipelineModel.load(place)


@pytest.mark.parametrize(
    ("module", "address", "extra"),
    [
        ("s3fs", "s3a://bucket/x", "s3"),
        ("gcsfs", "gs://bucket/x", "gcs"),
        ("adlfs", "abfs://box@account/x", "azure"),
        ("fsspec", "memory://x", "remote"),
    ],
)
def test_a_missing_library_is_named(module: str, address: str, extra: str, tmp_path: Path) -> None:
    program = f"""
import sys
sys.modules[{module!r}] = None
import annopipe
for call in (annopipe.Tokenizer().save, annopipe.Tokenizer.load, annopipe.load,
             annopipe.AlbertEmbeddings.loadSavedModel, annopipe.PretrainedPipeline):
    try:
        call({address!r})
    except annopipe.errors.MissingExtra as error:
        assert "annopipe[{extra}]" in str(error), error
    else:
        raise AssertionError(call)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_secrets_are_not_shown(model: PipelineModel) -> None:
    for address in ("nosuch://me:s3cret@host/x", "nosuch://host/x?sig=s3cret"):
        with pytest.raises((RemoteFolderError, MissingExtra)) as caught:
            model.save(address)
        assert "s3cret" not in str(caught.value)


def test_addresses_and_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: PipelineModel) -> None:
    assert [is_address(one) for one in ("s3://b/x", "dbfs:/x", "hdfs:///x", "hdfs:/x", "gs://b")] == [True] * 5
    assert [is_address(one) for one in ("x", "/x", "file:/x", "file:///x", r"C:\x", "C:/x", "a:b")] == [False] * 7
    model.save(f"file://{tmp_path}/one two")
    assert PipelineModel.load(f"file://{tmp_path}/one%20two").stages
    monkeypatch.setenv("HOME", str(tmp_path))
    model.save("~/saved")
    assert (tmp_path / "saved" / "annopipe.json").is_file()
    monkeypatch.setattr(remote_folders, "DBFS_MOUNT", tmp_path)
    assert not is_address("dbfs:/saved")
    assert PipelineModel.load("dbfs:/saved").stages
    assert path_here("dbfs:/Volumes/a/b") == Path("/Volumes/a/b")


def test_databricks_from_elsewhere_names_its_variables(model: PipelineModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABRICKS_HOST", raising=False)
    with pytest.raises(RemoteFolderError, match="DATABRICKS_HOST and DATABRICKS_TOKEN"):
        model.save("dbfs:/x")
