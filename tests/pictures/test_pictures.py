"""Pictures: what they hold, that nothing in them overlaps or leaves the frame, and what is refused."""

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe.errors import AnnopipeWarning, MissingExtra, ParamValueError, WordNotFound
from annopipe.pipeline.native import Embedder

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is absent: pip install 'annopipe[plot]'")

BANK = "The committee of the regional development bank announced on Thursday that interest rates would rise again in \
spring because prices of food and energy had grown faster than wages in nearly every district of the country this year"
LAKE = "Fishermen on the western shore of the lake told reporters that water had risen by half a metre since March and \
that many of the old wooden boats along the muddy bank would have to be moved before summer storms began again"
ODD = "$5 costs $6 at https://example.com/a/very/long/path/to/something.html שלום مرحبا ŁÓDŹ ok"


@pytest.fixture(scope="module")
def model(tiny_model_folder: Path) -> Embedder:
    return annopipe.load(str(tiny_model_folder))


def _boxes(texts: list[Any]) -> list[Any]:
    renderer = texts[0].figure.canvas.get_renderer()
    return [text.get_tightbbox(renderer) for text in texts]


def _corners(text: Any) -> np.ndarray:
    """Corners of a text's own box, turned as it is."""
    angle = text.get_rotation()
    text.set_rotation(0)
    box = text.get_window_extent(text.figure.canvas.get_renderer())
    text.set_rotation(angle)
    turn = np.deg2rad(angle)
    x, y = text.get_transform().transform(text.get_position())
    corners = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]]) - (x, y)
    return corners @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]] + (x, y)


def _apart(a: np.ndarray, b: np.ndarray) -> bool:
    """Tell whether some line divides two rectangles."""
    for corners in (a, b):
        for axis in (corners[1] - corners[0], corners[3] - corners[0]):
            first, second = a @ axis, b @ axis
            if first.max() <= second.min() + 1e-6 or second.max() <= first.min() + 1e-6:
                return True
    return False


@pytest.mark.parametrize(("first", "second"), [("a house", "the bank of it"), (BANK, LAKE), (ODD, LAKE), ("x", ODD)])
def test_no_word_of_a_heat_map_lies_over_another(model: Embedder, first: str, second: str) -> None:
    picture = model.heat_map(first, second)
    figure = picture.figure()
    figure.canvas.draw()
    axes = figure.axes[0]
    shown = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    labels = [tick.label2 for tick in axes.xaxis.get_major_ticks()] + [
        tick.label1 for tick in axes.yaxis.get_major_ticks()
    ]
    assert len(shown) == len(picture.rows) + len(picture.columns) == len(labels)
    corners = [_corners(label) for label in labels]
    for a, b in itertools.combinations(corners, 2):
        assert _apart(a, b)
    width, height = figure.canvas.get_width_height()
    inside = np.concatenate(corners)
    assert (inside >= 0).all()
    assert (inside <= (width, height)).all()
    frame = axes.get_window_extent()
    assert all(not frame.padded(-1).overlaps(box) for box in _boxes([*labels, *figure.axes[1].get_xticklabels()]))


def test_a_heat_map_holds_the_cosines_and_colours_them(model: Embedder) -> None:
    picture = model.heat_map("a house", "the bank")
    assert (picture.rows, picture.columns) == (("a", "house"), ("the", "bank"))
    named = [("a house", 0), ("a house", 1)], [("the bank", 0), ("the bank", 1)]
    assert np.allclose(picture.values, model.similarities(*named))
    axes = picture.figure().axes[0]
    (image,) = axes.images
    assert np.array_equal(image.get_array(), picture.values)
    assert (image.norm.vmin, image.norm.vmax) == (picture.values.min(), picture.values.max())
    numbers = [float(text.get_text()) for text in axes.texts]
    assert numbers == pytest.approx(picture.values.ravel().tolist(), abs=0.0051)
    norm = model.heat_map("a house", low=-1, high=1).figure().axes[0].images[0].norm
    assert (norm.vmin, norm.vmax) == (-1, 1)


def test_a_heat_map_of_named_things(model: Embedder) -> None:
    picture = model.heat_map([("the bank", "bank"), ("the bank", (0, 3)), ("the bank", 1)], ["a house", "the bank"])
    assert picture.rows == ("bank", "the", "the bank [1]")
    assert picture.columns == ("a house", "the bank")
    assert np.array_equal(picture.values[0], picture.values[2])


def _named(picture: Any) -> tuple[Any, list[Any]]:
    figure = picture.figure()
    figure.canvas.draw()
    return figure, [text for text in figure.axes[0].texts if text.get_text()]


