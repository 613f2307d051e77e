"""Plain servers on this machine: files over HTTP, and buckets as S3 gives them to everybody; with faults on demand."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

from importers.signatures import region_signed

DENIED = b"<Error><Code>AccessDenied</Code></Error>"
MALFORMED = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>{}</Region></Error>"
PAGE = 2
"""Objects on one page of a bucket's list."""


@dataclass
class FileServer:
    """Files at a port of 127.0.0.1; ``with`` starts and stops it.

    Attributes:
        files: path, without the first slash, → bytes.
        pages: whether an address that ends in ``/`` gives a page of links.
        bucket: name of the first part of each path that is a bucket of S3, whose list is given if ``listed``.
        listed: see ``bucket``.
        heads: whether HEAD is answered.
        ranges: whether a range is.
        cut: break the connection of the next answers after so many bytes, each taken once.
        moved: path → address of a redirect.
        private: the region in which the bucket lies, if requests must be signed for it.
        requests: method and path of what was asked, and the credentials that came with it.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    pages: bool = False
    bucket: str | None = None
    listed: bool = True
    heads: bool = True
    ranges: bool = True
    cut: list[int] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    private: str | None = None
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"site": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    site: FileServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        return

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path).removeprefix("/")
        self.site.requests.append((self.command, self.path, self.headers.get("authorization")))
        if self.site.private is not None and self._region() != self.site.private:
            told = {"x-amz-bucket-region": self.site.private} if self._region() else {}
            self._send(400 if told else 403, told, MALFORMED.format(self.site.private).encode() if told else DENIED)
        elif self.command == "HEAD" and not self.site.heads:
            self._send(405, {}, b"")
        elif path in self.site.moved:
            self._send(302, {"Location": self.site.moved[path]}, b"")
        elif self.site.bucket is not None and path.rstrip("/") == self.site.bucket:
            self._list(parse_qs(parts.query))
        elif path in self.site.files:
            self._file(self.site.files[path])
        elif self.site.pages and (path.endswith("/") or not path):
            links = [name.removeprefix(path) for name in self.site.files if name.startswith(path)]
            page = "".join(f'<a href="{escape(quote(name))}">{escape(name)}</a>' for name in links)
            self._send(200, {"Content-Type": "text/html"}, page.encode())
        else:
            self._send(403 if self.site.bucket and not self.site.listed else 404, {}, DENIED)

    def _region(self) -> str | None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return region_signed(self.command, self.path, headers)

    def _list(self, query: Mapping[str, list[str]]) -> None:
        if not self.site.listed:
            self._send(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
            return
        start = f"{self.site.bucket}/"
        keys = sorted(name.removeprefix(start) for name in self.site.files if name.startswith(start))
        keys = [key for key in keys if key.startswith(query.get("prefix", [""])[0])]
        place = int(query.get("continuation-token", ["0"])[0])
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.site.files[start + key])}</Size></Contents>"
            for key in keys[place:][:PAGE]
        )
        rest = place + PAGE < len(keys)
        more = f"<NextContinuationToken>{place + PAGE}</NextContinuationToken>" if rest else ""
        more += f"<IsTruncated>{str(rest).lower()}</IsTruncated>"
        self._send(200, {}, f"<?xml version='1.0'?><ListBucketResult>{found}{more}</ListBucketResult>".encode())

    def _file(self, content: bytes) -> None:
        start = self.headers.get("range", "").removeprefix("bytes=").partition("-")[0]
        headers = {"ETag": f'"{len(content)}-2"'}
        if not (self.site.ranges and start):
            self._send(200, headers, content)
        elif int(start) >= len(content):
            self._send(416, {"Content-Range": f"bytes */{len(content)}"}, b"")
        else:
            place = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(206, {**headers, "Content-Range": place}, content[int(start) :])

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = self.site.cut.pop(0) if self.site.cut and status in {200, 206} else None
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
