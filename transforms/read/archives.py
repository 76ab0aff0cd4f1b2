"""Zip archives: members are listed and read in memory; their names are only names."""

import contextlib
import io
import lzma
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from weakref import WeakKeyDictionary

from transforms.normalise.rules import load_rules
from transforms.read.options import ReadOptions
from transforms.read.streams import StreamError, over_caps
from transforms.records import Reject, RejectReason

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_CHUNK = 1 << 20
# What the standard library raises for damaged, forged or unsupported archives.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, NotImplementedError, OverflowError)
_DIRECTORIES: WeakKeyDictionary[BinaryIO, list[zipfile.ZipInfo]] = WeakKeyDictionary()


class MemberError(StreamError):
    """A member that cannot be read: carries the reason and detail of the Reject to be."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside an archive: its name in valid Unicode, its position in the archive, its declared size."""

    name: str
    key: int
    size: int


def is_archive(stream: BinaryIO, name: str) -> bool:
    """Whether the first bytes, or else the name, say zip. The stream stays where it was."""
    signatures = load_rules("read_signatures")["packed"]
    head = stream.read(4)
    stream.seek(-len(head), io.SEEK_CUR)
    magic = (bytes.fromhex(signatures["zip"]), bytes.fromhex(signatures["zip_empty"]))
    return head.startswith(magic) or name.lower().endswith(".zip")


def members(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[Member | Reject]:
    """The files of an archive in its own order, directories left out; one Reject when it cannot be listed.

    A name that comes up again is told apart by ``#2``, ``#3`` …, so that each member has one name.
    """
    del name, options
    stream.seek(0)
    if not stream.read(1):
        yield Reject(0, RejectReason.EMPTY, "no bytes")
        return
    try:
        infos = _directory(stream)
    except _DAMAGE as error:
        yield Reject(0, RejectReason.BAD_ARCHIVE, f"not a zip archive that can be listed: {error}")
        return
    seen: Counter[str] = Counter()
    for key, info in enumerate(infos):
        if not info.filename.endswith("/"):  # is_dir() fails on an empty name
            name = _safe_name(info) or "unnamed"
            seen[name] += 1
            yield Member(name if seen[name] == 1 else f"{name}#{seen[name]}", key, info.file_size)


def open_member(stream: BinaryIO, member: Member, options: ReadOptions) -> BinaryIO:
    """The member's bytes in memory. Raises MemberError when it is encrypted, damaged, or over a cap."""
    try:
        info = _directory(stream)[member.key]
        if info.flag_bits & _ENCRYPTED:
            raise MemberError(RejectReason.BAD_ARCHIVE, "the member is encrypted")
        _seek_content(stream, info)
        with zipfile.ZipExtFile(stream, "r", info) as content:  # checks the CRC
            return io.BytesIO(_read_capped(content, info.compress_size, options))
    except EOFError as error:
        raise MemberError(RejectReason.TRUNCATED_ARCHIVE, f"the member ends too early: {error}") from None
    except (*_DAMAGE, IndexError) as error:
        raise MemberError(RejectReason.BAD_ARCHIVE, str(error)) from None


def _directory(stream: BinaryIO) -> list[zipfile.ZipInfo]:
    """The central directory, parsed once a stream: parsing it for each member would take quadratic time."""
    infos = _DIRECTORIES.get(stream)
    if infos is None:
        with zipfile.ZipFile(stream) as archive:
            infos = _DIRECTORIES[stream] = archive.infolist()
    return infos


def _seek_content(stream: BinaryIO, info: zipfile.ZipInfo) -> None:
    """To the first byte after the member's local header (application note of the format, section 4.3.7)."""
    stream.seek(info.header_offset)
    magic, name_length, extra_length = struct.unpack("<4s22xHH", stream.read(30))
    if magic != b"PK\x03\x04":
        raise zipfile.BadZipFile("the directory points to no member")
    stream.seek(name_length + extra_length, io.SEEK_CUR)


def _read_capped(content: zipfile.ZipExtFile, packed: int, options: ReadOptions) -> bytes:
    data = bytearray()
    while chunk := content.read(_CHUNK):
        data += chunk
        if len(data) > options.max_held_bytes:
            raise MemberError(
                RejectReason.TOO_LARGE_UNCOMPRESSED, f"unpacks to more than {options.max_held_bytes} bytes"
            )
        if (error := over_caps(len(data), packed, options)) is not None:
            raise MemberError(error.reason, error.detail)
    return bytes(data)


def _safe_name(info: zipfile.ZipInfo) -> str:
    """Names are UTF-8 or code page 437 by a flag; some writers put UTF-8 without setting the flag."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        with contextlib.suppress(UnicodeError):  # it is code page 437 after all
            name = name.encode("cp437").decode("utf-8")
    return name.encode("utf-8", "replace").decode("utf-8")
