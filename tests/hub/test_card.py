"""Cards: what the seed's card says, in each form; cards that people write; what is installed."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import annopipe
from annopipe.errors import AnnopipeWarning, ModelNotFound, ParamValueError
from annopipe.hub import locate
from annopipe.hub.card import Card
from annopipe.hub.card_building import card_of, card_of_folder
from annopipe.hub.card_reading import read_card
from annopipe.hub.catalog import built_in
from annopipe.hub.names import ModelName
from hub.conftest import BASE, NAME
from hub.local_hub import LocalHub

SEED = [
    "English ALBERT Embeddings (Base, v1)",
    "albert_embeddings_albert_base_v1",
    "2022-04-14",
    "Spark NLP 3.4.2+",
    "Open Source",
    "Official",
    "[sentence, token]",
    "[bert]",
    "en",
    "44.8 MB",
    "false",
    "https://huggingface.co/albert-base-v1",
    "https://arxiv.org/abs/1909.11942",
    "https://github.com/google-research/albert",
    "https://yknzhu.wixsite.com/mbweb",
    "https://en.wikipedia.org/wiki/English_Wikipedia",
    "https://s3.amazonaws.com/auxdata.johnsnowlabs.com/public/models/albert_embeddings_albert_base_v1_en_3.4.2_3.0_1649954125996.zip",
    "s3://auxdata.johnsnowlabs.com/public/models/albert_embeddings_albert_base_v1_en_3.4.2_3.0_1649954125996.zip",
    'AlbertEmbeddings.pretrained("albert_embeddings_albert_base_v1", "en")',
    '.setInputCols(["document", "token"]).setOutputCol("embeddings")',
    'spark.createDataFrame([["I love Spark NLP"]]).toDF("text")',
    'nlu.load("en.embed.albert_base_v1").predict("I love Spark NLP")',
]
"""Every value of Spark NLP's card of this model, and its example's calls."""

ROWS = {
    "Model Name": "albert_embeddings_albert_base_v1",
    "Compatibility": "Spark NLP 3.4.2+",
    "License": "Open Source",
    "Edition": "Official",
    "Input Labels": "[sentence, token]",
    "Output Labels": "[bert]",
    "Language": "en",
    "Size": "44.8 MB",
    "Case sensitive": "false",
    "Dimension": "768",
}


class Text(HTMLParser):
    """The text of an HTML document, and the elements it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, *_: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("value", SEED)
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_every_value_of_the_seeds_card_occurs(value: str, form: str, store: Path) -> None:
    card = annopipe.card(NAME)
    shown = {"text": str(card), "markdown": card.markdown(), "html": Text(card._repr_html_()).text}[form]
    assert value in shown


def test_information_table_of_the_seeds_card(store: Path) -> None:
    assert annopipe.card(NAME).information == ROWS
    table = annopipe.card(NAME).markdown().partition("## Model Information")[2]
    for label, value in ROWS.items():
        assert f"| {label} | {value} |" in table


def test_fields(store: Path) -> None:
    card = annopipe.card(NAME)
    assert (card.name, card.language, card.date, card.task) == (NAME, "en", "2022-04-14", "Embeddings")
    assert (card.edition, card.predicted_entities) == ("Spark NLP 3.4.2", ())
    assert (card.repository, card.presumed, card.revision) == (BASE, False, None)
    assert (card.installed, card.folder, card.verified, dict(card.sha256)) == (False, None, None, {})
    assert set(card.usage) >= {"Python", "Python, on Spark", "Scala (Spark NLP on a JVM)", "NLU"}
    assert len(card.references) == 5
    assert "albert_embeddings_albert_base_v1_en_3_0.md" in (card.source or "")


