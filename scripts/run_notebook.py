"""Run the notebooks from start to end and store what their cells give, so that they can be read without running.

    python scripts/run_notebook.py

Needs the group ``notebook`` and ``annopipe[sail,plot]``. Times, counters and identities are left out: a run without
changes changes little but pictures.
"""

from pathlib import Path
from typing import Any, Final

import nbclient
import nbformat

NOTEBOOKS: Final = Path(__file__).resolve().parent.parent / "notebooks"


def run(path: Path) -> Any:
    """Return the notebook of a file after a run, with outputs and nothing of the machine that ran it."""
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    for place, cell in enumerate(notebook.cells):
        cell.metadata.clear()
        cell["id"] = f"cell-{place}"
        if cell.cell_type == "code":
            cell.execution_count = None
            for output in cell.outputs:
                output.get("metadata", {}).clear()
                if "execution_count" in output:
                    output.execution_count = None
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def main() -> None:
    """Run and store all of them."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        nbformat.write(run(path), path)
        print(path.name)


if __name__ == "__main__":
    main()
