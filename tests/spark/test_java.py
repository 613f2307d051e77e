"""What is said where Apache Spark cannot be started: no pyspark, an old one, the client alone; no Java, an old one."""

from pathlib import Path

import pytest

from annopipe.errors import AnnopipeError, JavaError, MissingExtra, SessionError
from annopipe.spark import classic, packages, session
from annopipe.spark.java import version


def _java(folder: Path, release: str | None) -> Path:
    """Make a folder that looks like a Java's."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    (folder / "bin" / "java").chmod(0o755)
    if release is not None:
        (folder / "release").write_text(f'IMPLEMENTOR="X"\nJAVA_VERSION="{release}"\n')
    return folder


def _told(monkeypatch: pytest.MonkeyPatch, kind: type[AnnopipeError], text: str, **versions: str | None) -> None:
    """Check what is raised with versions of ``pyspark`` and of ``client`` installed."""
    installed = {"pyspark": versions.get("pyspark"), "pyspark-client": versions.get("client")}
    monkeypatch.setattr(classic, "installed", installed.get)
    monkeypatch.setattr(classic, "find_spec", lambda _: object())
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    with pytest.raises(kind, match=text) as told:
        classic.check_classic()
    assert type(told.value) is kind
    assert "\n" not in str(told.value)


def test_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    _told(monkeypatch, MissingExtra, r"needs pyspark: pip install 'annopipe\[spark\]'")
    _told(monkeypatch, MissingExtra, r"pyspark-client 4\.2\.0 is installed.* has no Spark of its own", client="4.2.0")
    _told(monkeypatch, MissingExtra, r"pyspark 3\.4\.1 is too old: annopipe needs 3\.5", pyspark="3.4.1")


def test_no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    _told(monkeypatch, JavaError, "no java on the search path, no JAVA_HOME", pyspark="4.0.0")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    _told(monkeypatch, JavaError, r"JAVA_HOME is .*gone, which has no bin/java.*annopipe\[sail\]", pyspark="4.0.0")


def test_no_java_is_told_by_a_start_that_names_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(session, "_running", None)
    monkeypatch.setattr(session, "_foreign", lambda: None)
    monkeypatch.setattr(packages, "has_sail", lambda: False)
    monkeypatch.setattr(packages, "find_spec", lambda _: object())
    for module in (packages, classic):
        monkeypatch.setattr(module, "installed", {"pyspark": "4.1.0"}.get)
    monkeypatch.setattr(classic, "find_spec", lambda _: object())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    with pytest.raises(JavaError, match=rf"needs Java, .*JAVA_HOME is {tmp_path}, .* pip install 'annopipe\[sail\]'"):
        session.start()


def test_an_old_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(_java(tmp_path / "java", "11.0.2")))
    _told(monkeypatch, JavaError, r"pyspark 4\.0\.0 needs Java 17 or later, and .* is Java 11", pyspark="4.0.0")
    monkeypatch.setattr(classic, "installed", {"pyspark": "3.5.1"}.get)
    classic.check_classic()


@pytest.mark.parametrize(("release", "number"), [("1.8.0_402", 8), ("17.0.15", 17), ("21", 21), (None, 11)])
def test_versions(tmp_path: Path, release: str | None, number: int) -> None:
    assert version(_java(tmp_path / "java", release) / "bin" / "java") == number


def test_a_server_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classic, "installed", {"pyspark": "4.0.0"}.get)
    monkeypatch.setattr(classic, "find_spec", lambda _: object())
    monkeypatch.setenv("SPARK_REMOTE", "sc://host:1")
    with pytest.raises(SessionError, match="SPARK_REMOTE is set"):
        classic.check_classic()
