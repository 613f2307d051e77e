"""Buckets that are given to one's own AWS account alone, from a server on this machine that checks each signature."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import annopipe
from annopipe.errors import FetchDenied
from importers.conftest import contents, nothing_kept, same_bits, vectors
from importers.file_server import FileServer
from importers.hostile_archives import zip_of
from importers.signatures import KEY, SECRET, TOKEN

BUCKET, REGION = "our-models", "eu-central-1"
FILE = "our_albert_en_1.0_1700000000000.zip"
PLACE = f"s3://{BUCKET}/nlp/team a+b"

pytest.importorskip("s3fs", reason="s3fs is absent: pip install 'annopipe[s3]'")


@pytest.fixture
def bucket(
    store: Path, tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FileServer]:
    """Return a server with a private bucket; of the user's own settings of AWS nothing is at work."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_DEFAULT_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setattr("annopipe.hub.transfer.FIRST_WAIT", 0.01)
    monkeypatch.setenv("HF_HUB_DOWNLOAD_TIMEOUT", "2")
    with FileServer(bucket=BUCKET, private=REGION) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", running.address)
        running.files[f"{BUCKET}/nlp/team a+b/{FILE}"] = zip_of(contents(tiny_model_folder))
        yield running


@pytest.fixture
def signed(bucket: FileServer, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    """Let the user sign requests, with credentials in the environment."""
    monkeypatch.setenv("ANNOPIPE_S3_SIGNED", "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return bucket


@pytest.mark.parametrize("region", [REGION, None])
@pytest.mark.parametrize("how", ["import", "remote_loc", "catalog"])
def test_the_users_credentials_sign(
    how: str, region: str | None, signed: FileServer, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The region is the environment's, or what the bucket itself says."""
    if region:
        monkeypatch.setenv("AWS_REGION", region)
    signed.cut = [2000, 7000]
    if how == "import":
        annopipe.import_model(f"{PLACE}/{FILE}")
    elif how == "remote_loc":
        annopipe.AlbertEmbeddings.pretrained("our_albert", "en", PLACE)
    else:
        monkeypatch.setenv("ANNOPIPE_CATALOG", PLACE)
        annopipe.AlbertEmbeddings.pretrained("our_albert")
    assert same_bits(vectors("our_albert"), vectors(tiny_model_folder))
    assert SECRET not in str(signed.requests)
    card = annopipe.card("our_albert")
    assert card.information["Source"] == f"{PLACE}/{FILE}"
    assert KEY not in str(card)


def test_a_folder_and_a_profile(
    signed: FileServer, tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    said = f"aws_access_key_id={KEY}\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}\n"
    (tmp_path / "credentials").write_text(f"[team]\n{said}")
    (tmp_path / "config").write_text(f"[profile team]\nregion = {REGION}\n")
    monkeypatch.setenv("AWS_PROFILE", "team")
    signed.files |= contents(tiny_model_folder, f"{BUCKET}/hf/tiny/")
    assert annopipe.import_model(f"s3://{BUCKET}/hf/tiny/").name == "tiny"


def test_without_the_switch_nothing_is_signed(signed: FileServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANNOPIPE_S3_SIGNED")
    with pytest.raises(FetchDenied, match=r"not given to everybody \(403\).*ANNOPIPE_S3_SIGNED=1"):
        annopipe.import_model(f"{PLACE}/{FILE}")
    with pytest.raises(FetchDenied, match=r"our_albert_en is not given.*ANNOPIPE_S3_SIGNED=1"):
        annopipe.AlbertEmbeddings.pretrained("our_albert", "en", PLACE)
    assert {credentials for _, _, credentials in signed.requests} == {None}
    assert nothing_kept(store)


def test_other_addresses_are_never_signed(signed: FileServer) -> None:
    signed.private = None
    annopipe.import_model(f"{signed.address}/{BUCKET}/nlp/team%20a%2Bb/{FILE}", "plain")
    assert {credentials for _, _, credentials in signed.requests} == {None}


def test_credentials_that_do_not_fit(signed: FileServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(FetchDenied, match="not given to your AWS credentials"):
        annopipe.import_model(f"{PLACE}/{FILE}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(FetchDenied, match="no AWS credentials were found"):
        annopipe.import_model(f"{PLACE}/{FILE}")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(FetchDenied, match="nobody"):
        annopipe.import_model(f"{PLACE}/{FILE}")
    assert nothing_kept(store)


def test_without_s3fs(signed: FileServer) -> None:
    program = f"import sys; sys.modules['s3fs'] = None; import annopipe; annopipe.import_model({f'{PLACE}/{FILE}'!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "MissingExtra" in done.stderr
    assert "annopipe[s3]" in done.stderr


def test_nothing_of_amazons_is_loaded_before_it_is_wanted() -> None:
    program = "import sys, annopipe.hub.buckets; sys.exit('botocore' in sys.modules or 'fsspec' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
