"""The catalog: what it must have, NLU's references, and catalogs of one's own."""

import shutil
from pathlib import Path

import pytest

import annopipe
from annopipe import nlu
from annopipe.errors import AnnopipeWarning, CatalogError, ModelNotFound, StoreError
from annopipe.hub import locate
from annopipe.hub.catalog import built_in, by_reference, find
from annopipe.hub.pulling import pull
from hub.conftest import BASE, NAME
from hub.local_hub import LocalHub, Repository

REFERENCES = {
    "en.embed.albert": "albert_base_uncased_en",
    "en.albert": "albert_base_uncased_en",
    "albert": "albert_base_uncased_en",
    "embed.albert": "albert_base_uncased_en",
    "embed.albert_base_uncased": "albert_base_uncased_en",
    "embed.albert_xxlarge_uncased": "albert_xxlarge_uncased_en",
    "en.embed_sentence.albert": "albert_base_uncased_en",
    "embed_sentence.albert": "albert_base_uncased_en",
    "en.embed.albert.base_uncased": "albert_base_uncased_en",
    "en.embed.albert.large_uncased": "albert_large_uncased_en",
    "en.embed.albert.xlarge_uncased": "albert_xlarge_uncased_en",
    "en.embed.albert.xxlarge_uncased": "albert_xxlarge_uncased_en",
    "en.embed.albert_base_v1": "albert_embeddings_albert_base_v1_en",
    "en.embed.albert_xlarge_v1": "albert_embeddings_albert_xlarge_v1_en",
    "en.embed.albert_xxlarge_v1": "albert_embeddings_albert_xxlarge_v1_en",
    "ar.embed.albert": "albert_embeddings_albert_base_arabic_ar",
    "ar.embed.albert_large_arabic": "albert_embeddings_albert_large_arabic_ar",
    "ar.embed.albert_xlarge_arabic": "albert_embeddings_albert_xlarge_arabic_ar",
    "de.embed.albert_german_ner": "albert_embeddings_albert_german_ner_de",
    "fa.embed.albert": "albert_embeddings_albert_fa_base_v2_fa",
    "fa.embed.albert_fa_zwnj_base_v2": "albert_embeddings_albert_fa_zwnj_base_v2_fa",
    "fr.embed.albert": "albert_embeddings_fralbert_base_fr",
    "ja.embed.albert_base_japanese_v1": "albert_embeddings_albert_base_japanese_v1_ja",
    "mr.embed.albert": "albert_embeddings_marathi_albert_mr",
    "mr.embed.albert_v2": "albert_embeddings_marathi_albert_v2_mr",
    "ms.embed.albert": "albert_embeddings_albert_large_bahasa_cased_ms",
    "ms.embed.albert_base_bahasa_cased": "albert_embeddings_albert_base_bahasa_cased_ms",
    "ms.embed.albert_tiny_bahasa_cased": "albert_embeddings_albert_tiny_bahasa_cased_ms",
    "ro.embed.ALR_BERT": "albert_embeddings_ALR_BERT_ro",
    "xx.embed.albert.indic": "albert_indic_xx",
}

NAMES = [
    "albert_base_uncased",
    "albert_large_uncased",
    "albert_xlarge_uncased",
    "albert_xxlarge_uncased",
    "albert_large_uncased_opt",
    "albert_indic",
    "albert_embeddings_albert_base_v1",
    "albert_embeddings_albert_large_v1",
    "albert_embeddings_albert_xlarge_v1",
    "albert_embeddings_albert_xxlarge_v1",
    "albert_embeddings_albert_base_arabic",
    "albert_embeddings_albert_large_arabic",
    "albert_embeddings_albert_xlarge_arabic",
    "albert_embeddings_albert_german_ner",
    "albert_embeddings_albert_fa_base_v2",
    "albert_embeddings_albert_fa_zwnj_base_v2",
    "albert_embeddings_fralbert_base",
    "albert_embeddings_albert_base_japanese_v1",
    "albert_embeddings_marathi_albert",
    "albert_embeddings_marathi_albert_v2",
    "albert_embeddings_albert_base_bahasa_cased",
    "albert_embeddings_albert_large_bahasa_cased",
    "albert_embeddings_albert_tiny_bahasa_cased",
    "albert_embeddings_ALR_BERT",
    "albert_small_v2",
    "albert_cda",
    "albert_for_arqmath_3",
    "indic_bert_kornesh",
    "albert_large_v1",
    "albert_persian_farsi_zwnj_base_v2",
    "albert_persian_poetry",
    "erlangshen_unimc_albert_235m_english",
    "malbert_base_cased_64k",
    "sanbert_from_indicbert",
    "discharge_albert",
    "french_albert_base_cased",
    "multilingual_albert_base_cased_128k",
    "indicbert_finetuned_tamil",
]


