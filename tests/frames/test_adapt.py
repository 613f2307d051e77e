"""What is no frame is refused, with the way to one."""

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from fake_stages import adding

from annopipe.errors import ColumnTypeError
from annopipe.frames.carrying import ROW_COLUMN
from annopipe.frames.detection import adapt
from annopipe.surrogates import NOTE_COLUMN


class NoTable:
    """A stream of bare numbers."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return pa.chunked_array([[1, 2]]).__arrow_c_stream__(requested_schema)


class Tabular:
    def to_arrow(self) -> None: ...


REFUSED: list[tuple[Any, str]] = [
    ("a text", r"\[text\].*LightPipeline"),
    (pd.Series(["a"]), r"series\.to_frame\('text'\)"),
    (pd.Index(["a"]), r"index\.to_frame\('text'\)"),
    (pl.Series(["a"]), r"series\.to_frame\('text'\)"),
    (pa.array(["a"]), r"pa\.table\(\{'text': array\}\)"),
    (pa.chunked_array([["a"]]), r"pa\.table\(\{'text': array\}\)"),
    (NoTable(), "no table: pass a frame with named columns"),
    (Tabular(), "has a method that gives an Arrow table"),
    (np.array([1.5]), "float64.*one-dimensional array of str"),
    (np.array([["a"]]), "2 dimensions"),
    ({"text": ["a"]}, "builtins.dict cannot be read.*pandas DataFrame.*RecordBatchReader"),
    (("a",), r"builtins.tuple.*list\(\.\.\.\)"),
    ({"a"}, "builtins.set"),
    (b"a", "builtins.bytes"),
    (7, "builtins.int"),
    (None, "builtins.NoneType"),
]


@pytest.mark.parametrize(("frame", "said"), REFUSED, ids=lambda value: type(value).__name__)
def test_what_is_no_frame_is_refused_with_the_way(frame: Any, said: str) -> None:
    with pytest.raises(ColumnTypeError, match=said):
        adapt(frame, "text")


@pytest.mark.parametrize("name", [ROW_COLUMN, NOTE_COLUMN])
def test_names_that_are_used_on_the_way_are_refused(name: str) -> None:
    for frame in ([{name: 1}], pd.DataFrame({name: [1]}), pl.DataFrame({name: [1]}), pa.table({name: [1]})):
        with pytest.raises(ColumnTypeError, match=f"{name}.*rename"):
            adapt(frame, "text")


TEXT_ARRAYS = [np.array(["a b", "c"]), np.array(["a b", None], object)]
if hasattr(np.dtypes, "StringDType"):  # numpy 2
    TEXT_ARRAYS.append(np.array(["a b"], np.dtypes.StringDType()))


@pytest.mark.parametrize("array", TEXT_ARRAYS, ids=lambda array: array.dtype.kind)
def test_a_numpy_array_of_str_is_a_list(array: Any) -> None:
    adapter = adapt(array, "text")
    run, schema = adding(adapter.schema)
    result = adapter.apply(run, schema)
    assert [note.result for note in result[0]["words"]] == ["a", "b"]


FRESH = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('pandas', 'polars', 'pyspark'):
            asked.append(name)
            raise ModuleNotFoundError(name)
asked = []
sys.meta_path.insert(0, Blocked())
import pyarrow as pa
from annopipe.frames.detection import adapt
frames = (['a b', None], [{'text': 'a'}], iter(['a']), pa.table({'text': ['a']}))
before = set(sys.modules)
for frame in frames:
    adapter = adapt(frame, 'text')
    list(adapter.apply(lambda batches: batches, adapter.schema))
try:
    adapt(7, 'text')
except TypeError:
    pass
ours = sorted(name for name in sys.modules if name.startswith('annopipe.frames'))
assert not [name for name in asked if name.split('.')[0] != 'pandas'], asked
assert not [name for name in ours if 'pandas' in name or 'polars' in name], ours
assert not [name for name in sys.modules if name.startswith('annopipe.annotators')]
"""


def test_no_library_is_needed_or_asked_for_but_that_of_the_frame() -> None:
    """Only pyarrow itself looks for pandas; none of ours is loaded for a list or an Arrow table."""
    done = subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_library_loads_its_own_module_alone() -> None:
    code = (
        "import sys, polars\nfrom annopipe.frames.detection import adapt\n"
        "adapt(polars.DataFrame({'text': ['a']}), 'text')\n"
        "assert 'annopipe.frames.polars_frames' in sys.modules\n"
        "assert 'annopipe.frames.pandas_frames' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["__annopipe_row__", "__annopipe_x", "half \ud83d"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(ColumnTypeError, match="the list of dicts has a column"):
        adapt([{"text": "a", name: 1}], "text")
