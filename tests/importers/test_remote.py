"""Models from servers: plain files, Spark NLP's layout, buckets of S3 read anonymously; and then without any."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import annopipe
from annopipe.errors import FetchDenied, FetchError, FetchMismatch, ModelNotFound, ModelNotHere, SourceError, StoreError
from annopipe.hub.archives import newest
from annopipe.hub.names import ModelName
from annopipe.hub.pulling import pull
from importers.conftest import contents, nothing_kept, same_bits, vectors
from importers.file_server import FileServer
from importers.hostile_archives import zip_of

NAME = "albert_embeddings_albert_base_v1"
FILE = f"{NAME}_en_3.4.2_3.0_1649954125996.zip"
BUCKET = "auxdata.johnsnowlabs.com"
FOLDER = "public/models"
METADATA = {
    "name": NAME,
    "language": "en",
    "libVersion": {"parts": [3, 4, 2]},
    "sparkVersion": {"parts": [3, 0]},
    "readyToUse": True,
    "time": 1649954125996,
    "isZipped": True,
    "category": "ml",
}


@pytest.fixture
def archive(tiny_model_folder: Path) -> bytes:
    return zip_of(contents(tiny_model_folder))


@pytest.fixture
def site(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Return a running server without files; nobody waits long between tries."""
    monkeypatch.setattr("annopipe.hub.transfer.FIRST_WAIT", 0.01)
    monkeypatch.setenv("HF_HUB_DOWNLOAD_TIMEOUT", "2")
    with FileServer() as running:
        yield running


