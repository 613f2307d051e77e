"""What Spark NLP fetched is found by its name before any network, and only read."""

import json
import logging
import shutil
from pathlib import Path

import pytest

from annopipe import AlbertEmbeddings
from annopipe.errors import AnnopipeWarning, ModelNotFound
from annopipe.exporters.exporting import export_model
from annopipe.hub import locate
from annopipe.hub.names import ModelName
from annopipe.hub.spark_nlp_cache import VARIABLE, cache_folder, find

NAME = "albert_embeddings_albert_base_v1"
FOLDER = f"{NAME}_en_3.4.2_3.0_1649954125996"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_model_folder: Path) -> Path:
    """A cache of Spark NLP's with one model, and an empty store; nothing may be fetched."""
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache_pretrained"))
    made = export_model(tiny_model_folder, to="spark-nlp", output=tmp_path / "exported") / "load"
    (tmp_path / "cache_pretrained").mkdir()
    made.rename(tmp_path / "cache_pretrained" / FOLDER)
    return tmp_path / "cache_pretrained"


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_the_usual_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert cache_folder() == tmp_path / "cache_pretrained"


def test_a_name_is_found_there_and_the_cache_only_read(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = contents(cache)
    with caplog.at_level(logging.INFO, "annopipe"):
        stage = AlbertEmbeddings.pretrained(NAME, "en", "public/models")
    assert FOLDER in caplog.text
    assert contents(cache) == before
    assert stage.getDimension() == 16
    shutil.rmtree(cache)
    assert locate(NAME).name == f"{NAME}_en"


def test_the_newest_is_taken(cache: Path) -> None:
    for other in (f"{NAME}_en_5.1.0_3.0_1600000000000", f"{NAME}_en_3.4.2_2.4_1700000000000", f"{NAME}_fr_9.0_3.0_1"):
        shutil.copytree(cache / FOLDER, cache / other)
    found = find(ModelName(NAME, "en"))
    assert found is not None
    assert found.name == f"{NAME}_en_5.1.0_3.0_1600000000000"


@pytest.mark.parametrize("name", ["metadata/_SUCCESS", "metadata/part-00000", "albert_onnx", "albert_spp"])
def test_a_half_written_one_is_passed_over_and_named(name: str, cache: Path) -> None:
    (cache / FOLDER / name).unlink()
    with pytest.warns(AnnopipeWarning, match=r"in Spark NLP's cache is passed over"), pytest.raises(ModelNotFound):
        locate(NAME)
    assert not (cache.parent / "store" / f"{NAME}_en").exists()


def test_an_older_whole_one_is_better_than_a_newer_half(cache: Path) -> None:
    newer = cache / f"{NAME}_en_5.1.0_3.0_1600000000000"
    shutil.copytree(cache / FOLDER, newer)
    (newer / "metadata" / "_SUCCESS").unlink()
    with pytest.warns(AnnopipeWarning, match="not written to its end"):
        found = find(ModelName(NAME, "en"))
    assert found == cache / FOLDER


def test_another_annotator_of_this_name_is_no_model(cache: Path) -> None:
    path = cache / FOLDER / "metadata" / "part-00000"
    kind = "com.johnsnowlabs.nlp.embeddings.BertEmbeddings"
    path.write_text(json.dumps({**json.loads(path.read_text()), "class": kind}))
    with pytest.warns(AnnopipeWarning, match="BertEmbeddings"):
        assert find(ModelName(NAME, "en")) is None


def test_no_cache_no_matter(cache: Path) -> None:
    shutil.rmtree(cache)
    assert find(ModelName(NAME, "en")) is None
