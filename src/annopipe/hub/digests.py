"""Digests of files: SHA-256 as hubs and ``sha256sum`` have it, SHA-1 as git has it for small files."""

import hashlib
import re
from pathlib import Path
from typing import Final

SHA256_DIGITS: Final = re.compile(r"[0-9a-f]{64}")
SHA1_DIGITS: Final = re.compile(r"[0-9a-f]{40}")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_digest_of(path: Path) -> str:
    """SHA-1 that git, and so the hub's ETag, gives a file that is not in large file storage."""
    content = path.read_bytes()
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def matches_etag(path: Path, etag: str | None) -> bool | None:
    """Compare a file with the hub's ETag; None where the ETag is no digest (some mirrors make up their own)."""
    if etag is None:
        return None
    if SHA256_DIGITS.fullmatch(etag):
        return sha256_of(path) == etag
    if SHA1_DIGITS.fullmatch(etag):
        return git_digest_of(path) == etag
    return None