@pytest.fixture
def bucket(site: FileServer, archive: bytes, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    """Return a server that speaks S3, with the seed card's file at the seed card's place."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", site.address)
    site.bucket = BUCKET
    site.files[f"{BUCKET}/{FOLDER}/{FILE}"] = archive
    return site


def take(remote: str | Path | None = None, name: str = NAME) -> Path:
    stage = annopipe.AlbertEmbeddings.pretrained(name, "en", None if remote is None else str(remote))
    assert stage.getDimension() == 16
    return Path(annopipe.card(name).folder or "")


def offline(monkeypatch: pytest.MonkeyPatch, site: FileServer) -> None:
    site.stop()
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")


def test_the_cards_s3_address(bucket: FileServer, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = annopipe.import_model(f"s3://{BUCKET}/{FOLDER}/{FILE}")
    assert (card.name, card.language) == (NAME, "en")
    assert f"s3://{BUCKET}/{FOLDER}/{FILE}" in annopipe.card(NAME).information["Source"]
    assert all(credentials is None for _, _, credentials in bucket.requests)
    bucket.stop()
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
    assert same_bits(vectors(take()), vectors(tiny_model_folder))


@pytest.mark.parametrize("listed", [True, False])
def test_a_bucket_as_remote_loc(
    listed: bool, bucket: FileServer, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.listed = listed
    place = f"s3://{BUCKET}/{FOLDER}"
    folder = take(place)
    asked = len(bucket.requests)
    assert same_bits(vectors(folder), vectors(tiny_model_folder))
    bucket.stop()
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
    assert take(place) == take() == folder
    assert len(bucket.requests) == asked


def test_import_by_url_and_pretrained_give_the_same_model(
    site: FileServer, archive: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site.files[f"{FOLDER}/{FILE}"] = archive
    first = vectors(take(f"{site.address}/{FOLDER}"))
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "other"))
    annopipe.import_model(f"{site.address}/{FOLDER}/{FILE}")
    site.stop()
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
    assert same_bits(vectors(take()), first)
    assert annopipe.card(NAME).information["Source"] == f"{site.address}/{FOLDER}/{FILE}"


@pytest.mark.parametrize("how", ["page", "metadata", "iso", "known name", "file"])
def test_ways_to_find_the_file(how: str, site: FileServer, archive: bytes) -> None:
    site.files[f"models/{FILE}"] = archive
    site.pages = how == "page"
    if how in {"metadata", "iso"}:
        time = {"time": "2022-04-14T16:35:25.996Z"} if how == "iso" else {}
        lines = ["no JSON", "{}", "[]", '{"name": "x"}', json.dumps(METADATA | time)]
        site.files["models/metadata.json"] = "\n".join(lines).encode()
    take(f"{site.address}/models" + (f"/{FILE}" if how == "file" else ""))


def test_a_name_that_the_catalog_does_not_know(site: FileServer, archive: bytes) -> None:
    site.pages = True
    site.files["models/our_albert_en_1.0_1700000000000.zip"] = archive
    take(f"{site.address}/models/", "our_albert")
    with pytest.raises(ModelNotFound, match="holds no other_en_"):
        take(f"{site.address}/models/", "other")


@pytest.mark.reference
@pytest.mark.filterwarnings("ignore::annopipe.errors.AnnopipeWarning")
@pytest.mark.parametrize("engine", ["onnx", "tensorflow"])
def test_what_spark_nlp_saved_at_the_cards_addresses(
    engine: str, bucket: FileServer, reference: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    saved = (reference / "golden" / "saved" / f"albert_tiny_{engine}.zip").read_bytes()
    bucket.files[f"{BUCKET}/{FOLDER}/{FILE}"] = saved
    text = ["I love Spark NLP"]
    found = []
    for number, place in enumerate((f"s3://{BUCKET}/{FOLDER}", f"{bucket.address}/{BUCKET}/{FOLDER}")):
        monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / f"pretrained {number}"))
        assert annopipe.AlbertEmbeddings.pretrained(NAME, "en", place).getDimension() == 64
        monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / f"imported {number}"))
        annopipe.import_model(f"{place}/{FILE}")
        for kind in ("pretrained", "imported"):
            monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / f"{kind} {number}"))
            monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
            [words] = annopipe.load(NAME).embed_words(text, dialect="sparknlp")
            found.append(words.vectors)
            monkeypatch.delenv("ANNOPIPE_OFFLINE")
    [expected] = annopipe.load(reference / "models" / "albert-tiny-random").embed_words(text, dialect="sparknlp")
    for vectors_found in found:
        np.testing.assert_allclose(vectors_found, expected.vectors, atol=0 if engine == "tensorflow" else 1e-5, rtol=0)


def test_the_newest_release_is_taken() -> None:
    model = ModelName("a_b", "en")
    files = [
        "a_b_en_3.4.2_3.0_1700000000000.zip",
        "a_b_en_3.4.10_3.0_1600000000000.zip",
        "a_b_en_3.4.10_3.0_1600000000001.zip",
        "a_b_en_9.9.9_2.4_1800000000000.zip",
        "a_b_fr_9.9.9_9.9_1900000000000.zip",
        "b_en_9.9.9_9.9_1900000000000.zip",
        "a_b_en.zip",
    ]
    assert newest(files, model) == files[2]
    assert newest(reversed(files), model) == files[2]
    assert newest(files, ModelName("c", "en")) is None
    assert newest(["a_b_en_1.0_1700000000000.zip", "a_b_en_1.1_1600000000000.zip"], model) == (
        "a_b_en_1.1_1600000000000.zip"
    )


def test_a_folder_of_archives(store: Path, archive: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / FILE).write_bytes(archive)
    (share / "our_albert_en_1.0_1700000000000.zip").write_bytes(archive)
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
    assert take(share) == store / f"{NAME}_en"
    assert take(share / "our_albert_en_1.0_1700000000000.zip", "by_its_file").name == "by_its_file_en"
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(share))
    assert "our_albert" in [card.name for card in annopipe.models()]
    assert take(name="our_albert") == store / "our_albert_en"
    assert pull("our_albert") == store / "our_albert_en"


@pytest.mark.parametrize("kind", ["http", "s3"])
def test_a_catalog_of_archives(
    kind: str, bucket: FileServer, archive: bytes, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    bucket.files[f"{BUCKET}/{FOLDER}/our_albert_en_1.0_1700000000000.zip"] = archive
    bucket.pages = kind == "http"
    place = f"{bucket.address}/{BUCKET}/{FOLDER}" if kind == "http" else f"s3://{BUCKET}/{FOLDER}"
    monkeypatch.setenv("ANNOPIPE_CATALOG", place)
    assert take(name="our_albert") == store / "our_albert_en"
    assert take() == store / f"{NAME}_en"
    with pytest.raises(ModelNotFound, match="holds no misspelled_en_"):
        annopipe.load("misspelled")


def test_a_catalog_file_names_an_archive(
    store: Path, archive: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.zip").write_bytes(archive)
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[[model]]\nname = "mine"\narchive = "x.zip"\ndescription = "Ours."\n')
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(catalog))
    assert take(name="mine") == store / "mine_en"
    assert annopipe.card("mine").description == "Ours."
    wrong = '[[model]]\nname = "other"\narchive = "x.zip"\nsha256 = { "x.zip" = "%s" }\n' % ("0" * 64)
    catalog.write_text(wrong)
    with pytest.raises(FetchMismatch, match="has the SHA-256"):
        take(name="other")


def test_another_origin_is_refused(bucket: FileServer, archive: bytes, store: Path) -> None:
    bucket.files[f"elsewhere/{FILE}"] = archive
    take(f"s3://{BUCKET}/{FOLDER}")
    with pytest.raises(StoreError, match=r"is in the store, but from s3://.*not from http://"):
        take(f"{bucket.address}/elsewhere")


def test_a_digest_beside_the_file_is_compared(site: FileServer, archive: bytes, store: Path) -> None:
    site.files = {FILE: archive, f"{FILE}.sha256": b"0" * 64 + b"  x.zip\n"}
    with pytest.raises(FetchMismatch, match="has the SHA-256"):
        annopipe.import_model(f"{site.address}/{FILE}")
    assert nothing_kept(store)
    site.files[f"{FILE}.sha256"] = b"<html>something else</html>"
    assert annopipe.import_model(f"{site.address}/{FILE}").installed


def test_a_cut_download_goes_on(site: FileServer, archive: bytes) -> None:
    site.files[FILE] = archive
    site.cut = [1000, 5000, 70_000]
    take(f"{site.address}/{FILE}")
    ranges = [path for method, path, _ in site.requests if method == "GET" and path == f"/{FILE}"]
    assert len(ranges) == 4


@pytest.mark.parametrize("lacks", ["heads", "ranges"])
def test_servers_that_know_less(lacks: str, site: FileServer, archive: bytes) -> None:
    setattr(site, lacks, False)
    site.files[FILE] = archive
    site.cut = [1000] if lacks == "ranges" else []
    assert annopipe.import_model(f"{site.address}/{FILE}").name == NAME


def test_what_is_not_there_or_not_given(site: FileServer, store: Path) -> None:
    with pytest.raises(FetchError, match=r"is not there \(404\)"):
        annopipe.import_model(f"{site.address}/{FILE}")
    site.bucket, site.listed = "private", False
    with pytest.raises(FetchDenied, match="not given to everybody"):
        annopipe.import_model(f"{site.address}/private/{FILE}")
    site.files["page.zip"] = b"<html>Sign in</html>"
    with pytest.raises(SourceError, match=r"page\.zip is a page for a browser"):
        annopipe.import_model(f"{site.address}/page.zip")
    site.stop()
    with pytest.raises(FetchError, match="refuses connections"):
        annopipe.import_model(f"{site.address}/{FILE}")
    assert nothing_kept(store)


def test_no_redirect_leads_to_files_of_this_machine(site: FileServer, store: Path) -> None:
    site.moved["a.zip"] = "file:///etc/passwd"
    with pytest.raises(FetchError, match="302"):
        annopipe.import_model(f"{site.address}/a.zip")
    site.moved["b.zip"] = f"{site.address}/b.zip"
    with pytest.raises(FetchError, match="302"):
        annopipe.import_model(f"{site.address}/b.zip")


def test_offline_nothing_is_asked(site: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
    with pytest.raises(ModelNotHere, match="ANNOPIPE_OFFLINE=1 forbids"):
        annopipe.import_model(f"{site.address}/{FILE}")
    with pytest.raises(ModelNotHere, match="ANNOPIPE_OFFLINE=1 forbids"):
        take(f"{site.address}/{FOLDER}")
    assert site.requests == []


def test_a_folder_in_a_bucket(bucket: FileServer, tiny_model_folder: Path) -> None:
    files = contents(tiny_model_folder, f"{BUCKET}/hf/tiny/")
    bucket.files |= files | {f"{BUCKET}/hf/tiny/onnx/readme.txt": b"x", f"{BUCKET}/hf/tinyest/config.json": b"{}"}
    card = annopipe.import_model(f"s3://{BUCKET}/hf/tiny/")
    assert card.name == "tiny"
    assert same_bits(vectors("tiny"), vectors(tiny_model_folder))
    bucket.files[f"{BUCKET}/evil/../../up.txt"] = b"x"
    with pytest.raises(SourceError, match="would not stay in its folder"):
        annopipe.import_model(f"s3://{BUCKET}/evil/")


@pytest.mark.parametrize("address", ["s3://", "s3:///key", "s3://UPPER/key", "http://", "s3://a/../b"])
def test_no_address(address: str, store: Path) -> None:
    with pytest.raises(FetchError):
        annopipe.import_model(address)


def test_a_public_file_of_s3_without_s3fs(monkeypatch: pytest.MonkeyPatch, bucket: FileServer) -> None:
    from annopipe.hub.web import http_address

    monkeypatch.setitem(sys.modules, "s3fs", None)
    take(f"s3://{BUCKET}/{FOLDER}")
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    assert http_address(f"s3://{BUCKET}/{FOLDER}/{FILE}") == f"https://s3.amazonaws.com/{BUCKET}/{FOLDER}/{FILE}"
    assert http_address("s3://mine/a b.zip") == "https://s3.amazonaws.com/mine/a%20b.zip"
