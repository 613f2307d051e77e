"""A hub on this machine, for tests: the protocol as ``huggingface_hub`` speaks it, with faults on demand.

Large files (``*.safetensors``, ``*.model``) are in large file storage: their answer is a redirect to another server,
the ETag the SHA-256. Small ones have git's SHA-1 as ETag and are behind a relative redirect.
"""

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote, urlsplit

LARGE = (".safetensors", ".model")


@dataclass
class Fault:
    """What goes wrong with requests of a kind.

    Attributes:
        kind: ``api``, ``head``, ``get`` (of the hub) or ``bytes`` (of the storage behind it).
        times: how many requests, from the next on.
        match: only requests whose path has this.
        status, headers: an HTTP error.
        cut: break the connection after so many bytes of the body.
        stall: seconds before the answer.
        body: bytes in place of the right ones.
        length: bytes that the body ends after, with a Content-Length that says so.
        pause: seconds of silence after a ``cut``, before the connection breaks.
        drip: seconds between the bytes of the body, which come one by one.
        endless: bytes that come again and again, without a Content-Length.
        creep: seconds between the bytes of the headers.
    """

    kind: str
    times: int = 1
    match: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    stall: float = 0.0
    body: bytes | None = None
    length: int | None = None
    pause: float = 0.0
    drip: float = 0.0
    endless: bytes | None = None
    creep: float = 0.0


@dataclass
class Repository:
    """Files at one commit."""

    files: dict[str, bytes]
    commit: str = "c0ffee00" * 5


@dataclass
class LocalHub:
    """A hub and the storage behind it, each at a port of 127.0.0.1; ``with`` starts and stops them.

    Attributes:
        repositories: ``owner/name`` → files.
        renamed: old ``owner/name`` → new one.
        token: what requests must carry, if anything.
        ranges: whether the storage knows ranges.
        etags: whether ETags are digests; some mirrors make up their own.
        requests: what was asked: kind, path, headers.
    """

    repositories: dict[str, Repository] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    token: str | None = None
    ranges: bool = True
    etags: bool = True
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._servers = [_serve(self, storage=False), _serve(self, storage=True)]
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop both servers: from now on connections are refused."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers = []

    @property
    def endpoint(self) -> str:
        """Address of the hub."""
        return f"http://127.0.0.1:{self._servers[0].server_address[1]}"

    @property
    def storage(self) -> str:
        """Address of the storage behind it."""
        return f"http://127.0.0.1:{self._servers[1].server_address[1]}"

    def fail(self, kind: str, **what: Any) -> None:
        """Let requests fail; see `Fault`."""
        self.faults.append(Fault(kind, **what))

    def count(self, kind: str, match: str = "") -> int:
        """Return how many requests of a kind there were."""
        return sum(kind == one and match in path for one, path, _ in self.requests)

    def fault(self, kind: str, path: str) -> Fault | None:
        """Take the fault of a request, if it has one."""
        with self._lock:
            for one in self.faults:
                if one.kind == kind and one.match in path and one.times > 0:
                    one.times -= 1
                    return one
        return None

    def note(self, kind: str, path: str, headers: Mapping[str, str]) -> None:
        """Remember a request."""
        with self._lock:
            self.requests.append((kind, path, {name.lower(): value for name, value in headers.items()}))

    def etag(self, name: str, content: bytes) -> str:
        """Return the ETag of a file, without quotes."""
        if not self.etags:
            return "made-up-" + hashlib.md5(content, usedforsecurity=False).hexdigest()[:8]
        if name.endswith(LARGE):
            return hashlib.sha256(content).hexdigest()
        return hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


