"""No network without need: what is here opens no connection, what is not says the ways out at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import loopback
from annopipe.errors import MissingExtra, ModelNotHere
from annopipe.hub import locate
from hub.conftest import NAME
from hub.local_hub import LocalHub


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


FORBIDDEN = """
import socket, _socket
def refuse(*arguments, **keywords):
    raise AssertionError("a socket was made")
for name in ("socket", "SocketType", "create_connection", "socketpair", "getaddrinfo", "gethostbyname"):
    setattr(socket, name, refuse)
_socket.socket = refuse
"""
"""No socket can be made at all, let alone connected."""

USE = f"""
import annopipe
annopipe.load("albert_mini")
model = annopipe.AlbertEmbeddings.pretrained({NAME!r}, "en")
assert model.getDimension() == 16
assert annopipe.load({NAME!r}).dimension == 16
annopipe.models()
print(annopipe.card({NAME!r}).verified)
import sys
assert "huggingface_hub" not in sys.modules
"""


def test_import_load_and_pretrained_of_what_is_here_open_no_socket(hub: LocalHub, store: Path) -> None:
    locate(NAME)
    asked = len(hub.requests)
    done = run(FORBIDDEN + USE)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "hub\n"
    assert len(hub.requests) == asked


def test_that_test_would_see_a_socket(store: Path) -> None:
    done = run(FORBIDDEN + "import socket; socket.socket()")
    assert "a socket was made" in done.stderr
    done = run(FORBIDDEN + f"import annopipe; annopipe.load({NAME!r})", HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode != 0


def test_no_test_reaches_another_machine() -> None:
    import socket

    with socket.socket() as one, pytest.raises(loopback.BeyondLoopbackError):
        one.connect(("192.0.2.1", 80))
    with pytest.raises(socket.gaierror):
        socket.create_connection(("example.org", 80))
    assert loopback.attempts
    loopback.attempts.clear()
    done = run("import socket; socket.socket().connect(('192.0.2.1', 80))")
    assert "BeyondLoopbackError" in done.stderr


@pytest.mark.parametrize("switch", ["ANNOPIPE_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
@pytest.mark.parametrize("value", ["1", "true", "YES", "on"])
def test_offline_switch(switch: str, value: str, hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(switch, value)
    with pytest.raises(ModelNotHere) as caught:
        locate(NAME)
    text = str(caught.value)
    for way in (f"{switch}={value}", f"annopipe pull {NAME}_en", str(store / f"{NAME}_en"), "path", "albert_mini"):
        assert way in text
    assert hub.requests == []
    assert not store.exists()
    monkeypatch.setenv(switch, "0")
    assert locate(NAME) == store / f"{NAME}_en"
    monkeypatch.setenv(switch, value)
    assert locate(NAME) == store / f"{NAME}_en"


def test_without_huggingface_hub(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtra) as caught:
        locate(NAME)
    text = str(caught.value)
    assert "pip install 'annopipe[hub]'" in text
    assert "albert_mini" in text
    assert not [path for path in store.rglob("*") if path.is_file()]


def test_through_a_proxy(hub: LocalHub, store: Path) -> None:
    """The hub of these tests answers proxied requests, too: the name in them exists nowhere."""
    code = f"from annopipe.hub import locate; print(locate({NAME!r}))"
    done = run(
        code, HF_ENDPOINT="http://hub.example", HTTP_PROXY=hub.endpoint, http_proxy=hub.endpoint, NO_PROXY="127.0.0.1"
    )
    assert done.returncode == 0, done.stderr
    assert {path.partition("/api")[0] for kind, path, _ in hub.requests if kind == "api"} == {"http://hub.example"}


def test_proxy_that_refuses(hub: LocalHub, store: Path) -> None:
    code = f"from annopipe.hub import locate; locate({NAME!r})"
    done = run(code, HF_ENDPOINT="http://hub.example", HTTP_PROXY="http://127.0.0.1:9", http_proxy="http://127.0.0.1:9")
    assert "FetchError" in done.stderr.splitlines()[-2] + done.stderr.splitlines()[-1]
    assert "refuses" in done.stderr
