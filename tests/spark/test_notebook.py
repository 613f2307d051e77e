"""A real notebook kernel: the session starts in it, works, is drawn, and an interrupt gives the prompt back."""

import ast
import signal
import threading
import time
from typing import Any

import pytest

pytest.importorskip("pysail", reason="pysail is absent: pip install 'annopipe[sail]'")
nbclient = pytest.importorskip("nbclient", reason="nbclient is absent: pip install --group notebook")
pytest.importorskip("ipykernel", reason="ipykernel is absent: pip install --group notebook")
nbformat = pytest.importorskip("nbformat")

CELLS = [
    "import annopipe\nfrom annopipe import *\nspark = annopipe.start()",
    "stage = DocumentAssembler(inputCol='text', outputCol='document')\n"
    "result = stage.transform(spark.createDataFrame([['a house']], ['text']))\nresult.count()",
    "annopipe.show(result)",
    "import time\ndef slow(batches):\n    import time\n"
    "    for batch in batches:\n        time.sleep(60)\n        yield batch\n"
    "begun = time.monotonic()\n"
    "try:\n    spark.range(3).mapInArrow(slow, 'id long').collect()\n"
    "finally:\n    waited = time.monotonic() - begun",
    "assert annopipe.start() is spark\nbegun = time.monotonic()\nresult.count(), waited, time.monotonic() - begun",
]


def _run() -> tuple[list[Any], list[float]]:
    """Outputs of the cells and the seconds that each took; the fourth is interrupted after five."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    client = nbclient.NotebookClient(notebook, timeout=120, allow_errors=True)
    seconds = []
    with client.setup_kernel():
        for place, cell in enumerate(notebook.cells):
            if place == 3:
                threading.Timer(5, lambda: client.km.provisioner.process.send_signal(signal.SIGINT)).start()
            begun = time.monotonic()
            client.execute_cell(cell, place)
            seconds.append(time.monotonic() - begun)
    return [cell.outputs for cell in notebook.cells], seconds


@pytest.mark.filterwarnings("ignore")
def test_a_kernel() -> None:
    began = time.monotonic()
    (started, counted, drawn, interrupted, again), seconds = _run()
    assert started == []
    assert counted[0]["data"]["text/plain"] == "1"
    assert "<td>a house</td>" in drawn[0]["data"]["text/html"]
    assert interrupted[-1]["ename"] == "KeyboardInterrupt"
    count, waited, counting = ast.literal_eval(again[0]["data"]["text/plain"])
    assert count == 1
    assert 4 < waited < 8
    assert counting < 5
    assert seconds[3] < 20  # the traceback is drawn meanwhile
    assert time.monotonic() - began < 55
