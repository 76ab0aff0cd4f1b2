"""Zip archives: any member at once, by the central directory."""

import contextlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from transforms.read.containers import Entry, MemberError, read_capped, safe_name, size_of
from transforms.read.errors import StreamError
from transforms.read.options import ReadOptions
from transforms.records import RejectReason

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
# What the standard library raises for damaged, forged or unsupported archives.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, NotImplementedError, OverflowError)
_END = b"PK\x05\x06"
_MAX_COMMENT = 65535 + 22
_ENTRY = b"PK\x01\x02"
_SEE_ZIP64 = 0xFFFFFFFF
_CHUNK = 1 << 20


class ZipContainer:
    """A zip archive. The directory is parsed once: parsing it for each member would take quadratic time.

    Raises:
        StreamError: it cannot be listed, or has too many members.
    """

    def __init__(self, stream: BinaryIO, options: ReadOptions) -> None:
        self._stream = stream
        self._options = options
        self._check_size()
        try:
            with zipfile.ZipFile(stream) as archive:
                self._infos = archive.infolist()
        except (*_DAMAGE, EOFError) as error:
            raise StreamError(RejectReason.BAD_ARCHIVE, f"not a zip archive that can be listed: {error}") from None

    def entries(self) -> Iterator[Entry]:
        """All files; folders are left out."""
        for position, info in enumerate(self._infos):
            if not info.filename.endswith("/"):  # is_dir() fails on an empty name
                yield Entry(_name(info), position, info.file_size)

    def read(self, position: int) -> bytes:
        """One file. Raises MemberError when it is encrypted, damaged, or over a cap."""
        try:
            info = self._infos[position]
            if info.flag_bits & _ENCRYPTED:
                raise MemberError(RejectReason.BAD_ARCHIVE, "the member is encrypted")
            _seek_content(self._stream, info)
            with zipfile.ZipExtFile(self._stream, "r", info) as content:  # checks the CRC
                return read_capped(content, info.compress_size, self._options)
        except EOFError as error:
            raise MemberError(RejectReason.TRUNCATED_ARCHIVE, f"the member ends too early: {error}") from None
        except (*_DAMAGE, IndexError) as error:
            raise MemberError(RejectReason.BAD_ARCHIVE, str(error)) from None
        except OSError as error:
            if error.errno is not None:
                raise  # the disk's
            raise MemberError(RejectReason.BAD_ARCHIVE, str(error)) from None  # bzip2's word for damage

    def _check_size(self) -> None:
        """Refuse a directory of too many entries before the library spends half a kilobyte of memory on each.

        It reads as many entries as the declared size of the directory holds, whatever number is declared; so the marks
        of entries are counted in that many bytes.
        """
        size = size_of(self._stream)
        self._stream.seek(max(0, size - _MAX_COMMENT))
        tail = self._stream.read(_MAX_COMMENT)
        end = tail.rfind(_END)
        if end < 0 or len(tail) < end + 20:
            return  # not a zip archive, as the library will say
        (directory,) = struct.unpack_from("<L", tail, end + 12)
        if directory == _SEE_ZIP64:
            directory = size  # its true size is somewhere else; the whole file cannot hold less
        start = max(0, size - len(tail) + end - directory)
        if self._count_entries(start) > self._options.max_members:
            raise StreamError(RejectReason.TOO_LARGE, f"more than {self._options.max_members} members")

    def _count_entries(self, start: int) -> int:
        self._stream.seek(start)
        count, kept = 0, b""
        while count <= self._options.max_members and (chunk := self._stream.read(_CHUNK)):
            count += (kept + chunk).count(_ENTRY)
            kept = chunk[1 - len(_ENTRY) :]
        return count


def _seek_content(stream: BinaryIO, info: zipfile.ZipInfo) -> None:
    """To the first byte after the member's local header (application note of the format, section 4.3.7)."""
    stream.seek(info.header_offset)
    magic, name_length, extra_length = struct.unpack("<4s22xHH", stream.read(30))
    if magic != b"PK\x03\x04":
        raise zipfile.BadZipFile("the directory points to no member")
    stream.seek(name_length + extra_length, io.SEEK_CUR)


def _name(info: zipfile.ZipInfo) -> str:
    """Names are UTF-8 or code page 437 by a flag; some writers put UTF-8 without setting the flag."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        with contextlib.suppress(UnicodeError):  # it is code page 437 after all
            name = name.encode("cp437").decode("utf-8")
    return safe_name(name)
