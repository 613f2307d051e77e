"""Exports: what other programs load gives the same vectors, and comes back the same."""

import hashlib
import json
import os
import re
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

import annopipe
import tiny_model
from annopipe.albert.checkpoint import read_weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.model import AlbertModel
from annopipe.cli import main
from annopipe.errors import ModelNotFound, OutputTaken, ParamValueError
from annopipe.exporters import exporting
from annopipe.exporters.exporting import export_model
from importers.conftest import same_bits, store

__all__ = ["store"]

IDS = np.arange(2, 42, dtype=np.int64).reshape(2, 20) * 9 % 400
NAMES = ("input_ids", "attention_mask", "token_type_ids")


@pytest.fixture
def model_folder(tmp_path: Path, tiny_model_folder: Path) -> Path:
    return tiny_model_folder


def session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(path: Path, ids: Any, mask: Any) -> Any:
    return session(path).run(["last_hidden_state"], dict(zip(NAMES, (ids, mask, np.zeros_like(ids)), strict=True)))[0]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"hidden_act": "gelu"},
        {"hidden_act": "relu", "layer_norm_eps": 1e-5},
        {"num_hidden_layers": 6, "num_hidden_groups": 3, "inner_group_num": 2},
        {"num_attention_heads": 1},
    ],
)
def test_the_graph_gives_our_vectors_at_any_length_and_with_padding(changed: dict[str, Any], tmp_path: Path) -> None:
    folder = tiny_model.make_tiny_model(tmp_path / "model", config=replace(tiny_model.CONFIG, **changed))
    path = export_model(folder, to="onnx", output=tmp_path / "onnx") / "model.onnx"
    ours = AlbertModel.load(folder, threads=1).encoder
    for length in (1, 2, 20):
        ids = np.ascontiguousarray(IDS[:, :length])
        np.testing.assert_allclose(run(path, ids, np.ones_like(ids)), ours.run(ids), atol=2e-5)
    padded = np.zeros((2, 31), np.int64)
    padded[:, :20] = IDS
    mask = (np.arange(31) < 20).astype(np.int64)[np.newaxis].repeat(2, 0)
    np.testing.assert_allclose(run(path, padded, mask)[:, :20], ours.run(IDS), atol=2e-5)


def test_the_graph_has_the_usual_names_and_open_axes(model_folder: Path, tmp_path: Path) -> None:
    loaded = session(export_model(model_folder, to="onnx", output=tmp_path / "onnx") / "model.onnx")
    assert [one.name for one in loaded.get_inputs()] == list(NAMES)
    assert [one.shape for one in loaded.get_inputs()] == [["batch", "sequence"]] * 3
    assert [(one.name, one.shape) for one in loaded.get_outputs()] == [("last_hidden_state", ["batch", "sequence", 16])]


@pytest.mark.parametrize("to", exporting.FORMS)
def test_an_export_comes_back_bit_for_bit(to: str, model_folder: Path, store: Path, tmp_path: Path) -> None:
    written = export_model(model_folder, to=to, output=tmp_path / "out")
    card = annopipe.import_model(written / "load" if to == "spark-nlp" else written, "back")
    folder = store / "back_en"
    assert card.folder == folder
    config = AlbertConfig.read(model_folder)
    assert AlbertConfig.read(folder) == config
    expected, found = (read_weights(place, config) for place in (model_folder, folder))
    assert all(same_bits(found[name], values) for name, values in expected.items())
    assert (folder / "spiece.model").read_bytes() == (model_folder / "spiece.model").read_bytes()
    assert AlbertModel.load(folder).vocabulary.do_lower_case


def test_capitals_are_kept_all_the_way(store: Path, tmp_path: Path) -> None:
    folder = tiny_model.make_tiny_model(tmp_path / "cased", do_lower_case=False)
    for to in exporting.FORMS:
        written = export_model(folder, to=to, output=tmp_path / to)
        name = f"cased_{to.replace('-', '_')}"
        annopipe.import_model(written / "load" if to == "spark-nlp" else written, name)
        assert not AlbertModel.load(store / f"{name}_en").vocabulary.do_lower_case


