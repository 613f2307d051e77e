"""The hub's protocol: what a repository holds at a commit, and the bytes of its files.

Requests go through the session of ``huggingface_hub`` (proxies, certificates, tokens and its users' own settings of
them as there), which is imported with the first of them. ``snapshot_download`` itself is not used: it drops what came
of a file when a process ends, and tells the hub about the caller's environment.
"""

import contextlib
import os
import ssl
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from annopipe.errors import FetchError, FetchMismatch, MissingExtra
from annopipe.hub.faults import TryError, of_exception, of_status
from annopipe.version import __version__

PUBLIC: Final = "https://huggingface.co"
REDIRECTS: Final = 5
CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A repository at a commit: the names of its files."""

    repository: str
    commit: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a snapshot: its size in bytes and the hub's digest of it, each None if the hub does not tell."""

    name: str
    url: str
    size: int | None
    etag: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of an answer, from place ``start`` of the file on."""

    start: int
    chunks: Iterator[bytes]


class Hub:
    """A hub, or a mirror of one, at an address.

    Args:
        endpoint: its address; None = ``HF_ENDPOINT``, else ``https://huggingface.co``.

    Raises:
        MissingExtra: huggingface_hub is not installed.
    """

    def __init__(self, endpoint: str | None = None) -> None:
        usual = os.environ.get("HF_ENDPOINT", "").rstrip("/") or PUBLIC
        self.endpoint = (endpoint or usual).rstrip("/")
        if urlsplit(self.endpoint).scheme not in {"http", "https"} or not urlsplit(self.endpoint).netloc:
            raise FetchError(
                f"{self.endpoint!r} is no address of a hub or mirror: it must begin with https:// or http://"
            )
        self._library = _library()
        self._session: Any = self._library.utils.get_session()
        self._faults = _faults_of(self._session)
        self._trusted = self.endpoint == usual

    def snapshot(self, repository: str, revision: str | None) -> Snapshot:
        """Return what a repository holds at a revision (None = ``main``).

        Raises:
            TryError: the hub does not tell.
        """
        asked = revision or "main"
        url = f"{self.endpoint}/api/models/{repository}/revision/{quote(asked, safe='')}"
        what = repository if revision is None else f"{repository} at {revision}"
        answer = self._ask("GET", url, what, follow=True)
        try:
            found = answer.json()
            names = tuple(str(one["rfilename"]) for one in found["siblings"])
            return Snapshot(repository, str(found["sha"]), names)
        except (ValueError, KeyError, TypeError) as error:
            text = f"{urlsplit(url).netloc} answered something else to {what} than a hub does: a proxy's or login page?"
            raise TryError(FetchError(text), -1) from error

    def file(self, snapshot: Snapshot, name: str) -> RemoteFile:
        """Return size and digest of a file.

        Raises:
            TryError: the hub does not tell.
        """
        url = f"{self.endpoint}/{snapshot.repository}/resolve/{quote(snapshot.commit, safe='')}/{quote(name)}"
        what = f"{name} of {snapshot.repository}"
        answer, at = None, url
        for _ in range(REDIRECTS):
            answer = self._ask("HEAD", at, what, follow=False)
            target = answer.headers.get("location")
            if not 300 <= answer.status_code < 400 or target is None:
                break
            at = urljoin(at, target)
            if answer.headers.get("x-linked-etag") and _origin(at) != _origin(url):
                break
        assert answer is not None  # noqa: S101 - REDIRECTS > 0
        size = answer.headers.get("x-linked-size") or (
            answer.headers.get("content-length") if answer.status_code < 300 else None
        )
        etag = answer.headers.get("x-linked-etag") or answer.headers.get("etag")
        return RemoteFile(name, url, int(size) if size and size.isdigit() else None, _plain(etag))

    @contextlib.contextmanager
    def open(self, file: RemoteFile, start: int = 0) -> Iterator[Body]:
        """Yield a file's bytes from a place on; a hub that knows no ranges gives them from 0.

        Raises:
            TryError: the hub refuses, or the connection breaks, while opening or while reading.
        """
        headers = {**self._headers(file.url), "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        try:
            answer = self._stream(file.url, headers)
        except self._faults as error:
            raise of_exception(error, file.url, file.name) from error
        try:
            if answer.status_code == 416:
                raise TryError(FetchMismatch(_ends_early(file, start)), -1)
            if answer.status_code not in {200, 206}:
                raise of_status(answer.status_code, answer.headers, file.url, file.name)
            yield Body(start if answer.status_code == 206 else 0, self._chunks(answer, file))
        finally:
            answer.close()

    def _chunks(self, answer: Any, file: RemoteFile) -> Iterator[bytes]:
        read = answer.iter_bytes() if hasattr(answer, "iter_bytes") else answer.iter_content(CHUNK)
        try:
            yield from read
        except self._faults as error:
            raise of_exception(error, file.url, file.name) from error

    def _stream(self, url: str, headers: Mapping[str, str]) -> Any:
        timeout = self._library.constants.HF_HUB_DOWNLOAD_TIMEOUT
        if hasattr(self._session, "build_request"):
            request = self._session.build_request("GET", url, headers=headers, timeout=timeout)
            return self._session.send(request, stream=True, follow_redirects=True)
        return self._session.get(url, headers=headers, timeout=timeout, stream=True)

    def _ask(self, method: str, url: str, what: str, *, follow: bool) -> Any:
        redirects = {"follow_redirects" if hasattr(self._session, "build_request") else "allow_redirects": follow}
        headers = {**self._headers(url), "Accept-Encoding": "identity"}
        timeout = self._library.constants.HF_HUB_ETAG_TIMEOUT
        try:
            answer = self._session.request(method, url, headers=headers, timeout=timeout, **redirects)
        except self._faults as error:
            raise of_exception(error, url, what) from error
        if answer.status_code >= 400:
            raise of_status(answer.status_code, answer.headers, url, what)
        return answer

    def _headers(self, url: str) -> dict[str, str]:
        """Say who asks; the token goes to ``HF_ENDPOINT`` or the public hub alone, not to other mirrors."""
        headers = {"user-agent": f"annopipe/{__version__}"}
        token = None if self._library.constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else self._library.get_token()
        if token and self._trusted and _origin(url) == _origin(self.endpoint):
            headers["authorization"] = f"Bearer {token}"
        return headers


def _ends_early(file: RemoteFile, place: int) -> str:
    return (
        f"{file.name} ends after {place} bytes, but the hub announced {file.size}: it was refused. Try again; if it "
        "stays so, a proxy or mirror in between changes files"
    )


def _library() -> Any:
    try:
        import huggingface_hub
        import huggingface_hub.constants
        import huggingface_hub.utils
    except ImportError as error:
        raise MissingExtra("fetching models needs huggingface_hub: pip install 'annopipe[hub]'") from error
    return huggingface_hub


def _faults_of(session: Any) -> tuple[type[BaseException], ...]:
    """Return the errors of the session's library: httpx's or, in older versions of huggingface_hub, requests'."""
    roots = {kind.__module__.partition(".")[0] for kind in type(session).__mro__} & {"httpx", "httpx2", "requests"}
    names = ("RequestException", "HTTPError", "InvalidURL", "StreamError")
    kinds = [getattr(sys.modules[root], name, None) for root in sorted(roots) for name in names]
    return (*(kind for kind in kinds if kind is not None), ConnectionError, TimeoutError, ssl.SSLError)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _plain(etag: str | None) -> str | None:
    """Return an ETag without its quotes and mark of weakness."""
    return etag.removeprefix("W/").strip('"') if etag else None
