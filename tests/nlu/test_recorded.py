"""The recorded calls of the real NLU, made again in the ``sparknlp`` dialect."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nlu_records import Maker, difference, given, records

from annopipe.errors import AnnopipeError

pytestmark = [
    pytest.mark.reference,
    pytest.mark.usefixtures("sparknlp_dialect"),
    pytest.mark.filterwarnings("ignore::annopipe.AnnopipeWarning"),
]

INDEX = "the index holds the caller's labels, not the row number in Spark's result"
ORDER = "rows come in the order of the input"
SHIFT = "a vector stands beside its own token, a token without vector has NaN"
WORKS = "texts in this form are read"
DIFFERENT = {
    "in/tuple": WORKS,
    "in/none": "None is an empty text, alone too",
    "in/list-empty": "no texts give a frame without rows",
    "in/series-index": INDEX,
    "in/df-extra-index": INDEX,
    "in/df-index-strings": INDEX,
    "in/df-with-origin-index": "the caller's column origin_index is kept, not overwritten and dropped",
    "in/df-col-named-token": "the caller's column token is not lost in silence: an error names it",
    "in/spark-no-text": "the first column is read, as of other frames",
    "empty/list-with-none": "None is an empty text, as in frames and Series",
    "empty/df-all-none": "texts that are all null are empty texts",
    "empty/df-zero-rows": "no texts give a frame without rows",
    "flag/strangers-false": "the flag works",
    "flag/strangers-false-list": "the flag works",
    "flag/strangers-series-no-embeddings": INDEX,
    "name/embfinisher": "finishers are passed over",
    "name/finisher": "finishers are passed over",
    "fault/skipped-token-shifts": SHIFT,
    "fault/skipped-token-shifts-positions": SHIFT,
    "fault/truncated-two-sentences-positions": SHIFT,
    "fault/default-partition-order": ORDER,
    "fault/default-partition-order-df": ORDER,
    "fault/partition-2": ORDER,
    "fault/batch8-padding": "vectors do not depend on other rows of the batch",
}
"""Calls that give something else than the real NLU, with the reason; each is one of its faults."""


@pytest.fixture
def models(reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the references that were recorded mean the model that was recorded."""
    names = {
        ("albert_base_uncased", "en"): [
            "albert",
            "embed.albert",
            "en.embed.albert.base_uncased",
            "en.embed_sentence.albert",
        ],
        ("albert_xlarge_uncased", "en"): ["en.embed.albert.xlarge_uncased"],
        ("albert_embeddings_albert_base_v1", "en"): ["en.embed.albert_base_v1"],
        ("albert_embeddings_fralbert_base", "fr"): ["fr.embed.albert"],
    }
    folder = reference / "models" / "albert-tiny-random"
    tables = [
        f"[[model]]\nname = {name!r}\nlanguage = {language!r}\nfolder = {str(folder)!r}\nnlu = {texts!r}\n"
        for (name, language), texts in names.items()
    ]
    catalog = tmp_path / "catalog.toml"
    catalog.write_text("\n".join(tables), encoding="utf-8")
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(catalog))
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))


def _difference(record: dict[str, Any], maker: Maker) -> str:
    data = given(record)
    before = data.copy() if isinstance(data, pd.DataFrame | pd.Series) else None
    try:
        found = maker.pipe(record).predict(data, **record["predict"])
    except (AnnopipeError, TypeError) as error:
        recorded = record.get("error", {}).get("type", "no error")
        expected = {"Exception": Exception, "TypeError": TypeError, "ValueError": ValueError}.get(recorded)
        return "" if expected and isinstance(error, expected) else f"{error!r}, recorded {recorded}"
    if before is not None:
        assert before.equals(data)
    if "error" in record:
        return f"a result, recorded the error {record['error']['message']!r}"
    return difference(found, record["result"])


def test_recorded_calls(reference: Path, tmp_path: Path, models: None) -> None:
    (tmp_path / "saved").mkdir()
    maker = Maker(reference, tmp_path / "saved")
    found = {}
    for record in records(reference):
        if record["predict"].get("return_spark_df"):
            continue
        if text := _difference(record, maker):
            found[record["id"]] = text
    assert found.keys() == DIFFERENT.keys(), "\n".join(
        f"{key}: {text}" for key, text in found.items() if key not in DIFFERENT
    )
    assert len(found) <= 25
