"""Memory holds with any document, and what is shared out fits together."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import annopipe
from annopipe.albert.content import content_hash
from annopipe.bulk.amounts import shown, to_bytes
from annopipe.bulk.budget import Budget
from annopipe.bulk.job import Job
from annopipe.bulk.run import _choices
from annopipe.errors import ParamTypeError, ParamValueError
from annopipe.hub import locate

from .jobs import WORDS, read, write_parquet

PROGRAM = """
import sys
import annopipe

source, output, model, memory, flat, dialect = sys.argv[1:]
report = annopipe.embed_dataset(
    source, output, model=model, memory=memory, flat=flat == "1", level="word" if flat == "1" else "sentence",
    dialect=dialect, sentences=dialect == "sparknlp", threads=1,
)
print(report.peak_memory, report.tokens)
"""

ANNOTATIONS = """
import sys
import annopipe

source, output, model = sys.argv[1:]
report = annopipe.embed_dataset(source, output, model=model, memory="400MB", on_error="skip", threads=1)
print(report.peak_memory, report.failed)
"""


@pytest.mark.parametrize(
    ("text", "amount"),
    [(5, 5), ("7", 7), ("1GB", 10**9), ("1.5 gb", 1_500_000_000), ("512MiB", 2**29), ("2k", 2000)],
)
def test_amounts(text: str | int, amount: int) -> None:
    assert to_bytes("memory", text) == amount


@pytest.mark.parametrize("text", ["", "GB", "1XB", "-1GB", "1 G B", "1e9"])
def test_other_texts_are_no_amounts(text: str) -> None:
    with pytest.raises(ParamValueError, match="memory is "):
        to_bytes("memory", text)


def test_other_things_are_no_amounts() -> None:
    for thing in (None, 1.5, True):
        with pytest.raises(ParamTypeError, match="memory is "):
            to_bytes("memory", thing)


@pytest.mark.parametrize(("amount", "text"), [(3, "3 bytes"), (2500, "2.5 kB"), (10**6, "1.0 MB"), (10**10, "10.0 GB")])
def test_amounts_are_shown(amount: int, text: str) -> None:
    assert shown(amount) == text


@pytest.mark.parametrize("memory", [10**9, 4 * 10**9, 64 * 10**9])
@pytest.mark.parametrize("width", [64, 768, 4096])
def test_shares_fit_into_the_whole(memory: int, width: int) -> None:
    budget = Budget.of(memory, weights=40_000_000, width=width, processes=1)
    assert budget.seen_bytes + 2 * budget.group_bytes + 4 * budget.part_bytes < memory - 280_000_000
    assert budget.slice_characters >= 1000


def test_too_little_memory_is_refused_with_the_least_that_would_do() -> None:
    with pytest.raises(ParamValueError, match=r"in 2 processes needs 890\.0 MB at least"):
        Budget.of(500 * 10**6, weights=40_000_000, width=64, processes=2)


MODELS = {"tiny": 40_000, "mini": 58_700_000, "base": 46_700_000, "large": 70_800_000, "xlarge": 235_000_000}
"""Bytes of the weights as float32."""


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("processes", [1, 2, 3, 4, 8, 16, 64])
def test_the_default_works_with_any_number_of_processes(model: str, processes: int) -> None:
    for width in (64, 384, 768, 12 * 1024):
        memory = Budget.default(processes)
        budget = Budget.of(memory, weights=MODELS[model], width=width, processes=processes)
        assert budget.row_bytes > 10_000_000
    assert Budget.default(1) == 10**9


@given(
    weights=st.integers(0, 10**10), width=st.integers(1, 20_000), processes=st.integers(1, 100), memory=st.integers(1)
)
def test_a_printed_minimum_is_enough(weights: int, width: int, processes: int, memory: int) -> None:
    def budget(memory: int) -> Budget:
        return Budget.of(memory, weights=weights, width=width, processes=processes)

    try:
        budget(memory)
    except ParamValueError as refused:
        given_, least = re.fullmatch(r"memory is (.*): .* needs (.*) at least", str(refused)).groups()  # type: ignore[union-attr]
        assert given_ != least
        assert to_bytes("memory", least) > memory
        memory = to_bytes("memory", least)
    shares = budget(memory)
    assert shares.slice_characters >= 1000
    fixed = (processes + (processes > 1)) * (200_000_000 + 2 * weights)
    used = shares.seen_bytes + 2 * shares.group_bytes + shares.row_bytes * (2 if processes > 1 else 1)
    assert fixed + used <= memory
    assert shares.row_bytes > 0


@pytest.mark.parametrize(
    "options",
    [{"level": "sentence"}, {"level": "word"}, {"level": "both"}, {"flat": True}, {"level": "both", "flat": True}],
)
@pytest.mark.parametrize("model", ["albert_mini", "tiny"])
def test_two_processes_need_no_memory_to_be_named(
    options: dict[str, Any], model: str, tiny_model_folder: Path, tmp_path: Path
) -> None:
    folder = tiny_model_folder if model == "tiny" else model
    job = Job.of("in.csv", tmp_path / "out", None, {"model": folder, "processes": 2, **options})
    folder_of_model = locate(job.model, job.lang)
    content = content_hash(folder_of_model)
    _choices(job, folder_of_model, content)
    with pytest.raises(ParamValueError) as refused:
        _choices(replace(job, memory=1), folder_of_model, content)
    least = to_bytes("memory", str(refused.value).split(" needs ")[1].removesuffix(" at least"))
    _choices(replace(job, memory=least), folder_of_model, content)


def test_two_processes_with_the_bundled_model(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\na\nb\n", "utf-8")
    words = [tmp_path / "in.csv", "-o", tmp_path / "out", "--level", "sentence", "--processes", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "annopipe", "embed", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "out").num_rows == 2


def _peak(*words: object) -> tuple[int, int]:
    run = [sys.executable, "-c", PROGRAM, *map(str, words)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    peak, tokens = done.stdout.split()
    return int(peak), int(tokens)


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell the peak")
def test_a_long_document_among_short_ones(tiny_model_folder: Path, tmp_path: Path) -> None:
    text = " ".join(WORDS) * 3000
    source = write_parquet(tmp_path / "in.parquet", ["one", text, "two"])
    peak, tokens = _peak(source, tmp_path / "out", tiny_model_folder, "400MB", 1, "albert")
    assert peak < 400_000_000
    table = read(tmp_path / "out")
    assert table.num_rows == tokens
    assert set(table["row"].to_pylist()) == {0, 1, 2}
    assert pq.read_metadata(tmp_path / "out" / "part-00000.parquet").num_rows == tokens


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell the peak")
def test_annotations_that_would_not_fit_are_refused_and_others_hold(tiny_model_folder: Path, tmp_path: Path) -> None:
    texts = ["one", " ".join(WORDS) * 30_000, " ".join(WORDS) * 500, "two"]
    source = write_parquet(tmp_path / "in.parquet", texts)
    run = [sys.executable, "-c", ANNOTATIONS, str(source), str(tmp_path / "out"), str(tiny_model_folder)]
    peak, failed = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()
    assert int(peak) < 400_000_000
    assert int(failed) == 1
    assert read(tmp_path / "out")["id"].to_pylist() == [0, 2, 3]
    (failure,) = [json.loads(line) for line in (tmp_path / "out" / "_failures.jsonl").read_text("utf-8").splitlines()]
    assert failure["row"] == 1
    assert "choose flat" in failure["reason"]


def test_a_model_that_does_not_fit_is_refused_before_any_work(tiny_model_folder: Path, tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "in.parquet", ["one"])
    annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder)
    before = sorted((tmp_path / "out").rglob("*"))
    large = tmp_path / "large"
    shutil.copytree(tiny_model_folder, large)
    config = json.loads((large / "config.json").read_text("utf-8"))
    config |= {"hidden_size": 4096, "intermediate_size": 16384, "num_attention_heads": 64}
    (large / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(ParamValueError, match=r"memory is 1\.0 GB: this model in 1 processes needs .* at least"):
        annopipe.embed_dataset(tmp_path / "absent.csv", tmp_path / "out", model=large, restart=True)
    assert sorted((tmp_path / "out").rglob("*")) == before


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell the peak")
@pytest.mark.parametrize(("flat", "dialect"), [(1, "albert"), (0, "albert"), (1, "sparknlp")])
def test_a_document_of_ten_megabytes(flat: int, dialect: str, tiny_model_folder: Path, tmp_path: Path) -> None:
    text = " ".join(WORDS[:4]) + " "
    source = write_parquet(tmp_path / "in.parquet", ["one", text * (10**7 // len(text)), "two"])
    peak, tokens = _peak(source, tmp_path / "out", tiny_model_folder, "1GB", flat, dialect)
    assert peak < 10**9
    assert tokens > 1_500_000
