"""Amazon's Signature Version 4 as its documentation describes it, computed anew by a server to check a request."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session/token+of=a//role"
SAID = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<scope>(?P<date>\d{8})/(?P<region>[a-z0-9-]+)/s3/aws4_request), ?"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


def region_signed(method: str, path: str, headers: Mapping[str, str]) -> str | None:
    """Return the region for which a request is signed with ``SECRET``; None if it is not, or wrongly.

    Args:
        method: of the request.
        path: with its query, as it came.
        headers: of the request, by names in lower case.
    """
    said = SAID.fullmatch(headers.get("authorization", ""))
    if said is None or said["key"] != KEY or not {"host", "x-amz-date"} <= set(said["names"].split(";")):
        return None
    parts = urlsplit(path)
    query = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in parse_qsl(parts.query, True))
    lines = [method, parts.path, "&".join(f"{name}={value}" for name, value in query)]
    lines += [f"{name}:{headers[name].strip()}" for name in said["names"].split(";")]
    lines += ["", said["names"], headers["x-amz-content-sha256"]]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{said['scope']}\n{digest}"
    key = f"AWS4{SECRET}".encode()
    for part in said["scope"].split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return said["region"] if hmac.compare_digest(signature, said["signature"]) else None
