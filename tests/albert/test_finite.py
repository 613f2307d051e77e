"""Weights that overflow: a named error, never a vector with NaN or infinity, whichever way it would go."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import annopipe
from albert.random_models import int8_rows, write_safetensors
from annopipe import AlbertEmbeddings, DocumentAssembler, LightPipeline, Pipeline, SentenceEmbeddings, Tokenizer
from annopipe.albert.config import AlbertConfig
from annopipe.albert.encoder import Encoder
from annopipe.albert.finite import check_finite
from annopipe.albert.graph import HIDDEN
from annopipe.albert.layers import Layers
from annopipe.albert.model import AlbertModel
from annopipe.albert.packing import Packed
from annopipe.albert.parameters import needed
from annopipe.albert.settings import SentenceSettings, WordSettings
from annopipe.albert.streaming import stream_words
from annopipe.errors import CheckpointError, RowFailed, VectorsNotFinite
from tiny_model import CONFIG, random_weights

TEXTS = ["the house by the river", "", "café, 1990 " * 40]
NAMES = list(needed(CONFIG))
FACTORS = (1e30, 1e37)
OVERFLOWING = "full_layer_layer_norm.weight"


def scaled(folder: Path, name: str, factor: float, *, rows: bool = False) -> Path:
    """Multiply one tensor of a model's weights, as long as it stays finite."""
    weights = random_weights(AlbertConfig.read(folder), 0)
    values = weights[name].astype(np.float64) * factor
    weights[name] = np.clip(values, -3.3e38, 3.3e38).astype(np.float32)
    (folder / "model.safetensors").unlink()
    target = "model.int8.safetensors" if rows else "model.safetensors"
    write_safetensors(folder / target, int8_rows(weights) if rows else weights)
    return folder


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be changed."""
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


@pytest.fixture
def broken(folder: Path) -> Path:
    """A model whose layers overflow."""
    return scaled(folder, next(name for name in NAMES if name.endswith(OVERFLOWING)), 1e37)


def words_of(texts: list[str]) -> tuple[NDArray[np.int64], ...]:
    counts = [1 if text else 0 for text in texts]
    ends = [len(text) for text in texts if text]
    return np.zeros(sum(counts), np.int64), np.array(ends, np.int64), np.array([0, *np.cumsum(counts)], np.int64)


def ways(model: AlbertModel) -> Iterator[Callable[[], NDArray[np.float32]]]:
    """Every way from texts to vectors."""
    begin, end, offsets = words_of(TEXTS)
    for layers in ("last", "0", "1", "mean:-2,-1", "concat:0,-1", "mean:0,1"):
        chosen = Layers.parse(layers)
        for pooling in ("mean", "cls", "max"):
            settings = SentenceSettings(layers=chosen, pooling=pooling)  # type: ignore[arg-type]
            yield lambda settings=settings: model.embed_sentences(TEXTS, settings)
        for dialect, pooling in (
            ("albert", "first"),
            ("albert", "mean"),
            ("albert", "first_last"),
            ("sparknlp", "first"),
        ):
            words = WordSettings(dialect=dialect, layers=chosen, pooling=pooling)  # type: ignore[arg-type]
            yield lambda words=words: model.embed_words(TEXTS, begin, end, offsets, words).vectors


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("rows", [False, True], ids=["floats", "int8"])
@pytest.mark.parametrize("name", NAMES)
def test_each_tensor_scaled_gives_numbers_or_an_error(folder: Path, name: str, factor: float, rows: bool) -> None:
    copy = scaled(folder, name, factor, rows=rows)
    try:
        model = AlbertModel.load(copy, threads=1)
    except CheckpointError:
        with pytest.raises(CheckpointError, match=r"infinite|a scale is a finite number"):
            AlbertModel.load(copy, threads=1)
        return
    outcomes = [outcome(way) for way in ways(model)]
    assert set(outcomes) <= {"numbers", "error"}
    assert len(outcomes) == 42


def outcome(way: Callable[[], NDArray[np.float32]]) -> str:
    """What comes of a way to vectors: numbers, an error that names a text, or anything else."""
    try:
        vectors = way()
    except VectorsNotFinite as error:
        return "error" if error.row in range(len(TEXTS)) and "gives NaN or infinite" in str(error) else repr(error)
    return "numbers" if np.isfinite(vectors).all() else "NaN"


def test_the_errors_are_what_the_graph_gives(folder: Path) -> None:
    """Tensor by tensor: an error where the graph's own answer holds NaN or infinity, and only there."""
    ids = np.arange(2, 42, dtype=np.int64).reshape(2, 20)
    overflowing = 0
    for name in NAMES:
        encoder = AlbertModel.load(scaled(folder, name, 1e37), threads=1).encoder
        sound = np.isfinite(encoder._computed(HIDDEN, Packed.of(ids))).all()
        if sound:
            assert np.isfinite(encoder.run(ids)).all()
            continue
        overflowing += 1
        with pytest.raises(VectorsNotFinite):
            encoder.run(ids)
        with pytest.raises(VectorsNotFinite):
            encoder.run_layers_packed(ids.ravel(), np.array([20, 20]), [-1])
    assert overflowing >= 5


def test_the_error_names_the_model_the_text_and_a_way_out(broken: Path) -> None:
    embedder = annopipe.load(broken)
    with pytest.raises(VectorsNotFinite, match=r"texts\[2\]: the model in .*model gives NaN .*take another") as caught:
        list(embedder.embed_words(["", "", "the house"]))
    assert caught.value.row == 2
    with pytest.raises(VectorsNotFinite, match=r"texts\[0\]: the model in "):
        list(embedder.embed_sentences(["the house"]))


