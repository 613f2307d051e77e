"""ALBERT's published shapes all the way round: transformers, annopipe, and every program that takes its exports.

Run by hand, beside torch and transformers::

    PYTHONPATH=src python tests/oracle/round_trip_sizes.py WORK [--sizes base xxlarge] [--spark-nlp PYTHON JARS]

For each size transformers writes a model of random weights; it is imported, exported to each form, run there by
transformers, ONNX Runtime and Spark NLP, and imported back. Weights must come back bit for bit, and vectors be those of
transformers to 1e-4. Each step is a process of its own; a row says how long it took and how much memory it needed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SIZES = {
    "base": (768, 12, 12, 3072),
    "large": (1024, 24, 16, 4096),
    "xlarge": (2048, 24, 16, 8192),
    "xxlarge": (4096, 12, 64, 16384),
}
"""Hidden size, layers, heads, width of the feed-forward layer."""

IDS = (np.arange(2 * 24, dtype=np.int64).reshape(2, 24) * 37) % 8000
LIMIT = 1e-4
FORMS = ("hf", "onnx", "spark-nlp")
BESIDE = Path(__file__).with_name("spark_nlp_loads_exports.py")


def make(size: str, folder: str) -> None:
    """Write a model of a size as transformers does, with the vocabulary of the bundled model."""
    import torch
    import transformers

    from annopipe.albert.config import AlbertConfig
    from annopipe.hub import locate

    bundled = locate("albert_mini")
    hidden, layers, heads, wide = SIZES[size]
    torch.manual_seed(7)
    config = transformers.AlbertConfig(
        vocab_size=AlbertConfig.read(bundled).vocab_size,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=wide,
    )
    transformers.AlbertModel(config).save_pretrained(folder)
    for name in ("spiece.model", "tokenizer_config.json"):
        shutil.copyfile(bundled / name, Path(folder) / name)


def by_transformers(folder: str, target: str) -> None:
    import torch
    import transformers

    model = transformers.AlbertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    with torch.no_grad():
        np.save(target, model(torch.from_numpy(IDS)).last_hidden_state.numpy())


def by_onnx_runtime(folder: str, target: str) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(f"{folder}/model.onnx", providers=["CPUExecutionProvider"])
    feeds = {"input_ids": IDS, "attention_mask": np.ones_like(IDS), "token_type_ids": np.zeros_like(IDS)}
    np.save(target, session.run(["last_hidden_state"], feeds)[0])


def by_annopipe(name: str, target: str) -> None:
    import annopipe

    np.save(target, annopipe.load(name).model.encoder.run(IDS))


def same_weights(one: str, other: str) -> None:
    """Compare the weights of two folders bit for bit, those that only the first has left out."""
    from annopipe.albert.safetensors import SafetensorsFile

    first, second = (SafetensorsFile(Path(folder) / "model.safetensors") for folder in (one, other))
    assert second.entries
    for name in second.entries:
        assert first.floats(name).tobytes() == second.floats(name).tobytes(), name


STEPS = {step.__name__: step for step in (make, by_transformers, by_onnx_runtime, by_annopipe, same_weights)}


def measured(size: str, what: str, *command: str) -> None:
    """Run a step in a process of its own and say what it took."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{size}: {what}"
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{size} | {what} | {time.perf_counter() - begun:.1f} s | {peak / 1e6:.0f} MB", flush=True)


def step(size: str, what: str, name: str, *arguments: object) -> None:
    measured(size, what, sys.executable, __file__, name, *map(str, arguments))


def annopipe(size: str, what: str, *arguments: object) -> None:
    measured(size, what, sys.executable, "-m", "annopipe", *map(str, arguments))


def furthest(work: Path, one: str, other: str) -> float:
    return float(np.abs(np.load(work / f"{one}.npy") - np.load(work / f"{other}.npy")).max())


def all_round(size: str, work: Path, spark: list[str] | None) -> None:
    made, store = work / "made", Path(os.environ["ANNOPIPE_HOME"])
    step(size, "transformers writes it", "make", size, made)
    weights = (made / "model.safetensors").stat().st_size
    print(f"{size} | weights | | {weights / 1e6:.0f} MB")
    step(size, "transformers runs it", "by_transformers", made, work / "source.npy")
    annopipe(size, "import", "import", made, "--name", "first", "--replace")
    step(size, "annopipe runs it", "by_annopipe", "first", work / "first.npy")
    assert furthest(work, "source", "first") < LIMIT
    for form in FORMS:
        out = work / form
        annopipe(size, f"export to {form}", "export", "first", "--to", form, "-o", out)
        back = out / "load" if form == "spark-nlp" else out
        annopipe(size, f"import from {form}", "import", back, "--name", "back", "--replace")
        step(size, "weights compared", "same_weights", made, store / "back_en")
        step(size, "annopipe runs it", "by_annopipe", "back", work / "back.npy")
        assert np.load(work / "back.npy").tobytes() == np.load(work / "first.npy").tobytes()
    for runs, form in (("by_transformers", "hf"), ("by_onnx_runtime", "onnx")):
        step(size, f"{runs} of {form}", runs, work / form, work / f"{runs}.npy")
        distance = furthest(work, "first", runs)
        print(f"{size} | {runs} of {form} differs by | {distance:.1e} |", flush=True)
        assert distance < LIMIT
    if spark is not None:
        python, jars = spark
        vectors = work / "spark.npz"
        measured(size, "Spark NLP runs both", python, str(BESIDE), jars, str(work / "spark-nlp"), str(vectors))
        subprocess.run([sys.executable, str(BESIDE), "--compare", str(store / "first_en"), str(vectors)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder for a few gigabytes, emptied after each size")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--spark-nlp", nargs=2, metavar=("PYTHON", "JARS"))
    options = parser.parse_args()
    for size in options.sizes:
        work = options.work / size
        os.environ["ANNOPIPE_HOME"] = str(work / "store")
        work.mkdir(parents=True)
        all_round(size, work.resolve(), options.spark_nlp)
        shutil.rmtree(work)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in STEPS:
        STEPS[sys.argv[1]](*sys.argv[2:])
    else:
        main()
