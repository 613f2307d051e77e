"""Older versions of huggingface_hub hand out sessions of ``requests``: the same protocol over those."""

from pathlib import Path
from typing import Any

import pytest

from annopipe.errors import FetchDenied, FetchError, FetchTimeout
from annopipe.hub import locate
from hub.conftest import NAME
from hub.local_hub import LocalHub

WEIGHTS = "model.safetensors"


@pytest.fixture(autouse=True)
def requests_session(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> Any:
    requests = pytest.importorskip("requests")
    from huggingface_hub import utils

    with requests.Session() as session:
        monkeypatch.setattr(utils, "get_session", lambda: session)
        yield session


def test_fetch_and_go_on_after_a_cut(hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.fail("bytes", match="spiece.model", cut=200_000)
    folder = locate(NAME)
    for name in ("config.json", "spiece.model", WEIGHTS):
        assert (folder / name).read_bytes() == model_files[name]
    ranges = [headers["range"] for kind, _, headers in hub.requests if kind == "bytes" and "range" in headers]
    assert len(ranges) == 1
    assert 0 < int(ranges[0].removeprefix("bytes=").rstrip("-")) <= 200_000


def test_faults(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.fail("api", status=401)
    with pytest.raises(FetchDenied, match="HF_TOKEN"):
        locate(NAME)
    hub.fail("api", stall=1.5, times=99)
    with pytest.raises(FetchTimeout, match="did not answer in time"):
        locate(NAME)
    hub.faults.clear()
    hub.fail("bytes", stall=1.5, times=99)
    with pytest.raises(FetchTimeout, match="did not answer in time"):
        locate(NAME)
    hub.stop()
    with pytest.raises(FetchError, match="refuses connections"):
        locate(NAME)
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example")
    with pytest.raises(FetchError, match=r"hub\.example cannot be resolved"):
        locate(NAME)


def test_the_token_stays_at_the_hub(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    locate(NAME)
    assert any("authorization" in headers for _, _, headers in hub.requests)
    away = [headers for kind, path, headers in hub.requests if kind == "bytes" and not path.startswith("/small")]
    assert away
    assert not any("authorization" in headers for headers in away)
