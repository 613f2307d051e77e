"""What travels to workers: how much, what it looks for there, and what it says where that is missing."""

import pickle
import platform
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from annopipe import AlbertEmbeddings, PipelineModel
from annopipe.annotators.plan import Plan
from annopipe.errors import WorkerLacks
from annopipe.spark import adapter as spark_frames
from annopipe.spark import shipping as spark_shipping
from annopipe.spark.shipping import shipped
from annopipe.spark.step import SparkStep
from annopipe.spark.worker_errors import by_name


def test_what_travels_is_small(spark: Any, monkeypatch: pytest.MonkeyPatch, model: PipelineModel) -> None:
    from pyspark import cloudpickle

    sizes = []

    def noted(step: SparkStep) -> Any:
        function = shipped(step)
        sizes.append(len(cloudpickle.dumps(function)))
        return function

    monkeypatch.setattr(spark_frames, "shipped", noted)
    bundled = AlbertEmbeddings.pretrained("albert_mini").setInputCols("document", "token").setOutputCol("big")
    PipelineModel([*model.stages, bundled]).transform(spark.range(3).selectExpr("'a house' as text"))
    assert len(sizes) == 1
    assert sizes[0] < 10_000


def test_stages_of_another_version_are_told(monkeypatch: pytest.MonkeyPatch, model: PipelineModel) -> None:
    pytest.importorskip("pyspark")
    from pyspark import cloudpickle

    schema = pa.schema([pa.field("text", pa.string())])
    step = SparkStep(Plan(model.stages[:1], schema).run, schema, ["text"], [0])
    monkeypatch.setattr(spark_shipping, "__version__", "0.0.0")
    old = cloudpickle.dumps(shipped(step))
    monkeypatch.undo()
    with pytest.raises(RuntimeError, match=r"VersionMismatch: .*annopipe 0\.0\.0 .* install the same version"):
        pickle.loads(old)  # noqa: S301
    assert list(pickle.loads(cloudpickle.dumps(shipped(step)))(iter([]))) == []  # noqa: S301


@pytest.mark.parametrize("name", ["annopipe", "onnxruntime", "pyarrow"])
def test_a_worker_without_a_package_is_told(monkeypatch: pytest.MonkeyPatch, model: PipelineModel, name: str) -> None:
    pytest.importorskip("pyspark")
    from pyspark import cloudpickle

    ours, schema = sys.executable, pa.schema([pa.field("text", pa.string())])
    sent = cloudpickle.dumps(shipped(SparkStep(Plan(model.stages[:1], schema).run, schema, ["text"], [0])))
    monkeypatch.setattr("importlib.util.find_spec", lambda wanted: None if wanted == name else find_spec(wanted))
    monkeypatch.setattr(sys, "executable", "/other/python")
    with pytest.raises(ImportError) as told:
        pickle.loads(sent)  # noqa: S301
    error = by_name(told.value)
    assert type(error) is WorkerLacks
    assert f"the worker on {platform.node()} (Python {platform.python_version()}, " in str(error)
    assert f"lacks {name}, which stages of annopipe" in str(error)
    assert "spark.archives" in str(error)
    assert "addArtifacts" in str(error)
    assert f"PYSPARK_PYTHON={ours} " in str(error)


def test_what_was_sent_goes_before_what_is_installed(
    monkeypatch: pytest.MonkeyPatch, model: PipelineModel, tmp_path: Path
) -> None:
    pytest.importorskip("pyspark")
    (tmp_path / "sent" / "annopipe").mkdir(parents=True)
    (tmp_path / "sent" / "annopipe" / "__init__.py").touch()
    (tmp_path / "other").mkdir()
    files = SimpleNamespace(SparkFiles=SimpleNamespace(_root_directory=str(tmp_path)))
    monkeypatch.setitem(sys.modules, "pyspark.core.files", files)
    before = list(sys.path)
    monkeypatch.setattr(sys, "path", list(before))
    from pyspark import cloudpickle

    schema = pa.schema([pa.field("text", pa.string())])
    sent = cloudpickle.dumps(shipped(SparkStep(Plan(model.stages[:1], schema).run, schema, ["text"], [0])))
    for _ in range(2):
        assert list(pickle.loads(sent)(iter([]))) == []  # noqa: S301
        assert sys.path == [str(tmp_path / "sent"), *before]


def test_a_task_keeps_to_its_processors(monkeypatch: pytest.MonkeyPatch, model: PipelineModel) -> None:
    cloudpickle = pytest.importorskip("pyspark.cloudpickle", reason="pyspark is absent: pip install 'annopipe[sail]'")
    from annopipe.albert import threads

    plan = Plan(model.stages[:1], pa.schema([pa.field("text", pa.string())]))
    run = shipped(plan)
    monkeypatch.setattr(threads, "_most", None)
    monkeypatch.setattr(threads, "_affinity", lambda: 8)
    monkeypatch.setattr(threads, "_quota", lambda _: None)
    sent = cloudpickle.dumps(run)
    list(pickle.loads(sent)(iter(())))  # noqa: S301
    assert threads.thread_count() == 8
    task = SimpleNamespace(cpus=lambda: 2)
    context = SimpleNamespace(TaskContext=SimpleNamespace(get=lambda: task))
    monkeypatch.setitem(sys.modules, "pyspark.taskcontext", context)
    list(pickle.loads(sent)(iter(())))  # noqa: S301
    assert threads.thread_count() == 2
