"""A hub that never ends: whatever a server does, a fetch ends in bounded time and memory, by an error of ours."""

import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from annopipe.errors import AnnopipeError, FetchError, FetchMismatch, FetchTimeout, ModelNotHere
from annopipe.hub import bounds, installed, locate
from hub.conftest import BASE, NAME
from hub.local_hub import LocalHub

WEIGHTS = "model.safetensors"
MANY = 10_000
DEEP = b"[" * (50 << 20)


@pytest.fixture(autouse=True)
def short_timeouts(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.2)
    monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 0.2)


def ends(store: Path, kind: type[Exception], seconds: float = 20) -> str:
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        locate(NAME)
    assert time.monotonic() - began < seconds
    assert f"{NAME}_en" not in installed()
    assert len(str(caught.value)) < 2000
    return str(caught.value)


def test_a_thousand_bytes_a_try_and_then_silence(hub: LocalHub, store: Path) -> None:
    hub.fail("bytes", match=WEIGHTS, cut=1000, pause=0.7, times=MANY)
    assert "what came is kept" in ends(store, FetchError)
    assert hub.count("bytes", WEIGHTS) <= 4


def test_a_thousand_bytes_a_try_and_then_a_break(hub: LocalHub, store: Path) -> None:
    hub.fail("bytes", match=WEIGHTS, cut=1000, times=MANY)
    assert "what came is kept" in ends(store, FetchError)
    assert hub.count("bytes", WEIGHTS) <= 4


@pytest.mark.parametrize("kind", ["api", "bytes"])
def test_a_body_that_drips(kind: str, hub: LocalHub, store: Path) -> None:
    hub.fail(kind, match="" if kind == "api" else WEIGHTS, drip=0.05, times=MANY)
    assert "in time" in ends(store, FetchTimeout)


@pytest.mark.parametrize("kind", ["api", "head", "get"])
def test_headers_that_drip(kind: str, hub: LocalHub, store: Path) -> None:
    hub.fail(kind, creep=0.05, times=MANY)
    assert "in time" in ends(store, FetchTimeout)


def test_an_answer_without_an_end(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LONGEST_ANSWER", 8 << 20)
    hub.fail("api", endless=b"[" * 65536, times=MANY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "more than 8 MiB" in ends(store, FetchError)
    assert sys.platform != "linux" or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10


@pytest.mark.parametrize("name", ["config.json", WEIGHTS])
def test_a_file_without_an_end(
    name: str, hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch, model_files: dict[str, bytes]
) -> None:
    monkeypatch.setattr(bounds, "LARGEST", 8 << 20)
    monkeypatch.setattr(bounds, "LARGEST_SMALL", 1 << 20)
    hub.fail("head", match=name, status=200, times=1)  # neither size nor digest
    hub.fail("bytes", match=name, endless=bytes(65536), times=MANY)
    ends(store, FetchMismatch)
    assert sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) < 1 << 20


def test_a_file_that_is_announced_as_larger_than_any(hub: LocalHub, store: Path) -> None:
    hub.fail("head", match=WEIGHTS, status=200, headers={"X-Linked-Size": str(20 << 30), "ETag": '"x"'})
    ends(store, AnnopipeError)  # or the disk is too small for it
    assert hub.count("bytes", WEIGHTS) == 0


@pytest.mark.parametrize("kind", ["api", "head", "get"])
@pytest.mark.parametrize("how", ["itself", "relative", "onwards"])
def test_redirects_without_an_end(kind: str, how: str, hub: LocalHub, store: Path) -> None:
    place = {"api": f"/api/models/{BASE}/revision/main"}.get(kind, f"/{BASE}/resolve/x/{WEIGHTS}")
    target = {"itself": hub.endpoint + place, "relative": place, "onwards": hub.endpoint + place + "?x"}[how]
    hub.fail(kind, status=302, headers={"Location": target}, times=MANY, match="" if kind == "api" else WEIGHTS)
    text = ends(store, FetchError)
    assert "without an end" in text or "in time" in text or "announced" in text
    # Before 2, huggingface_hub follows relative redirects of its own, until Python's recursion ends them.
    if int(version("huggingface_hub").partition(".")[0]) >= 2:
        assert len(hub.requests) < 60


@pytest.mark.parametrize("target", ["ftp://hub.example/x", "file:///etc/passwd", "http://", "javascript:1"])
def test_redirects_to_what_is_no_address_of_the_web(target: str, hub: LocalHub, store: Path) -> None:
    hub.fail("get", status=302, headers={"Location": target}, times=MANY, match=WEIGHTS)
    ends(store, FetchError)


def test_deep_json_as_the_hubs_answer(hub: LocalHub, store: Path) -> None:
    hub.fail("api", body=DEEP, times=MANY)
    assert "login page" in ends(store, FetchError)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors.index.json"])
def test_deep_json_as_a_file(file: str, hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = hub.repositories[BASE].files
    if file not in files:
        del files[WEIGHTS]
    files[file] = DEEP
    for name in ("HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_ETAG_TIMEOUT"):
        monkeypatch.setattr(f"huggingface_hub.constants.{name}", 10)  # the hub here makes digests of 50 MB
    assert f"{file}" in ends(store, ModelNotHere)


def test_a_time_out_that_is_no_number(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_DOWNLOAD_TIMEOUT", "soon")
    with pytest.raises(FetchError, match="HF_HUB_DOWNLOAD_TIMEOUT is 'soon'"):
        locate(NAME, remote_loc=f"{hub.endpoint}/models.zip")
