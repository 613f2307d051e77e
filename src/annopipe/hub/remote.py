"""The hub's protocol, by the public calls of ``huggingface_hub``: what a repository holds, and the bytes of its files.

Addresses, headers, tokens, the session (proxies, certificates), what a file is (`get_hf_file_metadata`) and what an
answer of refusal means are that library's, which is imported with the first request. Two requests are sent here, over
its session, for these reasons:

* ``model_info`` reads an answer of any length into memory and JSON of any depth, for as long as bytes trickle in.
* ``hf_hub_download`` drops what came of a file when a try or a process ends, so that a download of 0.9 GB over a weak
  line begins at 0 each time; and it sends the versions of Python and torch to the hub.
"""

import contextlib
import os
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from annopipe.errors import FetchError, FetchMismatch, MissingExtra
from annopipe.hub.bounds import PATIENCE, TooLong, collected, in_pace, parsed, within
from annopipe.hub.faults import TryError, of_exception, of_status
from annopipe.version import __version__

PUBLIC: Final = "https://huggingface.co"
REDIRECTS: Final = 5
MOST_REDIRECTS: Final = 20
CHUNK: Final = 1 << 16

_AGENT: Final = f"annopipe/{__version__}"
_NONE: Final[Mapping[str, str]] = {}

Value = TypeVar("Value")


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
        self._faults = _faults()
        self._trusted = self.endpoint == usual

    def snapshot(self, repository: str, revision: str | None) -> Snapshot:
        """Return what a repository holds at a revision (None = ``main``).

        Raises:
            TryError: the hub does not say, or not in time.
        """
        url = f"{self.endpoint}/api/models/{repository}/revision/{quote(revision or 'main', safe='')}"
        what = repository if revision is None else f"{repository} at {revision}"
        timeout = self._library.constants.HF_HUB_ETAG_TIMEOUT
        try:
            with self._answer(url, what, timeout) as answer:
                content = collected(self._chunks(answer, url, what, timeout))
            found = parsed(content)
            names = tuple(str(one["rfilename"]) for one in found["siblings"])
            return Snapshot(repository, str(found["sha"]), names)
        except TooLong as error:
            text = f"{urlsplit(url).netloc} answered {error} to {what}: no hub does, so it was refused"
            raise TryError(FetchError(text), -1) from error
        except (ValueError, KeyError, TypeError) as error:
            text = f"{urlsplit(url).netloc} answered something else to {what} than a hub does: a proxy's or login page?"
            raise TryError(FetchError(text), -1) from error

    def file(self, snapshot: Snapshot, name: str) -> RemoteFile:
        """Return size and digest of a file.

        Raises:
            TryError: the hub does not say, or not in time.
        """
        what = f"{name} of {snapshot.repository}"
        try:
            url = self._library.hf_hub_url(snapshot.repository, name, revision=snapshot.commit, endpoint=self.endpoint)
        except self._library.utils.HFValidationError as error:
            raise TryError(FetchError(f"{what}: {error}"), -1) from error
        found, at = self._metadata(url, what), url
        for _ in range(REDIRECTS):
            if found.etag is not None or found.location == at:
                break
            at = found.location  # a mirror that only leads to where the hub's answers are
            found = self._metadata(at, what)
        return RemoteFile(name, url, found.size, found.etag)

    def _metadata(self, url: str, what: str) -> Any:
        timeout = self._library.constants.HF_HUB_ETAG_TIMEOUT
        agent = {"user-agent": _AGENT}  # in place of the library's, which says what is installed here
        ask = partial(
            self._library.get_hf_file_metadata, url, token=self._token(url) or False, timeout=timeout, headers=agent
        )
        return self._asked(lambda: within(PATIENCE * timeout, ask), url, what)

    @contextlib.contextmanager
    def open(self, file: RemoteFile, start: int = 0) -> Iterator[Body]:
        """Yield a file's bytes from a place on; a hub that knows no ranges gives them from 0.

        Raises:
            TryError: the hub refuses, or the connection breaks, while opening or while reading.
        """
        timeout = self._library.constants.HF_HUB_DOWNLOAD_TIMEOUT
        ranges = {"Range": f"bytes={start}-"} if start else {}
        with self._answer(file.url, file.name, timeout, ranges) as answer:
            if answer.status_code == 416:
                raise TryError(FetchMismatch(_ends_early(file, start)), -1)
            yield Body(start if answer.status_code == 206 else 0, self._chunks(answer, file.url, file.name, timeout))

    @contextlib.contextmanager
    def _answer(self, url: str, what: str, timeout: float, more: Mapping[str, str] = _NONE) -> Iterator[Any]:
        """Yield the answer to GET, of which nothing but the headers was read."""
        headers = {"user-agent": _AGENT, "Accept-Encoding": "identity", **more}
        if token := self._token(url):
            headers["authorization"] = f"Bearer {token}"
        ask = partial(self._stream, url, headers, timeout)
        answer = self._asked(lambda: within(PATIENCE * timeout, ask), url, what)
        try:
            if answer.status_code not in {200, 206, 416}:
                raise of_status(answer.status_code, answer.headers, url, what)
            yield answer
        finally:
            answer.close()

    def _chunks(self, answer: Any, url: str, what: str, timeout: float) -> Iterator[bytes]:
        try:
            yield from in_pace(_as_they_come(answer), timeout)
        except self._faults as error:
            raise of_exception(error, url, what) from error

    def _stream(self, url: str, headers: Mapping[str, str], timeout: float) -> Any:
        if hasattr(self._session, "build_request"):
            request = self._session.build_request("GET", url, headers=headers, timeout=timeout)
            return self._session.send(request, stream=True, follow_redirects=True)
        return self._stream_by_requests(url, dict(headers), timeout)

    def _stream_by_requests(self, url: str, headers: dict[str, str], timeout: float) -> Any:
        """Follow redirects one by one: ``requests`` takes the first address's proxy along, whatever NO_PROXY says."""
        for _ in range(MOST_REDIRECTS):
            answer = self._session.get(url, headers=headers, timeout=timeout, stream=True, allow_redirects=False)
            target = answer.headers.get("location")
            if not 300 <= answer.status_code < 400 or target is None:
                return answer
            answer.close()
            if _origin(urljoin(url, target)) != _origin(url):
                headers.pop("authorization", None)
            url = urljoin(url, target)
        raise sys.modules["requests"].TooManyRedirects(f"more than {MOST_REDIRECTS} redirects")

    def _asked(self, ask: Callable[[], Value], url: str, what: str) -> Value:
        try:
            return ask()
        except self._library.utils.HfHubHTTPError as error:
            if error.response is None:
                raise of_exception(error, url, what) from error
            raise of_status(error.response.status_code, error.response.headers, url, what) from error
        except self._faults as error:
            raise of_exception(error, url, what) from error

    def _token(self, url: str) -> str | None:
        """Return the token, which goes to ``HF_ENDPOINT`` or the public hub alone, not to other mirrors."""
        if self._library.constants.HF_HUB_DISABLE_IMPLICIT_TOKEN or not self._trusted:
            return None
        return self._library.get_token() if _origin(url) == _origin(self.endpoint) else None


def _as_they_come(answer: Any) -> Iterator[bytes]:
    """Yield an answer's bytes without waiting until a chunk is full; ``requests`` itself would wait."""
    if hasattr(answer, "iter_bytes"):
        yield from answer.iter_bytes()
    elif hasattr(answer.raw, "read1"):
        while chunk := answer.raw.read1(CHUNK):
            yield chunk
    else:
        yield from answer.iter_content(1024)


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
    except ValueError as error:  # of int(), on a variable of the environment
        raise FetchError(
            f"a variable of huggingface_hub, HF_HUB_..., is no number ({error}): mend or unset it"
        ) from error
    return huggingface_hub


def _faults() -> tuple[type[BaseException], ...]:
    """Return the errors of the libraries that carry requests: httpx; requests below older ``huggingface_hub``."""
    names = ("RequestException", "HTTPError", "InvalidURL", "StreamError")
    roots = [sys.modules.get(name) for name in ("httpx", "httpx2", "requests", "urllib3.exceptions")]
    kinds = [getattr(root, name) for root in roots for name in names if hasattr(root, name)]
    return (*kinds, ConnectionError, TimeoutError, ssl.SSLError, RecursionError)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