def _serve(hub: LocalHub, *, storage: bool) -> ThreadingHTTPServer:
    handler = type("Handler", (_Storage if storage else _Front,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    hub: LocalHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        return

    def do_HEAD(self) -> None:
        self._answer(send_body=False)

    def do_GET(self) -> None:
        self._answer(send_body=True)

    def _answer(self, *, send_body: bool) -> None:
        raise NotImplementedError

    def _failed(self, kind: str, path: str) -> bool:
        """Remember the request; answer it with its fault, if it has one that is an HTTP error."""
        self.hub.note(kind, self.path, self.headers)
        self.now = self.hub.fault(kind, path)
        if self.now is not None:
            time.sleep(self.now.stall)
            if self.now.status is not None:
                self._send(self.now.status, self.now.headers, b"no", send_body=self.command == "GET")
                return True
        return False

    def _send(self, status: int, headers: Mapping[str, str], body: bytes = b"", *, send_body: bool = True) -> None:
        try:
            if self.now is not None and self.now.creep:
                self._drip(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 1000, self.now.creep)
            if self.now is not None and self.now.endless is not None:
                self._flood(self.now.endless, status, headers)
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if send_body:
                self._write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _write(self, body: bytes) -> None:
        cut = self.now.cut if self.now is not None else None
        if self.now is not None and self.now.drip:
            self._drip(body, self.now.drip)
            return
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.wfile.flush()
            time.sleep(self.now.pause if self.now is not None else 0)
            self.close_connection = True
            self.connection.close()

    def _drip(self, content: bytes, seconds: float) -> None:
        for place in range(len(content)):
            self.wfile.write(content[place : place + 1])
            self.wfile.flush()
            time.sleep(seconds)

    def _flood(self, content: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.close_connection = True
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        while True:
            self.wfile.write(content)

    now: Fault | None = None


class _Front(_Handler):
    """The hub: what there is, and where its bytes are."""

    def _answer(self, *, send_body: bool) -> None:
        parts = unquote(urlsplit(self.path).path).strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            self._api(parts[2:])
        elif parts[:1] == ["small"]:
            self._file("/".join(parts[1:3]), "/".join(parts[4:]), send_body=send_body)
        else:
            self._resolve("/".join(parts[:2]), parts[2:], send_body=send_body)

    def _repository(self, name: str) -> Repository | None:
        """Return a repository, or answer why not."""
        if self.hub.token is not None and self.headers.get("authorization") != f"Bearer {self.hub.token}":
            self._send(401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}, b"")
            return None
        if name not in self.hub.repositories:
            self._send(404, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}, b"")
            return None
        return self.hub.repositories[name]

    def _api(self, parts: list[str]) -> None:
        name, kind, revision = "/".join(parts[:2]), parts[2], parts[3]
        if self._failed("api", self.path):
            return
        name = self.hub.renamed.get(name, name)
        repository = self._repository(name)
        if repository is None:
            return
        if revision not in {"main", repository.commit}:
            self._send(404, {"X-Error-Code": "RevisionNotFound", "X-Error-Message": f"Invalid rev id: {revision}"})
            return
        body = json.dumps(_tree(self.hub, repository) if kind == "tree" else _info(name, repository)).encode()
        self._send(200, {"Content-Type": "application/json"}, self._replaced(body))

    def _replaced(self, body: bytes) -> bytes:
        return body if self.now is None or self.now.body is None else self.now.body

    def _resolve(self, name: str, parts: list[str], *, send_body: bool) -> None:
        if self._failed("get" if send_body else "head", self.path):
            return
        if name in self.hub.renamed:
            self._send(307, {"Location": "/" + "/".join([self.hub.renamed[name], *parts])})
            return
        repository = self._repository(name)
        if repository is None:
            return
        file = "/".join(parts[2:])
        if file not in repository.files:
            self._send(404, {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"})
            return
        content = repository.files[file]
        headers = {"X-Repo-Commit": repository.commit, "X-Linked-Etag": f'"{self.hub.etag(file, content)}"'}
        if file.endswith(LARGE):
            target = f"{self.hub.storage}/{name}/{file}"
            self._send(302, {**headers, "X-Linked-Size": str(len(content)), "ETag": '"pointer"', "Location": target})
        else:
            self._send(307, {**headers, "Location": f"/small/{name}/{repository.commit}/{file}"})

    def _file(self, name: str, file: str, *, send_body: bool) -> None:
        if send_body and self._failed("bytes", self.path):
            return
        repository = self.hub.repositories[name]
        content = repository.files[file]
        headers = {"ETag": f'W/"{self.hub.etag(file, content)}"', "X-Repo-Commit": repository.commit}
        self._send(200, headers, self._replaced(content), send_body=send_body)


class _Storage(_Handler):
    """Where large files lie."""

    def _answer(self, *, send_body: bool) -> None:
        if self._failed("bytes", self.path) or not send_body:
            return
        _, owner, name, file = unquote(self.path).split("/", 3)
        content = self.hub.repositories[f"{owner}/{name}"].files[file]
        if self.now is not None and self.now.body is not None:
            content = self.now.body
        if self.now is not None and self.now.length is not None:
            content = content[: self.now.length]
        start = self.headers.get("range", "").removeprefix("bytes=").partition("-")[0]
        if not self.hub.ranges or not start:
            self._send(200, {"ETag": '"storage"'}, content)
        elif int(start) >= len(content):
            self._send(416, {"Content-Range": f"bytes */{len(content)}"})
        else:
            place = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(206, {"Content-Range": place}, content[int(start) :])


def _info(name: str, repository: Repository) -> dict[str, Any]:
    names = [{"rfilename": file} for file in repository.files]
    return {"_id": "0", "id": name, "modelId": name, "sha": repository.commit, "siblings": names, "private": False}


def _tree(hub: LocalHub, repository: Repository) -> list[dict[str, Any]]:
    return [_leaf(hub, file, content) for file, content in repository.files.items()]


def _leaf(hub: LocalHub, file: str, content: bytes) -> dict[str, Any]:
    leaf: dict[str, Any] = {"type": "file", "path": file, "size": len(content), "oid": "0" * 40}
    if file.endswith(LARGE):
        leaf["lfs"] = {"oid": hub.etag(file, content), "size": len(content), "pointerSize": 130}
    return leaf
