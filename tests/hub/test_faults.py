"""Each thing that goes wrong on the way: a named error that says what to do, nothing half-written, a retry works."""

import socket
from pathlib import Path

import pytest

from annopipe.errors import AnnopipeError, FetchDenied, FetchError, FetchMismatch, FetchTimeout, ModelNotHere
from annopipe.hub import installed, locate
from annopipe.hub.checksums import check
from hub.conftest import BASE, NAME
from hub.local_hub import LocalHub

WEIGHTS = "model.safetensors"
MANY = 99


def fails(kind: type[AnnopipeError], store: Path) -> str:
    """Return the error's text; nothing of the model may be in the store."""
    with pytest.raises(kind) as caught:
        locate(NAME)
    assert f"{NAME}_en" not in installed()
    assert not (store / f"{NAME}_en").exists()
    assert not list((store / ".locks").glob("*"))
    return str(caught.value)


def mended(hub: LocalHub, model_files: dict[str, bytes]) -> None:
    """A further try works, and gives the right files."""
    hub.faults.clear()
    folder = locate(NAME)
    check(folder, whole=True)
    for name in ("config.json", "spiece.model", "tokenizer_config.json", WEIGHTS):
        assert (folder / name).read_bytes() == model_files[name]


def test_connection_refused(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    text = fails(FetchError, store)
    assert f"127.0.0.1:{port} refuses connections" in text
    assert "annopipe pull" in text


def test_name_unknown_to_dns(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example")
    text = fails(FetchError, store)
    assert "the name hub.example cannot be resolved" in text


def test_endpoint_is_no_address(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "hub.example")
    assert "'hub.example' is no address" in fails(FetchError, store)


@pytest.mark.parametrize("kind", ["api", "head", "get", "bytes"])
@pytest.mark.parametrize(
    "answer",
    [
        (401, {}, FetchDenied, "HF_TOKEN"),
        (403, {"X-Error-Message": "terms"}, FetchDenied, "accepted on its page first"),
        (404, {}, FetchError, "(404)"),
        (429, {"Retry-After": "3600"}, FetchError, "after 3600 seconds"),
        (429, {}, FetchError, "asked too often"),
        (500, {}, FetchError, "out of order"),
        (503, {}, FetchError, "Try again"),
        (418, {}, FetchError, "418"),
    ],
)
def test_http_errors(
    kind: str,
    answer: tuple[int, dict[str, str], type[FetchError], str],
    hub: LocalHub,
    store: Path,
    model_files: dict[str, bytes],
) -> None:
    status, headers, error, told = answer
    match = {"bytes": WEIGHTS, "get": WEIGHTS}.get(kind, "")
    hub.fail(kind, status=status, headers=headers, times=MANY, match=match)
    text = fails(error, store)
    assert told in text
    assert "127.0.0.1" in text
    mended(hub, model_files)


def test_builtin_kinds_of_refusals(hub: LocalHub, store: Path) -> None:
    hub.fail("api", status=401, times=MANY)
    with pytest.raises(PermissionError):
        locate(NAME)
    hub.faults.clear()
    hub.fail("api", stall=2, times=MANY)
    with pytest.raises(TimeoutError):
        locate(NAME)


def test_a_passing_fault_is_not_noticed(hub: LocalHub, model_files: dict[str, bytes]) -> None:
    for kind in ("api", "head", "get", "bytes"):
        hub.fail(kind, status=503)
    hub.fail("api", status=429, headers={"Retry-After": "0"})
    mended_without_clearing = locate(NAME)
    assert (mended_without_clearing / WEIGHTS).read_bytes() == model_files[WEIGHTS]


@pytest.mark.parametrize("kind", ["api", "head", "get", "bytes"])
def test_time_out(kind: str, hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.fail(kind, stall=1.5, times=MANY)
    text = fails(FetchTimeout, store)
    assert "did not answer in time" in text
    assert "HF_HUB_DOWNLOAD_TIMEOUT" in text
    mended(hub, model_files)


def test_revision_that_is_not_there(hub: LocalHub, store: Path) -> None:
    with pytest.raises(FetchError, match="no such revision of albert/albert-base-v1 at v9"):
        locate(NAME, remote_loc=f"{BASE}@v9")


def test_private_repository_without_a_token(hub: LocalHub, store: Path) -> None:
    hub.token = "hf_secret"  # noqa: S105
    text = fails(FetchDenied, store)
    assert "private" in text
    assert "hf_secret" not in text


def test_a_login_page_in_place_of_an_answer(hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.fail("api", body=b"<html>please log in</html>", times=MANY)
    assert "login page" in fails(FetchError, store)
    mended(hub, model_files)


def test_body_that_breaks_off_again_and_again_is_kept_and_gone_on_from(
    hub: LocalHub, store: Path, model_files: dict[str, bytes]
) -> None:
    hub.fail("bytes", match=WEIGHTS, cut=1000)
    hub.fail("bytes", match=WEIGHTS, cut=0, times=MANY)
    text = fails(FetchError, store)
    assert "what came is kept" in text
    assert (store / ".partial" / f"{NAME}_en" / f"{WEIGHTS}.part").stat().st_size == 1000
    hub.requests.clear()
    mended(hub, model_files)
    assert hub.requests[-1][2]["range"] == "bytes=1000-"
    assert hub.count("bytes", "spiece.model") == 0


def test_a_part_of_another_version_is_not_gone_on_from(
    hub: LocalHub, store: Path, model_files: dict[str, bytes]
) -> None:
    hub.fail("bytes", match=WEIGHTS, cut=1000)
    hub.fail("bytes", match=WEIGHTS, cut=0, times=MANY)
    fails(FetchError, store)
    new = model_files[WEIGHTS][:-4] + b"\0\0\0\1"
    hub.repositories[BASE].files[WEIGHTS] = new
    hub.repositories[BASE].commit = "beef" * 10
    hub.faults.clear()
    assert (locate(NAME) / WEIGHTS).read_bytes() == new


def test_body_that_is_too_short(hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.fail("bytes", match=WEIGHTS, length=500, times=MANY)
    text = fails(FetchMismatch, store)
    assert f"ends after 500 bytes, but the hub announced {len(model_files[WEIGHTS])}" in text
    mended(hub, model_files)


def test_body_that_is_too_long(hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.fail("bytes", match=WEIGHTS, body=model_files[WEIGHTS] + b"more", times=MANY)
    text = fails(FetchMismatch, store)
    assert "but the hub announced" in text
    mended(hub, model_files)


@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
def test_wrong_bytes_of_the_right_size(name: str, hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.fail("bytes", match=name, body=bytes(len(model_files[name])), times=MANY)
    text = fails(FetchMismatch, store)
    assert f"{name} is not the file that the hub announced" in text
    mended(hub, model_files)


def test_a_part_that_went_bad_is_fetched_anew_at_once(
    hub: LocalHub, store: Path, model_files: dict[str, bytes]
) -> None:
    hub.fail("bytes", match=WEIGHTS, cut=1000)
    hub.fail("bytes", match=WEIGHTS, cut=0, times=MANY)
    fails(FetchError, store)
    (store / ".partial" / f"{NAME}_en" / f"{WEIGHTS}.part").write_bytes(bytes(1000))
    mended(hub, model_files)


def test_a_repository_without_weights_that_are_read(hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    weights = hub.repositories[BASE].files.pop(WEIGHTS)
    hub.repositories[BASE].files["tf_model.h5"] = hub.repositories[BASE].files.pop("pytorch_model.bin")
    text = fails(ModelNotHere, store)
    assert f"{BASE} has no {WEIGHTS}" in text
    assert "save_pretrained" in text
    assert hub.count("bytes") == 0
    hub.repositories[BASE].files[WEIGHTS] = weights
    mended(hub, model_files)


def test_a_repository_of_another_kind_of_model(hub: LocalHub, store: Path) -> None:
    hub.repositories[BASE].files["config.json"] = b'{"model_type": "bert"}'
    assert "a model of the type 'bert'" in fails(ModelNotHere, store)


def test_an_index_that_names_files_elsewhere(hub: LocalHub, store: Path) -> None:
    files = hub.repositories[BASE].files
    del files[WEIGHTS]
    files["model.safetensors.index.json"] = b'{"weight_map": {"a": "../../evil.safetensors"}}'
    assert "'../../evil.safetensors', which is no file of weights" in fails(ModelNotHere, store)
    assert not list(store.parent.rglob("evil*"))


def test_a_catalog_digest_that_differs(
    hub: LocalHub, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = tmp_path / "own.toml"
    catalog.write_text(
        f'[[model]]\nname = "{NAME}"\nrepository = "{BASE}"\nsha256 = {{ "{WEIGHTS}" = "{"0" * 64}" }}\n'
    )
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(catalog))
    assert "but the catalog says 000" in fails(FetchMismatch, store)
