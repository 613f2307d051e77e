"""What goes wrong on the way to a hub, as an error that a user can act on."""

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from annopipe.errors import FetchDenied, FetchError, FetchTimeout

TRANSIENT: Final = {408, 429, 500, 502, 503, 504}
LONGEST_WAIT: Final = 30.0

AGAIN: Final = "Try again: what came is kept, and a further try goes on from there"
OTHER_WAYS: Final = (
    "Other ways: 'annopipe pull' on a machine that can reach it, then copy its store; the path of a folder with the "
    "model; or a mirror in HF_ENDPOINT"
)


class TryError(Exception):
    """A try failed.

    Attributes:
        error: what to raise if it stays so.
        wait: seconds after which a further try makes sense; None = as the caller's habit is; negative = never.
        status: of the HTTP error that it is, or what a store's error would be as one; None for others.
    """

    def __init__(self, error: FetchError, wait: float | None = None, status: int | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait
        self.status = status

    @property
    def final(self) -> bool:
        """Whether a further try would only fail again."""
        return self.wait is not None and self.wait < 0


def of_status(status: int, headers: Mapping[str, str], url: str, what: str) -> TryError:
    """Return the fault of an answer that is an HTTP error.

    Args:
        status: of the answer.
        headers: of the answer.
        url: that was asked.
        what: what was asked for: "albert/albert-base-v1".
    """
    host = urlsplit(url).netloc
    said = headers.get("x-error-message")
    saying = f" ({said})" if said else ""
    if status in {401, 403}:
        return TryError(_denied(status, headers, host, what, saying), -1)
    if status == 404:
        return TryError(FetchError(f"{host} has no {_missing(headers, what)}{saying} (404). {OTHER_WAYS}"), -1)
    if status == 429:
        return _too_many(headers, host, what)
    if status in TRANSIENT:
        return TryError(FetchError(f"{host} is out of order, {status} for {what}{saying}. {AGAIN}. {OTHER_WAYS}"))
    return TryError(FetchError(f"{host} answered {status} to {what}{saying}. {OTHER_WAYS}"), -1)


def _denied(status: int, headers: Mapping[str, str], host: str, what: str, saying: str) -> FetchDenied:
    if headers.get("x-error-code") == "GatedRepo" or status == 403:
        return FetchDenied(
            f"{host} does not give {what} to you{saying} ({status}): its terms may have to be accepted on its page "
            f"first, and HF_TOKEN must hold a token that may read it. {OTHER_WAYS}"
        )
    return FetchDenied(
        f"{host} wants a token for {what}{saying} ({status}): it is private, asks for its terms to be accepted, or "
        f"does not exist, and HF_TOKEN holds no token or a wrong one. {OTHER_WAYS}"
    )


def _missing(headers: Mapping[str, str], what: str) -> str:
    kinds = {"RepoNotFound": "repository", "RevisionNotFound": "such revision of", "EntryNotFound": "file"}
    return f"{kinds.get(headers.get('x-error-code', ''), 'repository or file')} {what}"


def _too_many(headers: Mapping[str, str], host: str, what: str) -> TryError:
    asked = headers.get("retry-after", "")
    wait = float(asked) if re.fullmatch(r"\d+(\.\d+)?", asked) else None
    when = f" after {asked} seconds" if wait is not None else " later"
    text = f"{host} was asked too often (429, for {what}). Try again{when}: what came is kept"
    error = FetchError(f"{text}. A token in HF_TOKEN raises the limit")
    return TryError(error, -1 if wait is not None and wait > LONGEST_WAIT else wait)


def of_exception(error: BaseException, url: str, what: str) -> TryError:
    """Return the fault of a connection that could not be made or broke."""
    host = urlsplit(url).netloc
    causes = list(_chain(error))
    hopeless = _hopeless(error, causes, url, what)
    if hopeless is not None:
        return TryError(FetchError(f"{hopeless}. {OTHER_WAYS}"), -1)
    if any(_is_timeout(one) for one in causes):
        text = f"{host} did not answer in time for {what}; HF_HUB_DOWNLOAD_TIMEOUT=<seconds> allows more"
        return TryError(FetchTimeout(f"{text}. {AGAIN}. {OTHER_WAYS}"))
    return TryError(FetchError(f"the connection to {host} broke ({_told(error)}) on {what}. {AGAIN}. {OTHER_WAYS}"))


def _hopeless(error: BaseException, causes: list[BaseException], url: str, what: str) -> str | None:
    """Return what is wrong where a further try would only fail again, or None."""
    host = urlsplit(url).netloc
    if any(isinstance(one, socket.gaierror) for one in causes):
        name = urlsplit(url).hostname
        return f"the name {name} cannot be resolved (DNS): no network, or HF_ENDPOINT has a wrong name"
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return f"no secure connection to {host} ({error}): SSL_CERT_FILE may have to name a proxy's certificate"
    if any("Proxy" in type(one).__name__ for one in causes):
        return f"the proxy between here and {host} refuses ({error}): look at HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
    if any(isinstance(one, ConnectionRefusedError) for one in causes) or "refused" in str(error):
        return f"{host} refuses connections: it is down, or a firewall is in between"
    if any("Redirect" in type(one).__name__ or isinstance(one, RecursionError) for one in causes):
        return f"{host} leads from one address to the next without an end for {what}"
    return None


def _is_timeout(error: BaseException) -> bool:
    return any("Timeout" in kind.__name__ for kind in type(error).__mro__)


def _told(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what caused it, and the errors that libraries keep as arguments of theirs."""
    todo: list[Any] = [error]
    seen: set[int] = set()
    while todo:
        one = todo.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
