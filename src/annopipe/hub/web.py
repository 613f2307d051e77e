"""Files at plain addresses: ``http://``, ``https://``, and ``s3://`` read anonymously; the standard library does it.

`annopipe.hub.transfer.download` brings them as it brings a hub's: in parts, going on where an earlier try ended.
"""

import contextlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import IO, Any, Final
from urllib.parse import unquote, urlsplit

from annopipe.errors import FetchDenied, FetchError, FetchMismatch
from annopipe.hub.faults import TRANSIENT, TryError, of_exception, of_status
from annopipe.hub.names import is_name
from annopipe.hub.remote import CHUNK, Body, RemoteFile
from annopipe.hub.s3 import http_address
from annopipe.version import __version__

SCHEMES: Final = ("http", "https", "s3")
TIMEOUT: Final = "HF_HUB_DOWNLOAD_TIMEOUT"
LONGEST_PAGE: Final = 64 << 20
"""Bytes of a listing."""

_FAULTS: Final = (OSError, http.client.HTTPException, ValueError)
_HEAD_NOT_GIVEN: Final = {400, 403, 405, 501}
"""Answers to HEAD of servers that give the file all the same, as for signed addresses."""


class _NoDowngrade(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not from https to something else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        target = urlsplit(newurl).scheme
        if target not in {"http", "https"} or (req.type == "https" and target != "https"):
            raise urllib.error.HTTPError(newurl, code, "leads away from https", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Web:
    """Reads files at addresses. Proxies and certificates are those of the environment."""

    def __init__(self) -> None:
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _NoDowngrade(),
        ):
            self._opener.add_handler(handler)

    def file(self, address: str) -> RemoteFile:
        """Return name and, where the server tells it, size of a file.

        Raises:
            TryError: there is no such file, or the server does not answer.
        """
        url = http_address(address)
        last = unquote(urlsplit(url).path).rpartition("/")[2]
        name = last if is_name(last) else "download"
        try:
            with self._ask("HEAD", url, {}) as answer:
                size, etag = answer.headers.get("content-length", ""), answer.headers.get("etag")
        except TryError as fault:
            if status_of(fault) not in _HEAD_NOT_GIVEN:
                raise
            return RemoteFile(name, url, None, None)
        return RemoteFile(name, url, int(size) if size.isdigit() else None, f"of {url}: {etag}" if etag else None)

    @contextlib.contextmanager
    def open(self, file: RemoteFile, start: int = 0) -> Iterator[Body]:
        """Yield a file's bytes from a place on; a server that knows no ranges gives them from 0.

        Raises:
            TryError: the server refuses, or the connection breaks, while opening or while reading.
        """
        with self._ask("GET", file.url, {"Range": f"bytes={start}-"} if start else {}) as answer:
            yield Body(start if answer.status == 206 else 0, self._chunks(answer, file.url))

    def text(self, address: str) -> str:
        """Return a short text at an address, such as a listing.

        Raises:
            TryError: as `open`; or it is very long.
        """
        url = http_address(address)
        with self._ask("GET", url, {}) as answer:
            content = b""
            for chunk in self._chunks(answer, url):
                content += chunk
                if len(content) > LONGEST_PAGE:
                    raise TryError(FetchError(f"{url} is longer than any listing: it was refused"), -1)
        return content.decode("utf-8", "replace")

    def _ask(self, method: str, url: str, headers: dict[str, str]) -> Any:
        wait = float(os.environ.get(TIMEOUT, "10") or "10")
        headers = {"User-Agent": f"annopipe/{__version__}", "Accept-Encoding": "identity", **headers}
        try:
            request = urllib.request.Request(url, headers=headers, method=method)  # noqa: S310 - SCHEMES alone
            answer = self._opener.open(request, timeout=wait)
        except urllib.error.HTTPError as error:
            with error:
                raise _of_status(error, url) from error
        except _FAULTS as error:
            raise of_exception(error, url, url) from error
        if answer is None:
            raise TryError(FetchError(f"{url} is no address of the web"), -1)
        return answer

    def _chunks(self, answer: Any, url: str) -> Iterator[bytes]:
        try:
            while chunk := answer.read(CHUNK):
                yield chunk
        except _FAULTS as error:
            raise of_exception(error, url, url) from error


def status_of(fault: TryError) -> int | None:
    """Return the status of the HTTP error that a fault is, or None."""
    cause = fault.__cause__
    return cause.code if isinstance(cause, urllib.error.HTTPError) else None


def _of_status(error: urllib.error.HTTPError, url: str) -> TryError:
    if error.code in {401, 403}:
        text = f"{url} is not given to everybody ({error.code}): fetch it by hand, and give the file's path"
        return TryError(FetchDenied(text), -1)
    if error.code == 416:
        return TryError(FetchMismatch(f"{url} is shorter than it was when the download began. Try again"), -1)
    if error.code == 429 or error.code in TRANSIENT:
        return of_status(error.code, {key.lower(): value for key, value in error.headers.items()}, url, url)
    reason = "is not there" if error.code in {404, 410} else f"cannot be had: {error.reason}"
    return TryError(FetchError(f"{url} {reason} ({error.code})"), -1)
