"""The notebooks run from start to end without a network, and what they store is what comes out.

``scripts/run_notebook.py`` stores the outputs. Numbers may differ as on the documentation's pages; of pictures it is
held that there is one.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from test_docs import alike

pytest.importorskip("pysail", reason="pysail is absent: pip install 'annopipe[sail]'")
pytest.importorskip("matplotlib", reason="matplotlib is absent: pip install 'annopipe[plot]'")
pytest.importorskip("ipykernel", reason="ipykernel is absent: pip install --group notebook")
nbclient = pytest.importorskip("nbclient", reason="nbclient is absent: pip install --group notebook")
nbformat = pytest.importorskip("nbformat")

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))


def _printed(cell: Any) -> list[tuple[str, list[str]]]:
    """Return text and kinds of each output; what is printed comes in one or several, as it happens."""
    outputs = cell.get("outputs", [])
    streamed = "".join(output.text for output in outputs if output.output_type == "stream")
    shown = [output.data for output in outputs if output.output_type != "stream"]
    return [(streamed, ["stream"]), *((str(data.get("text/plain")), sorted(data)) for data in shown)]


def test_there_is_the_one_of_the_card() -> None:
    assert [path.name for path in NOTEBOOKS] == ["albert_embeddings.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_run_gives_what_is_stored(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED", "ANNOPIPE_SPARK_OWNER"):
        monkeypatch.delenv(name, raising=False)
    stored = nbformat.read(path, as_version=4)
    again = nbformat.from_dict(json.loads(json.dumps(stored)))
    nbclient.NotebookClient(again, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert len(again.cells) == len(stored.cells)
    pictures = 0
    for cell, shown in zip(again.cells, stored.cells, strict=True):
        made, wanted = _printed(cell), _printed(shown)
        assert [kinds for _, kinds in made] == [kinds for _, kinds in wanted], cell.source
        for (printed, kinds), (text, _) in zip(made, wanted, strict=True):
            assert alike(text, printed), f"{cell.source}\nprinted\n{printed}"
            pictures += "image/png" in kinds
    assert pictures == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_nothing_of_a_machine_is_stored(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        assert cell.get("execution_count") is None
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/png", None)
        assert not re.search(r"/home|/root|/tmp|/Users|/work|[A-Z]:\\\\", json.dumps(cell))