def test_a_later_text_bears_its_own_number(tiny_model: AlbertModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the batch with the long text overflows."""
    computed = tiny_model.encoder._computed

    def overflowing(output: str, packed: Any) -> NDArray[np.float32]:
        values = computed(output, packed)
        if len(packed.ids) > 20:
            values[..., int(packed.lengths[: np.argmax(packed.lengths)].sum()) + 3, 5] = np.inf
        return values

    monkeypatch.setattr(tiny_model.encoder, "_computed", overflowing)
    texts = ["the house"] * 5 + ["the river bank " * 9, "light"]
    begin, end, offsets = words_of(texts)
    with pytest.raises(VectorsNotFinite) as caught:
        tiny_model.embed_words(texts, begin, end, offsets, WordSettings(max_sentences=1))
    assert caught.value.row == 5
    with pytest.raises(VectorsNotFinite) as caught:
        tiny_model.embed_sentences(texts, SentenceSettings(max_sentences=2))
    assert caught.value.row == 5
    with pytest.raises(VectorsNotFinite) as caught:
        list(stream_words(tiny_model, texts, begin, end, offsets, WordSettings(), most=2))
    assert caught.value.row == 5


def test_a_mean_of_layers_that_overflows(tiny_model: AlbertModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def huge(output: str, packed: Any) -> NDArray[np.float32]:
        return np.full((4, len(packed.ids), 16), 3e38, np.float32)

    monkeypatch.setattr(tiny_model.encoder, "_computed", huge)
    with pytest.raises(VectorsNotFinite):
        tiny_model.embed_sentences(["the house"], SentenceSettings(layers=Layers.parse("mean:-2,-3")))


def test_large_numbers_are_numbers() -> None:
    """Their sum overflows, they do not."""
    check_finite(np.full((3, 4), 3e38, np.float32))
    check_finite(np.empty((0, 4), np.float32))
    for bad in (np.nan, np.inf, -np.inf):
        values = np.zeros((2, 5, 4), np.float32)
        values[1, 3, 2] = bad
        with pytest.raises(VectorsNotFinite, match="the model gives NaN or infinite numbers") as caught:
            check_finite(values, np.array([1, 2, 2]))
        assert caught.value.row == 2
    both = np.zeros((2, 4), np.float32)
    both[1, :2] = np.inf, -np.inf
    with pytest.raises(VectorsNotFinite):
        check_finite(both)


def pipeline(folder: Path, **choices: Any) -> Any:
    stages = [
        DocumentAssembler(inputCol="text", outputCol="document"),
        Tokenizer(inputCols=["document"], outputCol="token"),
        AlbertEmbeddings.pretrained(str(folder)).setInputCols("document", "token").setOutputCol("words"),
        SentenceEmbeddings(inputCols=["document", "words"], outputCol="sentence_vector", **choices),
    ]
    return Pipeline(stages=stages)


def frames() -> Iterator[Any]:
    texts = [None, "", "the house"]
    yield texts
    for library, make in (("pandas", "DataFrame"), ("polars", "DataFrame"), ("pyarrow", "table")):
        yield getattr(pytest.importorskip(library), make)({"text": texts})


@pytest.mark.parametrize("dialect", ["albert", "sparknlp"])
def test_no_frame_gets_them(broken: Path, dialect: str) -> None:
    annopipe.options.dialect = dialect
    try:
        for frame in frames():
            model = pipeline(broken).fit(frame)
            with pytest.raises(VectorsNotFinite, match=r"row 2, AlbertEmbeddings: the model in .* gives NaN"):
                list(model.transform(frame)) if isinstance(frame, list) else model.transform(frame)
        with pytest.raises(VectorsNotFinite):
            LightPipeline(model).fullAnnotate("the house")
    finally:
        annopipe.options.dialect = "albert"


def test_no_dataset_gets_them(broken: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("the house\nthe river\n")
    for number, options in enumerate(({"level": "sentence"}, {"level": "both"}, {"flat": True})):
        with pytest.raises((VectorsNotFinite, RowFailed), match="the model in"):
            annopipe.embed_dataset(tmp_path / "in.txt", tmp_path / str(number), model=broken, **options)
        assert not list((tmp_path / str(number)).rglob("*.parquet"))


@pytest.mark.parametrize("strategy", ["AVERAGE", "SUM"])
def test_sums_of_words_that_overflow(tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch, strategy: str) -> None:
    """Each word vector is finite, what they add up to is not."""
    model = pipeline(tiny_model_folder, poolingStrategy=strategy).fit(["the"])

    def huge(_: Encoder, output: str, packed: Packed) -> NDArray[np.float32]:
        return np.full((len(packed.ids), 16), 2e38, np.float32)

    monkeypatch.setattr(Encoder, "_computed", huge)
    (row,) = model.transform(["the"])
    assert row["sentence_vector"][0].embeddings[0] == np.float32(2e38)
    with pytest.raises(VectorsNotFinite, match="row 1, SentenceEmbeddings: a mean or sum of word vectors"):
        list(model.transform(["the", "the house by the river"]))


def test_an_import_is_refused(broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "home"))
    with pytest.raises(annopipe.errors.SelfCheckFailed, match="not finite"):
        annopipe.import_model(broken, "broken")