@pytest.mark.parametrize("texts", [["a house by the bank"], [BANK, LAKE], [ODD, "a house"], ["same same", "same"]])
def test_no_word_of_a_map_lies_over_another(model: Embedder, texts: list[str]) -> None:
    picture = model.word_map(texts)
    figure, names = _named(picture)
    boxes = _boxes(names)
    for a, b in itertools.combinations(boxes, 2):
        assert not a.overlaps(b)
    frame = figure.axes[0].get_window_extent().padded(1)
    assert all(frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1) for box in boxes)
    left_out = len(picture.words) - len(names)
    title = figure.axes[0].get_title(loc="left")
    assert title.startswith(f"{left_out} of {len(picture.words)} words" if left_out else "")
    assert bool(title) == bool(left_out)
    assert left_out <= 0.2 * len(picture.words)


def test_a_map_names_texts_in_their_colours(model: Embedder) -> None:
    figure, names = _named(model.word_map(["a house", "the bank"]))
    colours = {text.get_text(): text.get_color() for text in [*names, *figure.texts]}
    assert colours["a"] == colours["house"] == colours["● a house"]
    assert colours["the"] == colours["bank"] == colours["● the bank"] != colours["a"]
    many, _ = _named(model.word_map([f"word {n}" for n in range(30)]))
    assert not many.texts


def test_a_map_keeps_the_distances_that_the_plane_can(model: Embedder) -> None:
    picture = model.word_map(["a house by the bank", "the bank"], words=["Bank", "house", "the"])
    assert picture.words == ("house", "the", "bank", "the", "bank")
    assert picture.text_of.tolist() == [0, 0, 0, 1, 1]
    found = list(model.embed_words(["a house by the bank", "the bank"]))
    vectors = np.concatenate([found[0].vectors[[1, 3, 4]], found[1].vectors]).astype(float)
    centred = vectors - vectors.mean(axis=0)
    variances = np.sort(np.linalg.eigvalsh(centred @ centred.T))[::-1]
    assert picture.shares == pytest.approx(tuple(variances[:2] / variances.sum()), abs=1e-6)
    assert (picture.points**2).sum(axis=0) == pytest.approx(variances[:2], rel=1e-5)
    (point,) = model.word_map("a house", words=["house"]).points
    assert point.tolist() == [0, 0]


def test_pictures_are_saved_and_drawn(model: Embedder, tmp_path: Path) -> None:
    for picture in (model.heat_map("a house", "the bank"), model.word_map("a house")):
        assert picture._repr_png_().startswith(b"\x89PNG")
        for ending, begins in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("PDF", b"%PDF")):
            picture.save(tmp_path / f"picture.{ending}")
            assert (tmp_path / f"picture.{ending}").read_bytes().startswith(begins)
        with pytest.raises(ParamValueError, match=r"no ending of a picture: .*png"):
            picture.save(tmp_path / "picture.docx")
    assert not (tmp_path / "picture.docx").exists()


def test_characters_without_a_font_are_boxes_and_told(model: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    from annopipe.pictures import drawing as fonts

    monkeypatch.setattr(fonts, "_paths", dict)
    monkeypatch.setattr("annopipe.warnings._said", set())
    with pytest.warns(AnnopipeWarning, match="no font on this machine has 行 銀: .* Noto Sans CJK"):
        _, names = _named(model.word_map("銀行 ok"))
    assert {name.get_text() for name in names} == {"□□", "ok"}


@pytest.mark.parametrize(
    ("error", "says", "call"),
    [
        (ParamValueError, "1 to 150 rows and columns, not 0 x 2", lambda m: m.heat_map("", "a house")),
        (ParamValueError, "not 151 x 1: give shorter", lambda m: m.heat_map("a " * 151, "house")),
        (ParamValueError, "1 to 2000 words, not 0", lambda m: m.word_map(["", "..."])),
        (ParamValueError, "1 to 2000 words, not 2001", lambda m: m.word_map("a " * 2001)),
        (WordNotFound, "none of 1 texts has any of the words 'bank'", lambda m: m.word_map("a house", words=["bank"])),
    ],
)
def test_what_cannot_be_drawn(model: Embedder, error: type[Exception], says: str, call: Any) -> None:
    with pytest.raises(error, match=says):
        call(model)


def test_without_matplotlib_the_extra_is_named(model: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    for draw in (lambda: model.heat_map("a house"), lambda: model.word_map("a house")):
        with pytest.raises(MissingExtra, match=r"annopipe\[plot\]"):
            draw()


def test_comparing_loads_no_matplotlib() -> None:
    code = (
        "import annopipe, sys\nm = annopipe.load('albert_mini')\nm.similarity('a', 'b')\n"
        "print('matplotlib' in sys.modules)\n"
        "m.heat_map('a b').figure()\nprint('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
