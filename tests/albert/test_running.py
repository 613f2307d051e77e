"""A process ends well while other threads encode."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from annopipe.albert.running import Calls

HEAD = """
import asyncio, atexit, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
import annopipe
from annopipe.albert.model import AlbertModel
from annopipe.errors import ProcessEnding

texts = ["I love the house by the river in the morning, and the old garden."] * 300
busy = threading.Event()
"""
PROGRAMS = {
    "words": """
embedder = annopipe.load(sys.argv[1])
def work():
    while True:
        busy.set()
        list(embedder.embed_words(texts))
threading.Thread(target=work, daemon=True).start()
busy.wait()
time.sleep(0.05)
""",
    "sentences of several models in many threads": """
embedders = [annopipe.load(sys.argv[1], threads=threads) for threads in (1, 2)]
def work(embedder):
    while True:
        busy.set()
        list(embedder.embed_sentences(texts, layers="mean:-2,-1"))
for embedder in embedders * 3:
    threading.Thread(target=work, args=[embedder], daemon=True).start()
busy.wait()
time.sleep(0.05)
""",
    "models that are loaded": """
def work():
    while True:
        AlbertModel.load(sys.argv[1], threads=2)
        busy.set()
for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
busy.wait()
""",
    "a pool, whose work is finished": """
embedder = annopipe.load(sys.argv[1])
pool = ThreadPoolExecutor(3)
for _ in range(6):
    pool.submit(lambda: (list(embedder.embed_words(texts)), print("done", flush=True)))
""",
    "asyncio.to_thread, whose loop is given up": """
embedder = annopipe.load(sys.argv[1])
async def main():
    for _ in range(3):
        asyncio.ensure_future(asyncio.to_thread(lambda: (list(embedder.embed_sentences(texts)), print("done"))))
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
    "a pipeline over a frame": """
from annopipe.bulk.annotated import pipeline_of
from annopipe.bulk.settings import Settings
import pyarrow as pa
pipeline = pipeline_of(AlbertModel.shared(sys.argv[1]), Settings())
table = pa.table({"__text__": texts})
def work():
    while True:
        busy.set()
        pipeline.transform(table)
threading.Thread(target=work, daemon=True).start()
busy.wait()
time.sleep(0.05)
""",
}
LAST_WORDS = """
embedder = annopipe.load(sys.argv[1])
def last():
    print(len(list(embedder.embed_words(texts))))
    go.set()
    daemon.join(30)
go = threading.Event()
def wait():
    go.wait()
    try:
        list(embedder.embed_words(texts))
    except ProcessEnding as error:
        print("refused", "join it" in str(error), flush=True)
daemon = threading.Thread(target=wait, daemon=True)
daemon.start()
import annopipe.albert.running
atexit.unregister(annopipe.albert.running.running.drain)
atexit.register(last)
atexit.register(annopipe.albert.running.running.drain)
"""


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", HEAD + program, str(folder)]
    return subprocess.run(command, env={**os.environ, **path}, timeout=240, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_program_may_end_while_threads_encode(tiny_model_folder: Path, kind: str) -> None:
    for _ in range(3):
        ended = run(PROGRAMS[kind], tiny_model_folder)
        assert ended.returncode == 0, ended.stderr
        assert "terminate" not in ended.stderr
        if "done" in PROGRAMS[kind]:
            assert "done" in ended.stdout


def test_an_end_without_such_threads_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls()
    waits: list[float] = []
    monkeypatch.setattr(calls._changed, "wait", waits.append)

    def one() -> None:
        with calls:
            pass

    for daemon, expected in ((False, 0), (True, 1)):
        thread = threading.Thread(target=one, daemon=daemon)
        thread.start()
        thread.join()
        calls._ending = False
        calls.drain()
        calls._ending = False
        assert len(waits) == expected


def test_the_main_thread_may_encode_to_the_last_and_others_are_refused_by_name(tiny_model_folder: Path) -> None:
    ended = run(LAST_WORDS, tiny_model_folder)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split("\n")[:2] == ["300", "refused True"]