def test_python_tab_runs(store: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    shutil.copytree(tiny_model_folder, store / f"{NAME}_en")
    namespace: dict[str, object] = {}
    exec(annopipe.card(NAME).usage["Python"], namespace)  # noqa: S102
    result = namespace["result"]
    assert isinstance(result, list)
    assert [one.result for one in result[0]["embeddings"]] == ["i", "love", "spark", "nlp"]


def test_installed_model(hub: LocalHub, store: Path) -> None:
    folder = locate(NAME)
    card = annopipe.card(NAME)
    assert (card.folder, card.verified, card.endpoint) == (folder, "hub", hub.endpoint)
    assert card.revision == hub.repositories[BASE].commit
    assert card.information["Dimension"] == "16"
    assert card.information["Size"] == "44.8 MB"
    assert set(card.sha256) == {"config.json", "model.safetensors", "spiece.model", "tokenizer_config.json"}
    for shown in (str(card), card.markdown(), card._repr_html_()):
        assert "hub (the digests that the hub announced" in shown
        assert card.sha256["model.safetensors"] in shown
        assert hub.repositories[BASE].commit in shown
    written = (folder / "card.md").read_text(encoding="utf-8")
    assert hub.repositories[BASE].commit in written
    assert all(value in written for value in SEED)


def test_presumed_repository_is_said_so(store: Path) -> None:
    card = annopipe.card("albert_base_uncased")
    assert card.presumed
    for shown in (str(card), card.markdown(), card._repr_html_()):
        assert "albert/albert-base-v2 (presumed)" in shown
        assert "tfhub.dev/google/albert_base/3" in shown
        assert "not those of albert-base-v1" in shown


def test_bundled_model(store: Path) -> None:
    card = annopipe.card("albert_mini_en")
    assert annopipe.card("albert_mini") == card
    assert card.verified == "package"
    assert card.information["Dimension"] == "384"
    assert card.information["Input Labels"] == "[document, token]"
    assert card.title == "ALBERT Mini Embeddings (English, Uncased)"
    assert "https://arxiv.org/abs/1909.11942" in card.references
    assert {"Figures", "Limits", "Data and licences"} <= set(card.more)
    for shown in (str(card), card.markdown(), Text(card._repr_html_()).text):
        assert "product reviews (Bing Liu)" in shown
        assert card.sha256["model.int8.safetensors"] in shown


@pytest.mark.parametrize("entry", built_in().values(), ids=lambda entry: entry.model.key)
def test_markdown_can_be_read_back(entry: object) -> None:
    from annopipe.hub.entry import Entry

    assert isinstance(entry, Entry)
    card = card_of(entry)
    again = read_card(card.markdown(), ModelName("other", "xx"))
    lost = {"source": card.source, "sha256": card.sha256, "folder": None}
    assert replace(again, **lost) == card


def test_front_matter_is_yaml(store: Path) -> None:
    yaml = pytest.importorskip("yaml")
    for entry in built_in().values():
        head = card_of(entry).markdown().split("---\n")[1]
        facts = yaml.safe_load(head)
        assert facts["name"] == entry.model.name
        assert str(facts["title"]) == entry.title
        assert facts["tags"][0] == "albert"


def test_a_folder_without_a_card_tells_what_its_files_tell(tiny_model_folder: Path) -> None:
    card = card_of_folder(tiny_model_folder, ModelName("mine", "en"))
    assert card.information["Dimension"] == "16"
    assert card.information["Size"].endswith("MB")
    assert card.title is None
    assert "mine (en)" in str(card)


HOSTILE = """---
title: '<script>alert(1)</script>'
name: mine
---

## Description

A card\x1b[31m with <b>marks</b> & more.

## Model Information

| | |
|---|---|
| Size | <img src=x onerror=alert(1)> |
| Odd | a \\| b |

## References

* see <https://example.org/"onclick="x> and javascript:alert(1)
"""


def test_a_hostile_card_drives_neither_terminal_nor_browser() -> None:
    card = read_card(HOSTILE, ModelName("mine", "en"))
    assert card.information["Odd"] == "a | b"
    html = card._repr_html_()
    assert Text(html).tags <= {"div", "h3", "h4", "p", "code", "table", "tr", "th", "td", "ul", "li", "a", "details"}
    assert 'onclick="' not in html
    assert "\x1b" not in str(card)
    assert "\\x1b[31m" in str(card)


@pytest.mark.parametrize(
    "text", ["", "---", "---\n---", "# x\n", "---\nname\n---\n## \n##\n", "|", "```", "## How to use\n```\n"]
)
def test_odd_cards_are_read(text: str) -> None:
    assert read_card(text, ModelName("mine", "en")).language == "en"


def test_card_of_an_unknown_name(store: Path) -> None:
    with pytest.raises(ModelNotFound, match="Near: albert_embeddings_albert_base_v1_en"):
        annopipe.card("albert_embeddings_albert_base_v11")
    with pytest.raises(ModelNotFound, match="there is one of that name for language fr"):
        annopipe.card("albert_embeddings_fralbert_base", "en")
    with pytest.raises(ModelNotFound, match="the model in it is 'albert_large_v1'"):
        annopipe.card("albert_large_v1_pipeline")
    assert annopipe.card("albert_embeddings_fralbert_base_fr").language == "fr"


def test_models(store: Path) -> None:
    every = annopipe.models()
    assert {(card.name, card.language) for card in every} >= {(m.name, m.language) for m in built_in()}
    assert [card.name for card in every if card.installed] == ["albert_mini"]
    assert {card.language for card in annopipe.models(lang="fa")} == {"fa"}
    assert annopipe.models(task="embeddings") == every
    assert NAME in str(every)
    assert "<script" not in every._repr_html_()
    assert isinstance(every[0], Card)
    with pytest.raises(ModelNotFound, match="there are models of ar, de, en"):
        annopipe.models(lang="zz")
    with pytest.raises(ModelNotFound, match="is no language code"):
        annopipe.models(lang="English")
    with pytest.raises(ParamValueError, match="Embeddings"):
        annopipe.models(task="Translation")


def test_a_damaged_folder_of_the_store_does_not_hide_the_others(store: Path) -> None:
    for key in ("bad_en", f"{NAME}_en"):
        (store / key).mkdir(parents=True)
        (store / key / "config.json").write_text("x", "utf-8")
    with pytest.warns(AnnopipeWarning) as caught:
        every = annopipe.models()
    assert sorted(str(warning.message).partition(" on this")[0] for warning in caught) == [f"{NAME}_en", "bad_en"]
    assert "annopipe remove bad_en" in str([warning.message for warning in caught])
    assert {"bad", NAME, "albert_mini"} <= {card.name for card in every}
    assert [card.name for card in every if card.installed] == ["albert_mini"]


def test_a_folder_of_the_store_without_config_is_named(store: Path) -> None:
    (store / "begun_en").mkdir(parents=True)
    with pytest.raises(ModelNotFound, match=r"begun_en has no config\.json, it was copied in part"):
        annopipe.load("begun")


def test_an_empty_list_of_models_prints_its_headings() -> None:
    from annopipe.hub.listing import Cards

    assert str(Cards()) == "model  language  size  dimension  on this machine"


def test_the_first_block_of_a_language_is_how_to_use_it() -> None:
    blocks = "```python\nfirst()\n```\n\nAnother program:\n\n```python\nsecond()\n```\n\n```scala\nthird\n```\n"
    card = read_card(f"## How to use\n\n{blocks}", ModelName("twice", "en"))
    assert {name: code.strip() for name, code in card.usage.items()} == {"Python": "first()", "Scala": "third"}
