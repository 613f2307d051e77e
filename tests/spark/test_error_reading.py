"""How errors of a JVM are read: what reading one brings about is not read in turn."""

from types import ModuleType

import pytest

from annopipe.errors import AnnopipeError, RowTooLarge
from annopipe.frames.spark_errors import _teach_jvm


def test_reading_that_fails_in_the_jvm_does_not_go_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyspark's text of an error asks the JVM for a setting, and a wrong setting makes that an error too."""
    captured = ModuleType("captured")
    captured.convert_exception = lambda error: RuntimeError(f"theirs: {error}")  # type: ignore[attr-defined]
    monkeypatch.setattr("annopipe.frames.spark_errors.import_module", lambda _: captured)
    met: list[str] = []

    def reading(error: Exception) -> AnnopipeError | None:
        met.append(str(captured.convert_exception("a wrong setting")))
        return RowTooLarge("ours") if "too large" in str(error) else None

    _teach_jvm(reading)
    assert str(captured.convert_exception("too large")) == "ours"
    assert str(captured.convert_exception("another")) == "theirs: another"
    assert met == ["theirs: a wrong setting"] * 2
