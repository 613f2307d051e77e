"""`AlbertVectorizer` with scikit-learn itself: its own checks, pipelines, clones, pickles, containers.

``check_estimator`` runs the cloning check alone for estimators that take no numbers, and warns so. `CHECKS` are all
others of its checks that need no data. Those left out fit random numbers in two dimensions; what they hold is held
below with texts: equal results of a second fit, of rows in another order, of parts; parameters untouched by fit; a
pickled copy; ``fit`` returns self; a read-only input.
"""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import annopipe
from annopipe.errors import ColumnTypeError, ModelNotFound, ParamTypeError, ParamValueError

sklearn = pytest.importorskip("sklearn", reason="scikit-learn is absent: pip install 'annopipe[sklearn]'")
from sklearn.base import clone  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.exceptions import NotFittedError, SkipTestWarning  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.utils import estimator_checks  # noqa: E402

from annopipe.sklearn import AlbertVectorizer  # noqa: E402

CHECKS = [
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_mixin_order",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
]
TEXTS = ["a house by the bank", "the bank of it", "", "a house"]


@pytest.fixture
def vectorizer(tiny_model_folder: Path) -> AlbertVectorizer:
    return AlbertVectorizer(str(tiny_model_folder))


def test_check_estimator_passes_as_far_as_texts_allow() -> None:
    with pytest.warns(SkipTestWarning, match="Can't test estimator AlbertVectorizer"):
        results = estimator_checks.check_estimator(AlbertVectorizer(), on_skip=None)
    assert {result["status"] for result in results} == {"passed"}


@pytest.mark.parametrize("check", CHECKS)
def test_its_checks_that_need_no_numbers(check: str) -> None:
    getattr(estimator_checks, check)("AlbertVectorizer", AlbertVectorizer())


def test_vectors_are_the_native_apis(vectorizer: AlbertVectorizer, tiny_model_folder: Path) -> None:
    made = vectorizer.fit_transform(TEXTS)
    wanted = np.stack([s.vector for s in annopipe.load(tiny_model_folder).embed_sentences(TEXTS)])
    assert made.dtype == np.float32
    assert np.allclose(made, wanted, atol=1e-6)
    unit = vectorizer.set_params(normalize=True).transform(TEXTS)
    assert np.allclose(np.linalg.norm(unit, axis=1), 1, atol=1e-6)
    assert unit.dtype == np.float32
    wide = vectorizer.set_params(normalize=False, layers="concat:-1,-2", pooling="max").fit_transform(TEXTS)
    assert wide.shape == (4, 2 * made.shape[1])
    assert len(vectorizer.get_feature_names_out()) == wide.shape[1]


def test_what_sklearns_checks_hold_of_numbers(vectorizer: AlbertVectorizer) -> None:
    texts = np.array(TEXTS, object)
    texts.flags.writeable = False
    before = vectorizer.get_params()
    assert vectorizer.fit(texts, [0, 1, 0, 1]) is vectorizer
    assert vectorizer.get_params() == before
    first = vectorizer.transform(texts)
    assert np.allclose(vectorizer.fit(texts).transform(texts), first, atol=1e-6)
    assert np.allclose(vectorizer.transform(texts[::-1])[::-1], first, atol=1e-6)
    assert np.allclose(np.concatenate([vectorizer.transform([text]) for text in texts]), first, atol=1e-6)
    assert texts.tolist() == TEXTS
    assert vectorizer.transform([]).shape == (0, first.shape[1])


@pytest.mark.parametrize(
    "make",
    [
        tuple,
        iter,
        np.array,
        pd.Series,
        pl.Series,
        pa.array,
        lambda texts: pd.DataFrame({"t": texts}),
        lambda texts: pl.DataFrame({"t": texts}),
        lambda texts: pa.table({"t": texts}),
        lambda texts: np.array(texts, object)[:, None],
    ],
)
def test_forms_of_x(vectorizer: AlbertVectorizer, make: Any) -> None:
    assert np.allclose(vectorizer.transform(make(TEXTS)), vectorizer.transform(TEXTS), atol=1e-6)


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan])
def test_missing_texts_are_empty(vectorizer: AlbertVectorizer, missing: Any) -> None:
    wanted = vectorizer.transform(["a", ""])
    for texts in (["a", missing], pd.Series(["a", missing]), pd.Series(["a", pd.NA], dtype="string")):
        assert np.allclose(vectorizer.transform(texts), wanted, atol=1e-6)


