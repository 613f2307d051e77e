"""Files at plain addresses, ``http://`` and ``https://``, by the standard library; `annopipe.hub.buckets` reads others.

`annopipe.hub.transfer.download` brings them as it brings a hub's: in parts, going on where an earlier try ended.
"""

import contextlib
import http.client
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from functools import partial
from typing import IO, Any, Final
from urllib.parse import quote, unquote, urlsplit

from annopipe.errors import FetchDenied, FetchError, FetchMismatch
from annopipe.hub.bounds import PATIENCE, TooLong, collected, in_pace, within
from annopipe.hub.faults import TRANSIENT, TryError, of_exception, of_status
from annopipe.hub.names import is_name
from annopipe.hub.remote import CHUNK, Body, RemoteFile
from annopipe.version import __version__

TIMEOUT: Final = "HF_HUB_DOWNLOAD_TIMEOUT"

BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

_NONE: Final[Mapping[str, str]] = {}
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
        last = unquote(urlsplit(http_address(address)).path).rpartition("/")[2]
        name = last if is_name(last) else "download"
        try:
            with self._ask("HEAD", address) as answer:
                size, etag = answer.headers.get("content-length", ""), answer.headers.get("etag")
        except TryError as fault:
            if fault.status not in _HEAD_NOT_GIVEN:
                raise
            return RemoteFile(name, address, None, None)
        mark = f"of {address}: {etag}" if etag else None
        return RemoteFile(name, address, int(size) if size.isdigit() else None, mark)

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
        with self._ask("GET", address) as answer:
            try:
                content = collected(self._chunks(answer, address))
            except TooLong as error:
                text = f"{address} is longer than any listing ({error}): it was refused"
                raise TryError(FetchError(text), -1) from error
        return content.decode("utf-8", "replace")

    def _ask(self, method: str, address: str, headers: Mapping[str, str] = _NONE) -> Any:
        """Send a request and return the answer."""
        url = http_address(address)
        wait = _timeout()
        headers = {"User-Agent": f"annopipe/{__version__}", "Accept-Encoding": "identity", **headers}
        try:
            request = urllib.request.Request(url, headers=headers, method=method)  # noqa: S310 - SCHEMES alone
            answer = within(PATIENCE * wait, partial(self._opener.open, request, timeout=wait))
        except urllib.error.HTTPError as error:
            with error:
                raise _of_status(error, address) from error
        except _FAULTS as error:
            raise of_exception(error, url, address) from error
        if answer is None:
            raise TryError(FetchError(f"{address} is no address of the web"), -1)
        return answer

    def _chunks(self, answer: Any, address: str) -> Iterator[bytes]:
        try:
            yield from in_pace(iter(lambda: answer.read1(CHUNK), b""), _timeout())
        except _FAULTS as error:
            raise of_exception(error, http_address(address), address) from error


def _timeout() -> float:
    chosen = os.environ.get(TIMEOUT) or "10"
    try:
        return float(chosen)
    except ValueError:
        raise FetchError(f"{TIMEOUT} is {chosen!r}: give a number of seconds") from None


def http_address(address: str) -> str:
    """Return an address of the web; of a public file in S3, where s3fs is not installed, the one that Amazon gives it.

    Raises:
        FetchError: it is no address.
    """
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"} and parts.netloc:
        return address
    bucket, _, key = address.removeprefix("s3://").partition("/")
    if not address.startswith("s3://") or not BUCKET.fullmatch(bucket) or not key:
        raise FetchError(f"{address!r} is no address: it must begin with https://, http:// or s3://<bucket>/")
    server = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "https://s3.amazonaws.com"
    return f"{server.rstrip('/')}/{bucket}/{quote(key)}"


def _of_status(error: urllib.error.HTTPError, address: str) -> TryError:
    if error.code in {401, 403}:
        text = f"{address} is not given to everybody ({error.code}): fetch it by hand, and give the file's path"
        return TryError(FetchDenied(text), -1, error.code)
    if error.code == 416:
        return TryError(FetchMismatch(f"{address} is shorter than it was when the download began. Try again"), -1)
    if error.code == 429 or error.code in TRANSIENT:
        headers = {key.lower(): value for key, value in error.headers.items()}
        return of_status(error.code, headers, error.url or address, address)
    reason = "is not there" if error.code in {404, 410} else f"cannot be had: {error.reason}"
    return TryError(FetchError(f"{address} {reason} ({error.code})"), -1, error.code)
