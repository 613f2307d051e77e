"""A model comes from a hub into the store, and is used from there without it."""

import json
from pathlib import Path

import pytest

from annopipe.hub import locate
from annopipe.hub.provenance import Provenance
from hub.conftest import BASE, NAME
from hub.local_hub import LocalHub, Repository


def test_pretrained_fetches_the_cards_model_and_works_with_the_hub_off(
    hub: LocalHub, store: Path, model_files: dict[str, bytes]
) -> None:
    from annopipe import AlbertEmbeddings

    online = AlbertEmbeddings.pretrained(NAME, "en")
    hub.stop()
    offline = AlbertEmbeddings.pretrained(NAME, "en")
    assert online.getDimension() == offline.getDimension() == 16
    folder = store / f"{NAME}_en"
    assert (folder / "model.safetensors").read_bytes() == model_files["model.safetensors"]


def test_only_what_makes_a_model_is_fetched(hub: LocalHub, store: Path) -> None:
    folder = locate(NAME)
    assert {path.name for path in folder.iterdir()} == {
        "config.json", "model.safetensors", "spiece.model", "tokenizer_config.json", "card.md", "SHA256SUMS",
        "source.json",
    }  # fmt: skip
    assert not [path for path in store.rglob("*") if ".partial" in path.parts and path.is_file()]
    assert hub.count("bytes", "pytorch_model") == 0


def test_origin_is_remembered(hub: LocalHub) -> None:
    origin = Provenance.read(locate(NAME))
    assert origin is not None
    assert (origin.repository, origin.revision) == (BASE, hub.repositories[BASE].commit)
    assert (origin.endpoint, origin.verified) == (hub.endpoint, "hub")


def test_files_are_those_of_one_commit(hub: LocalHub) -> None:
    locate(NAME)
    asked = [path for kind, path, _ in hub.requests if kind in {"head", "get"}]
    assert asked
    assert all(hub.repositories[BASE].commit in path for path in asked)


def test_a_mirror_whose_etags_are_no_digests_is_trusted_on_first_use(hub: LocalHub) -> None:
    hub.etags = False
    origin = Provenance.read(locate(NAME))
    assert origin is not None
    assert origin.verified == "first use"


def test_a_renamed_repository_is_followed(hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.repositories = {"new/place": Repository(model_files)}
    hub.renamed = {BASE: "new/place"}
    assert (locate(NAME) / "config.json").is_file()


def test_shards_come_by_their_index(hub: LocalHub, model_files: dict[str, bytes]) -> None:
    weights = model_files.pop("model.safetensors")
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    index = {"weight_map": {"a": names[0], "b": names[1], "c": names[0]}}
    files = {**model_files, "model.safetensors.index.json": json.dumps(index).encode(), **dict.fromkeys(names, weights)}
    hub.repositories = {BASE: Repository(files)}
    folder = locate(NAME)
    assert all((folder / name).read_bytes() == weights for name in names)
    sums = (folder / "SHA256SUMS").read_text()
    assert all(name in sums for name in [*names, "model.safetensors.index.json"])


def test_the_token_goes_to_the_hub_and_not_to_the_storage_behind_it(
    hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.token = "hf_secret"  # noqa: S105
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    locate(NAME)
    for kind, path, headers in hub.requests:
        inside = kind in {"api", "head", "get"} or path.startswith("/small")
        assert ("authorization" in headers) == inside, (kind, path)


def test_the_token_goes_to_no_other_mirror(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    locate(NAME, remote_loc=hub.endpoint)
    assert hub.requests
    assert not any("authorization" in headers for _, _, headers in hub.requests)


def test_the_hub_is_told_nothing_about_who_asks(hub: LocalHub) -> None:
    locate(NAME)
    agents = {headers["user-agent"] for _, _, headers in hub.requests}
    assert len(agents) == 1
    assert all(agent.startswith("annopipe/") and " " not in agent for agent in agents)
    assert {path for kind, path, _ in hub.requests if kind == "api"} == {f"/api/models/{BASE}/revision/main"}


def test_a_cut_download_goes_on_in_the_same_call(hub: LocalHub, model_files: dict[str, bytes]) -> None:
    hub.fail("bytes", match="model.safetensors", cut=1000)
    folder = locate(NAME)
    assert (folder / "model.safetensors").read_bytes() == model_files["model.safetensors"]
    ranges = [headers["range"] for kind, _, headers in hub.requests if kind == "bytes" and "range" in headers]
    assert ranges == ["bytes=1000-"]


def test_a_storage_without_ranges_starts_again(hub: LocalHub, model_files: dict[str, bytes]) -> None:
    hub.ranges = False
    hub.fail("bytes", match="model.safetensors", cut=1000)
    assert (locate(NAME) / "model.safetensors").read_bytes() == model_files["model.safetensors"]


def test_the_protocol_of_these_tests_is_the_one_that_huggingface_hub_speaks(
    hub: LocalHub, tmp_path: Path, model_files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    huggingface_hub = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_TELEMETRY", True)
    api = huggingface_hub.HfApi(endpoint=hub.endpoint)
    folder = Path(api.snapshot_download(BASE, cache_dir=tmp_path / "cache", allow_patterns=["*.json", "*.model*"]))
    assert (folder / "spiece.model").read_bytes() == model_files["spiece.model"]
    assert (folder / "config.json").read_bytes() == model_files["config.json"]
