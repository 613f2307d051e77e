"""Forked and spawned children of a process with a session: a session of their own, and gRPC at rest in a fork."""

import os
import re
import threading
import time
from collections.abc import Callable
from types import FunctionType

import pytest

from annopipe.spark import forks

BEGIN = "import annopipe\nspark = annopipe.start()\n"


def test_a_forked_child_has_a_session_on_its_parents_server(python: Callable[..., str]) -> None:
    script = (
        BEGIN
        + """
import os
from annopipe import *
stage = DocumentAssembler(inputCol="text", outputCol="document")
def ends(session):
    frame = session.createDataFrame([["abc"]], ["text"])
    return stage.transform(frame).select("document.end").first()[0]
assert ends(spark) == [2]
child = os.fork()
if child == 0:
    code = 1
    try:
        own = annopipe.start()
        assert own is not spark and annopipe.start() is own
        assert own.client._builder.endpoint == spark.client._builder.endpoint
        assert ends(own) == [2]
        annopipe.stop()
        code = 0
    finally:
        os._exit(code)
assert os.waitpid(child, 0)[1] == 0
assert ends(spark) == [2]
print("done")
"""
    )
    assert python(script) == "done\n"


def test_a_child_whose_parent_is_gone_is_told(python: Callable[..., str]) -> None:
    script = (
        BEGIN
        + """
import os, time
from annopipe.errors import SessionError
parent = os.getpid()
if os.fork() == 0:
    while os.getppid() == parent:
        time.sleep(0.02)
    try:
        annopipe.start()
    except SessionError as error:
        print(error, flush=True)
os._exit(0)
"""
    )
    assert re.search(r"^(the process \d+ that ran .* is gone|no Spark Connect server answers)", python(script))


def test_a_spawned_child_starts_anew(python: Callable[..., str]) -> None:
    script = """
import multiprocessing
import annopipe

def child(queue):
    spark = annopipe.start()
    queue.put((spark.client._builder.endpoint, spark.range(3).count()))
    annopipe.stop()

if __name__ == "__main__":
    spark = annopipe.start()
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,))
    process.start()
    endpoint, count = queue.get(timeout=120)
    process.join()
    assert count == 3
    assert endpoint != spark.client._builder.endpoint
    print("done")
"""
    assert python(script) == "done\n"


def test_a_fork_waits_for_a_short_call_of_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "_PATIENCE", 60)
    ends, thread = _thread_in_grpc()
    threading.Timer(0.02, ends.set).start()
    if (child := os.fork()) == 0:
        os._exit(0)
    assert ends.is_set()
    os.waitpid(child, 0)
    thread.join()


def test_a_fork_does_not_wait_for_a_long_call() -> None:
    ends, thread = _thread_in_grpc()
    begun = time.monotonic()
    forks.settle()
    took = time.monotonic() - begun
    alive = thread.is_alive()
    ends.set()
    thread.join()
    assert alive
    assert forks._PATIENCE <= took < 10


def _thread_in_grpc() -> tuple[threading.Event, threading.Thread]:
    pytest.importorskip("grpc")
    call = FunctionType(_call.__code__, {"__name__": "grpc._channel"})
    begun, ends = threading.Event(), threading.Event()
    thread = threading.Thread(target=call, args=(begun, ends))
    thread.start()
    begun.wait(30)
    return ends, thread


def _call(begun: threading.Event, ends: threading.Event) -> None:
    begun.set()
    ends.wait(60)