@pytest.mark.parametrize("name", NAMES)
def test_spark_nlps_names_are_known(name: str) -> None:
    assert name in {model.name for model in built_in()}


@pytest.mark.parametrize(("reference", "key"), REFERENCES.items())
def test_nlu_references(reference: str, key: str, store: Path) -> None:
    assert by_reference(reference).model.key == key


def test_no_reference_is_of_two_models() -> None:
    references = [reference for entry in built_in().values() for reference in entry.nlu]
    assert len(references) == len(set(references))


def test_unknown_reference(store: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"Near: .*en\.embed\.albert_base_v1"):
        by_reference("en.embed.albert_base_v2")


@pytest.mark.parametrize("entry", built_in().values(), ids=lambda entry: entry.model.key)
def test_entries_claim_nothing_without_a_source(entry: object) -> None:
    from annopipe.hub.entry import Entry

    assert isinstance(entry, Entry)
    assert entry.revision is None
    assert entry.sha256 == {}
    assert entry.repository is not None
    assert entry.title
    assert entry.description
    assert entry.references
    assert not entry.presumed or entry.note
    for release in entry.releases:
        assert (release.file(entry.model) or "").count("_") >= 4 or release.time is None
    if not entry.presumed and entry.release.time is not None:
        named = entry.repository.removeprefix("albert/")
        assert any(reference.endswith(f"/{named}") for reference in (*entry.references, entry.repository))


def test_presumed_repositories_warn_when_they_are_fetched(hub: LocalHub, model_files: dict[str, bytes]) -> None:
    hub.repositories["albert/albert-base-v2"] = Repository(model_files)
    with pytest.warns(AnnopipeWarning, match="albert/albert-base-v2 .* is only presumed"):
        locate("albert_base_uncased")


def test_languages_are_kept_apart(hub: LocalHub, store: Path) -> None:
    with pytest.raises(ModelNotFound, match="there is one of that name for language en"):
        locate(NAME, "fr")
    assert find(NAME, "fr") is None


def test_own_file_replaces_and_adds(
    hub: LocalHub, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        f'endpoint = "{hub.endpoint}"\n'
        f'[[model]]\nname = "albert_legal"\nlanguage = "de"\nrepository = "{BASE}"\nsize = "1"\n'
    )
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(path))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(CatalogError, match=r"model 'albert_legal': unknown size; known are .*repository"):
        locate("albert_legal", "de")
    path.write_text(path.read_text().replace('size = "1"\n', 'revision = "main"\nnlu = ["de.embed.legal"]\n'))
    assert (locate("albert_legal", "de") / "spiece.model").is_file()
    assert by_reference("de.embed.legal").model.key == "albert_legal_de"
    assert "albert_legal" in {card.name for card in annopipe.models("de")}
    assert find(NAME, "en") is not None


def test_own_digests_are_compared_and_said(
    hub: LocalHub, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_files: dict[str, bytes]
) -> None:
    import hashlib

    digest = hashlib.sha256(model_files["model.safetensors"]).hexdigest()
    path = tmp_path / "own.toml"
    path.write_text(
        f'[[model]]\nname = "mine"\nrepository = "{BASE}"\nsha256 = {{ "model.safetensors" = "{digest}" }}\n'
    )
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(path))
    hub.etags = False
    locate("mine")
    assert annopipe.card("mine").verified == "catalog"


def test_own_folder_is_used_in_place_and_copied_by_pull(
    store: Path, tmp_path: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    shutil.copytree(tiny_model_folder, share / "albert_team_en")
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(share))
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
    assert locate("albert_team") == share / "albert_team_en"
    assert annopipe.card("albert_team").folder == share / "albert_team_en"
    assert not store.exists()
    assert pull("albert_team") == store / "albert_team_en"
    assert locate("albert_team") == store / "albert_team_en"
    shutil.rmtree(share / "albert_team_en")
    assert annopipe.load("albert_team").dimension == 16
    assert annopipe.card("albert_team").endpoint == str(share / "albert_team_en")


def test_own_folder_entry_and_damaged_source(
    store: Path, tmp_path: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_model_folder, tmp_path / "models" / "a")
    (tmp_path / "own.toml").write_text('[[model]]\nname = "mine"\nfolder = "models/a"\n')
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(tmp_path / "own.toml"))
    (tmp_path / "models" / "a" / "SHA256SUMS").write_text("0" * 64 + "  config.json\n")
    with pytest.raises(StoreError, match=r"config\.json was changed"):
        locate("mine")
    (tmp_path / "models" / "a" / "SHA256SUMS").unlink()
    assert locate("mine") == store / "mine_en"
    (tmp_path / "own.toml").write_text('[[model]]\nname = "yours"\nfolder = "models/b"\n')
    with pytest.raises(CatalogError, match=r"models/b, but that has no config\.json"):
        locate("yours")