@pytest.mark.parametrize("to", exporting.FORMS)
def test_a_zip_is_named_as_releases_are_and_comes_back(
    to: str, model_folder: Path, store: Path, tmp_path: Path
) -> None:
    written = export_model(model_folder, to=to, output=tmp_path / "out", zip=True, version="2.1")
    versions = "5.5.3_3.0" if to == "spark-nlp" else "2.1_3.0"
    assert re.fullmatch(rf"tiny_albert_en_{re.escape(versions)}_\d{{13}}\.zip", written.name)
    digest = hashlib.sha256(written.read_bytes()).hexdigest()
    assert (written.parent / f"{written.name}.sha256").read_text() == f"{digest}  {written.name}\n"
    assert sorted(path.name for path in written.parent.iterdir()) == [written.name, f"{written.name}.sha256"]
    annopipe.import_model(written, sha256=digest)
    assert (store / "tiny_albert_en" / "model.safetensors").is_file()
    with zipfile.ZipFile(written) as archive:
        names = set(archive.namelist())
        sums = archive.read("SHA256SUMS").decode() if "SHA256SUMS" in names else ""
        for line in sums.splitlines():
            expected, _, name = line.partition("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == expected
    assert ("SHA256SUMS" in names) == (to != "spark-nlp")
    assert ("albert_onnx" in names) == (to == "spark-nlp")


def test_a_company_serves_its_own_zip_from_a_folder(model_folder: Path, store: Path, tmp_path: Path) -> None:
    export_model(model_folder, output=tmp_path / "share", zip=True)
    stage = annopipe.AlbertEmbeddings.pretrained("tiny_albert", "en", str(tmp_path / "share"))
    assert stage.getDimension() == 16


def test_the_version_of_an_import_is_that_of_its_zip(model_folder: Path, store: Path, tmp_path: Path) -> None:
    annopipe.import_model(model_folder, "mine", version="3.2")
    assert "mine_en_3.2_3.0_" in export_model("mine", output=tmp_path, zip=True).name


def test_spark_nlps_saved_form(model_folder: Path, tmp_path: Path) -> None:
    """As Spark NLP 5.5.3 writes it: the same files, a checksum beside each, and metadata of one line."""
    folder = export_model(model_folder, to="spark-nlp", output=tmp_path / "out") / "load"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    plain = {"albert_onnx", "albert_spp", "metadata/part-00000", "metadata/_SUCCESS"}
    assert plain < files
    assert files - plain == {
        ".albert_onnx.crc",
        ".albert_spp.crc",
        "metadata/.part-00000.crc",
        "metadata/._SUCCESS.crc",
    }
    for name in plain:
        path = folder / name
        chunks = [path.read_bytes()[at : at + 512] for at in range(0, path.stat().st_size, 512)]
        sums = b"".join(zlib.crc32(chunk).to_bytes(4, "big") for chunk in chunks)
        assert path.with_name(f".{path.name}.crc").read_bytes() == b"crc\0\0\0\2\0" + sums
    [line] = (folder / "metadata" / "part-00000").read_text().splitlines()
    told = json.loads(line)
    assert told["class"] == "com.johnsnowlabs.nlp.embeddings.AlbertEmbeddings"
    assert told["paramMap"]["dimension"] == 16
    assert told["paramMap"]["engine"] == "onnx"
    with zipfile.ZipFile(folder / "albert_onnx") as archive:
        assert archive.namelist() == ["model.onnx"]


def test_what_loadsavedmodel_takes(model_folder: Path, tmp_path: Path) -> None:
    folder = export_model(model_folder, to="spark-nlp", output=tmp_path / "out") / "loadSavedModel"
    assert (folder / "assets" / "spiece.model").read_bytes() == (model_folder / "spiece.model").read_bytes()
    ours = AlbertModel.load(model_folder, threads=1).encoder.run(IDS)
    np.testing.assert_allclose(run(folder / "model.onnx", IDS, np.ones_like(IDS)), ours, atol=2e-5)


def test_spark_nlp_may_try_a_model_with_ids_that_it_does_not_have(model_folder: Path, tmp_path: Path) -> None:
    """It does so with each ALBERT that it loads: `Albert.sessionWarmup` of Spark NLP 5.5.3, ids up to 28 937."""
    folder = export_model(model_folder, to="spark-nlp", output=tmp_path / "out")
    with zipfile.ZipFile(folder / "load" / "albert_onnx") as archive:
        archive.extract("model.onnx", tmp_path)
    ids = np.array([[2, 101, 28937, 3]])
    for path in (folder / "loadSavedModel" / "model.onnx", tmp_path / "model.onnx"):
        last = AlbertConfig.read(model_folder).vocab_size - 1
        expected = run(path, np.minimum(ids, last), np.ones_like(ids))
        assert same_bits(run(path, ids, np.ones_like(ids)), expected)


def test_nothing_is_overwritten(model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(OutputTaken, match="not an empty folder"):
        export_model(model_folder, output=tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


@pytest.mark.parametrize("zip", [False, True])
def test_an_export_that_fails_leaves_nothing(
    zip: bool, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(exporting, "write_saved", full)
    with pytest.raises(OSError, match=re.escape(os.strerror(28))):
        export_model(model_folder, to="spark-nlp", output=tmp_path / "out", zip=zip)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("given", [{"to": "pytorch"}, {"version": "new"}])
def test_wrong_choices(given: dict[str, str], model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ParamValueError):
        export_model(model_folder, output=tmp_path / "out", **given)


def test_an_unknown_model(store: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        export_model("no_such_model_at_all", output=tmp_path / "out")


def test_the_command(
    model_folder: Path, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    annopipe.import_model(model_folder, "mine")
    monkeypatch.chdir(tmp_path)
    assert main(["export", "mine", "--to", "onnx"]) == 0
    assert capsys.readouterr().out == "mine_en\n"
    assert (tmp_path / "mine_en" / "model.onnx").is_file()
    assert main(["export", "mine", "--to", "spark-nlp", "--zip", "-o", "zips"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert Path(line).is_file()
    assert main(["export", "mine", "--to", "onnx"]) == 2
    assert "OutputTaken" in capsys.readouterr().err


@pytest.mark.oracle
def test_transformers_loads_it(model_folder: Path, tmp_path: Path) -> None:
    torch, transformers = (pytest.importorskip(name) for name in ("torch", "transformers"))
    folder = export_model(model_folder, output=tmp_path / "hf")
    theirs = transformers.AlbertModel.from_pretrained(str(folder), add_pooling_layer=False).eval()
    with torch.no_grad():
        states = theirs(torch.from_numpy(IDS)).last_hidden_state.numpy()
    np.testing.assert_allclose(AlbertModel.load(model_folder, threads=1).encoder.run(IDS), states, atol=2e-5)


@pytest.mark.oracle
def test_the_graph_is_valid(model_folder: Path, tmp_path: Path) -> None:
    checker = pytest.importorskip("onnx").checker
    path = export_model(model_folder, to="onnx", output=tmp_path / "onnx") / "model.onnx"
    checker.check_model(str(path), full_check=True)
