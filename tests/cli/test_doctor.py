"""The doctor tells what is here, and finds what is broken."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from annopipe.bulk.stages import Choice
from annopipe.cli import main
from annopipe.cli.doctor import machine as processor
from annopipe.cli.doctor import machine as versions
from annopipe.cli.doctor import models, spark
from annopipe.cli.doctor import models as hub
from annopipe.cli.doctor import models as self_test
from annopipe.cli.doctor.machine import EXTRAS
from annopipe.cli.doctor.section import Section
from annopipe.spark import packages

PROJECT = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(self_test, "SECONDS", 0.01)
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))


def test_report_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["versions", "extras", "processor", "models", "hub", "spark", "self-test"]
    assert report["models"]["store"] == str(tmp_path / "store")
    assert report["models"]["store is set by"] == "ANNOPIPE_HOME"
    assert report["models"]["bundled"] == ["albert_mini_en"]
    assert int(report["self-test"]["speed"].split()[0]) > 0
    assert not any(section["faults"] for section in report.values())


def test_report_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "versions\n  annopipe " in shown
    assert shown.endswith("all is well\n")


def test_models_of_the_store_are_listed(tmp_path: Path) -> None:
    shutil.copytree(models.BUNDLED / "albert_mini_en", tmp_path / "store" / "mine_en")
    assert models.models().facts["in the store"] == ["mine_en"]


def test_a_model_of_the_store_that_cannot_be_read_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    (tmp_path / "store" / "bad_en").mkdir(parents=True)
    (tmp_path / "store" / "bad_en" / "config.json").write_text("x", "utf-8")
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "bad_en (damaged)" in shown
    assert "faults found: 1" in shown


def test_a_store_that_is_no_folder_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").write_text("a file", "utf-8")
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    assert hub.hub().facts["store may be written"] is False


def test_a_changed_bundled_file_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(models.BUNDLED, tmp_path / "models")
    with (copy / "albert_mini_en" / "config.json").open("a") as config:
        config.write("\n")
    monkeypatch.setattr(models, "BUNDLED", copy)
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "FAULT: " in shown
    assert "faults found: 1" in shown


def test_a_model_that_does_not_load_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "Choice", lambda: Choice(model="no_such_model"))
    (fault,) = self_test.self_test().faults
    assert fault.startswith("ModelNotFound: no model 'no_such_model'")


def test_an_absent_library_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "NEEDED", ("numpy", "no-such-library"))
    assert versions.versions().faults == ("no-such-library is absent: pip install no-such-library",)


def test_a_pyspark_without_java_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(packages, "has_sail", lambda: False)
    monkeypatch.setattr(packages, "installed", {"pyspark": "4.1.0"}.get)
    monkeypatch.setattr(packages, "find_spec", lambda _: object())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "pyspark is there and needs Java" in str(spark.spark().facts["start() takes"])


@pytest.mark.parametrize("pyspark", ["3.5.0", "4.1.0"])
def test_numpy_2_is_no_fault_beside_any_pyspark(monkeypatch: pytest.MonkeyPatch, pyspark: str) -> None:
    def faults(**others: str) -> list[str]:
        monkeypatch.setattr(spark, "installed_version", {"pyspark": pyspark, "pandas": "2.3.0", **others}.get)
        return [fault for fault in spark.spark().faults if "pip install" in fault]

    assert faults(numpy="2.4.1", pyarrow="26.0.1") == []
    assert faults(numpy="1.26.4", pyarrow="25.0.0") == []
    assert "pip install -U numpy" in faults(numpy="1.26.4", pyarrow="26.0.1")[0]
    assert "pip install 'pandas<3'" in faults(numpy="2.4.1", pandas="3.0.0")[0]


def test_extras_and_needs_are_those_of_the_project() -> None:
    assert set(EXTRAS) == set(PROJECT["optional-dependencies"])
    for extra, (library, _) in EXTRAS.items():
        assert PROJECT["optional-dependencies"][extra][0].startswith(library)
    assert set(versions.NEEDED) == {need.split(">")[0] for need in PROJECT["dependencies"]}


def test_a_system_that_tells_nothing_of_its_processor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "absent")
    section = processor.processor()
    assert section.facts["instructions"] is None
    assert "not readable here" in "\n".join(section.lines())
    assert section.facts["usable threads"] >= 1


def test_instructions_come_from_the_flags(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nmodel name\t: Some CPU: fast\nflags : fpu avx2 avx512f\n\nprocessor : 1\n")
    monkeypatch.setattr(processor, "CPUINFO", info)
    assert processor.processor().facts["name"] == "Some CPU: fast"
    assert processor.processor().facts["instructions"] == ["avx2", "avx512f"]


def test_a_section_writes_its_values_for_people() -> None:
    section = Section("part", {"a": True, "bb": [], "c": ["x", 1]}, ("broken",))
    assert section.lines() == ["part", "  a   yes", "  bb  none", "  c   x, 1", "  FAULT: broken"]
