"""Ctrl-C while the engine works: the prompt comes back at once, the server lives on."""

from collections.abc import Callable

import pytest

BEGIN = """
import os, signal, threading, time
import annopipe
from annopipe import DocumentAssembler
stage = DocumentAssembler(inputCol="text", outputCol="document")

def slow(batches):
    import time
    for batch in batches:
        time.sleep(60)
        yield batch

def interrupted(spark):
    begun = time.monotonic()
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        spark.range(3).mapInArrow(slow, "id long").collect()
    except KeyboardInterrupt:
        took = time.monotonic() - begun
        assert took < 10, took
    begun = time.monotonic()
    assert annopipe.start() is spark
    assert stage.transform(spark.createDataFrame([["a"]], ["text"])).count() == 1
    assert time.monotonic() - begun < 10, time.monotonic() - begun
    print("interrupted")
"""
END = "import sys; sys.stdout.flush(); os._exit(0)  # the sleeping function need not be waited for\n"


def test_the_prompt_comes_back_again_and_again(python: Callable[..., str]) -> None:
    script = f"{BEGIN}spark = annopipe.start()\nfor _ in range(3):\n    interrupted(spark)\n{END}"
    assert python(script) == "interrupted\n" * 3


def test_a_session_that_a_thread_started(python: Callable[..., str]) -> None:
    script = f"""{BEGIN}
thread = threading.Thread(target=annopipe.start)
thread.start()
thread.join()
interrupted(annopipe.start())
annopipe.stop()
interrupted(annopipe.start())
{END}"""
    assert python(script) == "interrupted\ninterrupted\n"


@pytest.mark.parametrize("handler", ["signal.SIG_IGN", "lambda *_: found.append(1)"])
def test_a_handler_of_the_users_own_stays(python: Callable[..., str], handler: str) -> None:
    script = f"""
import os, signal, time
found = []
signal.signal(signal.SIGINT, {handler})
import annopipe
spark = annopipe.start()
os.kill(os.getpid(), signal.SIGINT)
time.sleep(0.5)
assert spark.range(3).count() == 3
print(len(found))
"""
    assert python(script) == ("0\n" if "IGN" in handler else "1\n")
