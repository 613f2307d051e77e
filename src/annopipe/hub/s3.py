"""Buckets of S3 and of what speaks its protocol, read without an account, or signed (`annopipe.hub.s3_signing`).

``AWS_ENDPOINT_URL_S3`` or ``AWS_ENDPOINT_URL`` name another server than Amazon's, ``AWS_REGION`` or
``AWS_DEFAULT_REGION`` its region, as for Amazon's own tools.
"""

import html
import os
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from annopipe.errors import FetchError

BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
SCHEME: Final = "s3://"
MOST_PAGES: Final = 1000

_KEY: Final = re.compile(r"<Contents>.*?<Key>(.*?)</Key>.*?</Contents>", re.DOTALL)
_NEXT: Final = re.compile(r"<NextContinuationToken>(.*?)</NextContinuationToken>", re.DOTALL)


def is_bucket(address: str) -> bool:
    """Tell whether an address is that of something in a bucket."""
    return address.startswith(SCHEME)


def http_address(address: str, region: str | None = None) -> str:
    """Return the address by which a file is had over HTTP; that of ``s3://bucket/key`` at the bucket's server.

    Args:
        address: of a file, or of a list of objects: ``s3://bucket?query``.
        region: where Amazon has the bucket; by default what the environment says, if it does.

    Raises:
        FetchError: it is no address.
    """
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"} and parts.netloc:
        return address
    place, mark, query = address.partition("?") if "?" in _bucket_of(address) else (address, "", "")
    bucket, key = _bucket_and_key(place)
    return f"{_server(bucket, region)}/{quote(key)}{mark}{query}"


def keys(address: str, text_of: Callable[[str], str]) -> list[str]:
    """Return the addresses, ``s3://bucket/key``, of all objects whose address begins as this one.

    Args:
        address: ``s3://bucket/start-of-key``.
        text_of: gives the text at an address.

    Raises:
        FetchError: it is no address, or the list has no end.
    """
    bucket, prefix = _bucket_and_key(address)
    found: list[str] = []
    token = None
    for _ in range(MOST_PAGES):
        query = {"list-type": "2", "prefix": prefix} | ({"continuation-token": token} if token else {})
        page = text_of(f"s3://{bucket}?{urlencode(query, quote_via=quote, safe='')}")
        found += [f"s3://{bucket}/{html.unescape(key)}" for key in _KEY.findall(page)]
        following = _NEXT.search(page)
        if following is None:
            return found
        token = html.unescape(following[1])
    raise FetchError(f"{address} has more than {MOST_PAGES} pages of objects: give a longer start of the address")


def _bucket_of(address: str) -> str:
    return address.removeprefix(SCHEME).partition("/")[0]


def _bucket_and_key(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    if not is_bucket(address) or not BUCKET.fullmatch(bucket):
        raise FetchError(f"{address!r} is no address: it must begin with https://, http:// or s3://<bucket>/")
    return bucket, key


def _server(bucket: str, region: str | None) -> str:
    chosen = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if chosen:
        return f"{chosen.rstrip('/')}/{bucket}"
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    host = f"s3.{region}.amazonaws.com" if region else "s3.amazonaws.com"
    return f"https://{host}/{bucket}" if "." in bucket else f"https://{bucket}.{host}"