def test_a_pipeline_with_a_classifier() -> None:
    money = ["The bank raised its rates.", "The loan was approved.", "She invested in shares.", "Taxes will rise."]
    music = ["He plays the guitar.", "The choir sang a song.", "A violin was heard.", "They danced to the drums."]
    model = make_pipeline(AlbertVectorizer(normalize=True), LogisticRegression(C=100))
    model.fit(money + music, [0] * 4 + [1] * 4)
    assert model.predict(["The central bank lowered interest.", "The band played a tune."]).tolist() == [0, 1]
    again = pickle.loads(pickle.dumps(model))  # noqa: S301
    assert again.predict_proba(money).tolist() == model.predict_proba(money).tolist()


def test_a_grid_and_a_column_transformer(tiny_model_folder: Path) -> None:
    frame = pd.DataFrame({"text": TEXTS * 2, "stars": range(8)})
    vectorizer = AlbertVectorizer(str(tiny_model_folder))
    columns = ColumnTransformer([("one", vectorizer, "text"), ("two", vectorizer, ["text"])])
    made = columns.fit_transform(frame)
    assert np.allclose(made[:, :16], made[:, 16:])
    grid = GridSearchCV(
        make_pipeline(AlbertVectorizer(str(tiny_model_folder)), LogisticRegression()),
        {"albertvectorizer__pooling": ["mean", "cls"]},
        cv=2,
    )
    grid.fit(TEXTS * 2, [0, 1] * 4)
    assert set(grid.best_params_) == {"albertvectorizer__pooling"}


def test_clones_pickles_and_joblib(vectorizer: AlbertVectorizer, tmp_path: Path) -> None:
    import joblib

    made = vectorizer.fit_transform(TEXTS)
    copied = clone(vectorizer.set_params(window=8))
    assert copied.get_params() == vectorizer.get_params()
    with pytest.raises(NotFittedError):
        copied.get_feature_names_out()
    vectorizer.set_params(window=None)
    packed = pickle.dumps(vectorizer)
    assert len(packed) < 2000
    joblib.dump(vectorizer, tmp_path / "v.joblib")
    for again in (pickle.loads(packed), joblib.load(tmp_path / "v.joblib")):  # noqa: S301
        assert np.allclose(again.transform(TEXTS), made, atol=1e-6)
        assert again.get_feature_names_out()[1] == "albertvectorizer1"


@pytest.mark.parametrize(("container", "class_"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame)])
def test_set_output(vectorizer: AlbertVectorizer, container: str, class_: type) -> None:
    made = vectorizer.set_output(transform=container).fit_transform(pd.DataFrame({"text": TEXTS}, index=list("abcd")))
    assert isinstance(made, class_)
    assert list(made.columns) == [f"albertvectorizer{n}" for n in range(16)]
    if container == "pandas":
        assert list(made.index) == list("abcd")


@pytest.mark.parametrize(
    ("error", "says", "parameters", "X"),
    [
        (ColumnTypeError, "not one str: pass", {}, "a house"),
        (ColumnTypeError, "not int", {}, 5),
        (ColumnTypeError, "X has 2 columns", {}, pd.DataFrame({"a": ["x"], "b": ["y"]})),
        (ColumnTypeError, "texts.0. is float", {}, [1.5]),
        (ParamTypeError, "model must be a model's name or a folder, not int", {"model": 5}, TEXTS),
        (ModelNotFound, "albert_mimi", {"model": "albert_mimi"}, TEXTS),
        (ParamValueError, "pooling", {"pooling": "median"}, TEXTS),
    ],
)
def test_what_is_refused(
    vectorizer: AlbertVectorizer, error: type[Exception], says: str, parameters: dict[str, Any], X: Any
) -> None:
    vectorizer.set_params(**parameters)
    for call in (vectorizer.fit, vectorizer.transform):
        with pytest.raises(error, match=says):
            call(X)


def test_without_sklearn_the_extra_is_named() -> None:
    code = (
        "import sys\nsys.modules['sklearn.base'] = None\nfrom annopipe.errors import MissingExtra\n"
        "try:\n    import annopipe.sklearn\nexcept MissingExtra as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "annopipe[sklearn]" in done.stdout
