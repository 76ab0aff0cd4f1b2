"""What the kinds of archives have in common: entries by position, read one at a time under the caps."""

import contextlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, Protocol

from transforms.read.errors import StreamError
from transforms.read.options import ReadOptions
from transforms.read.packing import over_caps
from transforms.records import RejectReason

_CHUNK = 1 << 20


class MemberError(StreamError):
    """A member that cannot be read: carries the reason and detail of the Reject to be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive: its name in valid Unicode, its position, and its size as declared."""

    name: str
    position: int
    size: int


class Container(Protocol):
    """An open archive. Both methods raise StreamError; positions stay valid as long as the bytes do."""

    def entries(self) -> Iterator[Entry]:
        """All files, in the order of the archive; folders, links and devices are left out."""

    def read(self, position: int) -> bytes:
        """The bytes of one file."""


def read_capped(content: IO[bytes] | zipfile.ZipExtFile, packed: int, options: ReadOptions) -> bytes:
    """All bytes of a member. Raises MemberError when it grows over a cap.

    Args:
        content: the member's unpacked bytes.
        packed: how many packed bytes they come from.
        options: the caps.
    """
    data = bytearray()
    while chunk := content.read(_CHUNK):
        data += chunk
        if len(data) > options.max_held_bytes:
            detail = f"unpacks to more than {options.max_held_bytes} bytes"
            raise MemberError(RejectReason.TOO_LARGE_UNCOMPRESSED, detail)
        if (error := over_caps(len(data), packed, options)) is not None:
            raise MemberError(error.reason, error.detail)
    return bytes(data)


def safe_name(name: str) -> str:
    """A member's name in valid Unicode: bytes that were no UTF-8 are written as backslash, x and two digits."""
    with contextlib.suppress(UnicodeEncodeError):
        name = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return name.encode("utf-8", "replace").decode("utf-8").replace("\x00", "") or "unnamed"


def size_of(stream: BinaryIO) -> int:
    """Bytes of a seekable stream, which stays where it was."""
    position = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(position)
    return size
