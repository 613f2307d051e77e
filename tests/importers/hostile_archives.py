"""Archives that nobody should unpack, made byte by byte where no tool makes them."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Files = dict[str, bytes]
OUTSIDE = (
    "../up.txt",
    "a/../../up.txt",
    "/etc/passwd",
    "a\\..\\..\\up.txt",
    "C:/windows/x",
    "c:x",
    "//server/share/x",
    "a/./../../x",
    "..",
    "a/..",
    "con",
    "a/nul.txt",
    "a:stream",
    "a\x1b[2Jb",
    "trailing. ",
    "x" * 300,
    "/".join("d" * 40),
)
"""Names that leave the folder, or are no names everywhere."""


def zip_of(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def tar_of(files: Files, *, packed: bool = True) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(out.getvalue(), 1) if packed else out.getvalue()


def zip_with_kind(kind: int, target: bytes = b"/etc/passwd") -> bytes:
    """A zip archive with an entry that is a link or device by its attributes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("a")
        entry.create_system = 3
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, target)
    return out.getvalue()


def tar_with_kind(kind: bytes) -> bytes:
    """A tar archive with an entry that is a link, device or pipe."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("a")
        member.type = kind
        member.linkname = "/etc/passwd"
        archive.addfile(member)
    return out.getvalue()


@dataclass
class Places:
    """Where a zip archive of one entry has its records."""

    data: bytearray

    @property
    def directory(self) -> int:
        return self.data.rindex(b"PK\x01\x02")

    @property
    def end(self) -> int:
        return self.data.rindex(b"PK\x05\x06")

    def put(self, place: int, form: str, *values: int) -> bytes:
        struct.pack_into(form, self.data, place, *values)
        return bytes(self.data)


def one(content: bytes = b"content of a file", method: int = zipfile.ZIP_DEFLATED) -> Places:
    return Places(bytearray(zip_of({"a.txt": content}, method)))


def lying_size(claimed: int) -> bytes:
    """An entry that says it has another size than comes out."""
    places = one(b"\0" * 5000)
    places.put(22, "<I", claimed)
    return places.put(places.directory + 24, "<I", claimed)


def encrypted() -> bytes:
    places = one()
    places.put(6, "<H", 1)
    return places.put(places.directory + 8, "<H", 1)


def overlapping() -> bytes:
    """Two entries of one piece of data, as archives have that unpack to more than they could hold."""
    data = bytearray(zip_of({"a.txt": b"x" * 2000, "b.txt": b"y" * 2000}, zipfile.ZIP_STORED))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def sparse_tar() -> bytes:
    out = bytearray(tar_of({"a": b"abc"}, packed=False))
    out[156:157] = tarfile.GNUTYPE_SPARSE
    return _with_checksum(out)


def tar_with_size(field: bytes) -> bytes:
    """A tar archive whose entry claims another size."""
    out = bytearray(tar_of({"a": b"abc"}, packed=False))
    out[124:136] = field
    return _with_checksum(out)


def long_header_tar() -> bytes:
    """A header of the kind that holds a long name, which claims gigabytes of it."""
    out = bytearray(tar_of({"a": b"abc"}, packed=False))
    out[156:157] = tarfile.GNUTYPE_LONGNAME
    out[124:136] = b"77777777777\0"
    return _with_checksum(out)


def nested_headers_tar(count: int) -> bytes:
    """Headers that each announce another."""
    block = bytearray(tar_of({"a": b""}, packed=False)[:512])
    block[156:157] = tarfile.GNUTYPE_LONGNAME
    return bytes(_with_checksum(block)) * count + bytes(1024)


def _with_checksum(out: bytearray) -> bytes:
    out[148:156] = b" " * 8
    out[148:156] = b"%06o\0 " % sum(out[:512])
    return bytes(out)


def gzip_bomb(megabytes: int) -> bytes:
    """A tar.gz of one file of zeros, made without holding it."""
    header = tarfile.TarInfo("a")
    header.size = megabytes << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(header.tobuf())]
    parts += [packer.compress(bytes(1 << 20)) for _ in range(megabytes)]
    return b"".join([*parts, packer.compress(bytes(1024)), packer.flush()])


def zip_bomb(megabytes: int) -> bytes:
    return zip_of({"a": bytes(megabytes << 20)})


def damaged_archives() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield a name and what makes the archive, of all hostile ones that are small."""
    for number, name in enumerate(OUTSIDE):
        yield f"zip: name {number}", lambda name=name: zip_of({"good.txt": b"good", name: b"bad"})
        if "\\" not in name:
            yield f"tar: name {number}", lambda name=name: tar_of({"good.txt": b"good", name: b"bad"})
    for kind in ("LNK", "CHR", "BLK", "IFO", "SOCK"):
        yield f"zip: {kind}", lambda kind=kind: zip_with_kind(getattr(stat, f"S_IF{kind}"))
    for code in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
        yield f"tar: kind {code!r}", lambda code=code: tar_with_kind(code)
    yield "zip: says less than it has", lambda: lying_size(100)
    yield "zip: says more than it has", lambda: lying_size(10_000)
    yield "zip: encrypted", encrypted
    yield "zip: overlapping", overlapping
    yield "zip: bzip2", lambda: zip_of({"a": b"x" * 100}, zipfile.ZIP_BZIP2)
    yield "zip: lzma", lambda: zip_of({"a": b"x" * 100}, zipfile.ZIP_LZMA)
    yield "zip: no files", lambda: zip_of({})
    yield "zip: no name", lambda: zip_of({"": b"x"})
    yield "zip: twice", lambda: zip_of({"a": b"1", "A": b"2"})
    yield "zip: file and folder", lambda: zip_of({"a": b"1", "a/b": b"2"})
    yield "zip: folder and file", lambda: zip_of({"a/b": b"1", "a": b"2"})
    yield "zip: many files", lambda: zip_of({f"f{number}": b"" for number in range(200)})
    yield "zip: a place past the end", lambda: (at := one()).put(at.directory + 42, "<I", 1 << 30)
    yield "zip: a size past the end", lambda: (at := one()).put(at.directory + 20, "<I", 1 << 30)
    yield "zip: a list of 4 GB", lambda: (at := one()).put(at.end + 12, "<I", 0xFFFFFFF0)
    yield "zip: a list past the end", lambda: (at := one()).put(at.end + 16, "<I", 1 << 30)
    yield "zip: another checksum", lambda: (at := one()).put(at.directory + 16, "<I", 12345)
    yield "tar: holes", sparse_tar
    yield "tar: a negative size", lambda: tar_with_size(b"\xff" * 12)
    yield "tar: an exabyte", lambda: tar_with_size(b"\x80" + b"\0" * 4 + b"\x0f" + b"\0" * 6)
    yield "tar: no number as size", lambda: tar_with_size(b"abcdefghijk\0")
    yield "tar: a name of gigabytes", long_header_tar
    yield "tar: headers of headers", lambda: nested_headers_tar(3000)
    yield "tar: twice", lambda: tar_of({"a": b"1", "A": b"2"})
    yield "tar: many files", lambda: tar_of({f"f{number}": b"" for number in range(200)})
    yield "7-Zip", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100)
    yield "a page", lambda: b"<!DOCTYPE html><title>Sign in</title>"
    yield "empty", lambda: b""
