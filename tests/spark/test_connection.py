"""What travels between a session and its server on this machine."""

from collections.abc import Callable

import pytest

from annopipe.errors import ParamValueError
from annopipe.spark.connection import connect

RELAYED = """
import os
import socket
import threading
import annopipe
from annopipe.spark.connection import address, connect

spark = annopipe.start()
listener = socket.create_server(("127.0.0.1", 0))
received = []

def pump(source, target, sizes):
    while data := source.recv(1 << 16):
        sizes.append(len(data))
        target.sendall(data)

def relay():
    while True:
        client, _ = listener.accept()
        server = socket.create_connection(("127.0.0.1", int(os.environ["SPARK_REMOTE"].split(":")[2].split("/")[0])))
        threading.Thread(target=pump, args=(client, server, []), daemon=True).start()
        threading.Thread(target=pump, args=(server, client, received), daemon=True).start()

threading.Thread(target=relay, daemon=True).start()
session = connect(address("127.0.0.1", listener.getsockname()[1], "me"), {})
assert len(session.sql("select repeat('x', 2000000) as text").first().text) == 2000000
print(sum(received), flush=True)
os._exit(0)
"""


def test_nothing_is_compressed_on_the_way_from_a_server_on_this_machine(python: Callable[..., str]) -> None:
    assert int(python(RELAYED)) > 2_000_000


@pytest.mark.parametrize("url", ["sc://127.0.0.1:abc", "sc://127.0.0.1:1/x;user_id=y", "sc://"])
def test_a_string_that_names_no_server_is_told(url: str) -> None:
    pytest.importorskip("pyspark", reason="pyspark's client is absent: pip install 'annopipe[sail]'")
    pytest.importorskip("grpc", reason="pyspark's client is absent: pip install 'annopipe[sail]'")
    with pytest.raises(
        ParamValueError, match=r"the connection string 'sc://.* cannot be read \(.*it is sc://host:port"
    ) as told:
        connect(url, {})
    assert "\n" not in str(told.value)