def test_mirror_for_all(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOPIPE_CATALOG", f"{hub.endpoint}/")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    locate(NAME)
    assert annopipe.card(NAME).endpoint == hub.endpoint


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[model", "cannot be read"),
        ("model = 3", r"\[\[model\]\] tables"),
        ("[[model]]\n", "needs a name"),
        ('[[model]]\nname = "../evil"\n', "needs a name"),
        ('[[model]]\nname = "a"\nlanguage = "../x"\n', "language"),
        ('[[model]]\nname = "a"\nrepository = "../../etc"\n', "repository is owner/name"),
        ('[[model]]\nname = "a"\nrepository = "a/b/c"\n', "repository is owner/name"),
        ('[[model]]\nname = "a"\nrevision = "a b"\n', "revision"),
        ('[[model]]\nname = "a"\ndimension = "768"\n', "dimension must be int"),
        ('[[model]]\nname = "a"\nsha256 = { "../x" = "0" }\n', "64 hexadecimal digits"),
        ('[[model]]\nname = "a"\n[[model]]\nname = "a"\n', "twice"),
        ('[[model]]\nname = "a"\n[[model.releases]]\nday = 1\n', "unknown day"),
    ],
)
def test_wrong_catalogs(text: str, told: str, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(path))
    with pytest.raises(CatalogError, match=told) as caught:
        annopipe.models()
    assert str(path) in str(caught.value)


def test_catalog_that_is_not_there(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(tmp_path / "none.toml"))
    with pytest.raises(CatalogError, match=r"none\.toml', not there"):
        annopipe.models()


def test_remote_loc(hub: LocalHub, store: Path, tmp_path: Path, tiny_model_folder: Path) -> None:
    from annopipe import AlbertEmbeddings

    shutil.copytree(tiny_model_folder, tmp_path / "share" / "there_en")
    AlbertEmbeddings.pretrained("there", "en", str(tmp_path / "share"))
    AlbertEmbeddings.pretrained("plain", "en", str(tiny_model_folder))
    AlbertEmbeddings.pretrained(NAME, "en", "public/models")
    AlbertEmbeddings.pretrained("mine", "en", f"{BASE}@{hub.repositories[BASE].commit}")
    assert {path.name for path in store.iterdir() if path.name[0] != "."} == {
        "there_en",
        "plain_en",
        f"{NAME}_en",
        "mine_en",
    }
    for place in ("nowhere", "../up", str(tmp_path / "empty"), "a/b/c"):
        with pytest.raises(ModelNotFound, match="is no place to fetch from"):
            locate("other", remote_loc=place)
    with pytest.raises(ModelNotFound, match="does not say which repository"):
        locate("other", remote_loc=hub.endpoint)


def overlay(path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Path:
    path.write_text(f'[[model]]\nname = "albert_base_uncased"\nlanguage = "en"\n{text}')
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(path))
    return path


OVERLAYS = {
    "folder": 'folder = "mine"\n',
    "archive": 'archive = "mine.zip"\n',
    "repository": 'repository = "owner/mine"\n',
    "revision": 'revision = "v2"\n',
    "endpoint": 'endpoint = "https://mirror.example"\n',
    "title": 'title = "Ours"\n',
    "nothing": "",
}


@pytest.mark.parametrize("key", OVERLAYS)
def test_an_overlay_keeps_what_it_does_not_set(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANNOPIPE_CATALOG", raising=False)
    plain = by_reference("albert")
    overlay(tmp_path / "c.toml", monkeypatch, OVERLAYS[key])
    entry = by_reference("albert")
    assert entry.model == plain.model
    kept = ["description", "license", "task", "input_labels", "references", "nlu", "releases"]
    kept += [] if key == "title" else ["title"]
    kept += [] if key in ("folder", "archive", "repository") else ["repository", "sha256", "presumed", "dimension"]
    for field in kept:
        assert getattr(entry, field) == getattr(plain, field), field
    if key in ("folder", "archive", "repository"):
        assert (entry.revision, entry.sha256, entry.presumed) == (None, {}, False)
        assert [entry.repository is None, entry.folder is None, entry.archive is None].count(False) == 1


def test_a_reference_of_ones_own_goes_before_the_catalogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANNOPIPE_CATALOG", raising=False)
    other = next(entry for entry in reversed(built_in().values()) if entry.nlu).nlu[0]
    overlay(tmp_path / "c.toml", monkeypatch, f'folder = "mine"\nnlu = ["{other}"]\n')
    assert by_reference(other).model.name == "albert_base_uncased"


def test_nlu_loads_a_model_whose_folder_is_in_an_overlay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_model_folder: Path
) -> None:
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    overlay(tmp_path / "c.toml", monkeypatch, f"folder = {str(tiny_model_folder)!r}\n")
    pipe = nlu.load("albert")
    assert len(pipe.predict(["the house"], output_level="document")) == 1
