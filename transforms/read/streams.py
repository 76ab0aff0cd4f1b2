"""The unit of reading: the bytes of one file or archive member, unpacked, whole or line by line, under caps."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from transforms.normalise.decode import utf16_without_mark
from transforms.normalise.rules import load_rules
from transforms.read.errors import StreamError
from transforms.read.options import ReadOptions
from transforms.read.packing import Unpacked, packing_of, refuse_bomb
from transforms.records import RejectReason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES = 65536
_UTF16_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAGIC_BYTES = 6


class _Borrowed(io.RawIOBase):
    """Passes a seekable stream on; closing it leaves the stream open."""

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self._inner.tell()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._inner.read(len(view))
        view[: len(data)] = data
        return len(data)


class _Returns(_Borrowed):
    """The same with each carriage return as a line feed, for files that know no other line end."""

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._inner.read(len(view)).replace(b"\r", b"\n")
        view[: len(data)] = data
        return len(data)


class _Utf8(io.RawIOBase):
    """A UTF-16 or UTF-32 stream as UTF-8, so that its lines can be found by the byte of a line end."""

    def __init__(self, inner: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        while not self._ready:
            chunk = self._inner.read(HEAD_BYTES)
            self._ready = self._decoder.decode(chunk, final=not chunk).encode("utf-8", "replace")
            if not chunk:
                break
        taken, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(taken)] = taken
        return len(taken)


@dataclass(frozen=True, slots=True)
class Unit:
    """One file or archive member, unpacked.

    Attributes:
        stream: its bytes, at their beginning; seekable unless they come out of a compressed stream.
        name: its name without the suffix of the packing, in lower case.
        packed: whether the bytes come out of a compressed stream.
        head: its first bytes (up to 64 KiB), for sniffing.
    """

    stream: io.BufferedReader
    name: str
    packed: bool
    head: bytes

    def read_all(self, cap: int) -> bytes:
        """All bytes. Raises StreamError when there are more than ``cap`` or the packed data is damaged."""
        data = bytearray()
        while chunk := self.stream.read(min(cap + 1 - len(data), 1 << 20)):
            data += chunk
            if len(data) > cap:
                reason = RejectReason.TOO_LARGE_UNCOMPRESSED if self.packed else RejectReason.TOO_LARGE
                raise StreamError(reason, f"more than {cap} bytes")
        return bytes(data)

    def lines(self, cap: int) -> Iterator[bytes | StreamError]:
        """The lines without their ends, one at a time; in place of a line over ``cap`` its error.

        A stream that breaks off ends with an error in place of its broken last line.
        """
        stream = self._with_line_ends()
        try:
            while line := stream.readline(cap + 2):
                if len(line) <= cap + 1 or line.endswith(b"\n"):
                    yield line.rstrip(b"\r\n")
                    continue
                while line and not line.endswith(b"\n"):
                    line = stream.readline(1 << 20)
                yield StreamError(RejectReason.TOO_LARGE, f"a line of more than {cap} bytes")
        except StreamError as error:
            yield error

    def _with_line_ends(self) -> BinaryIO:
        """The stream with lines that end in the byte of a line feed."""
        encoding = next((_codec(mark) for mark in _UTF16_MARKS if self.head.startswith(mark)), None)
        encoding = encoding or utf16_without_mark(self.head)
        if encoding is not None:
            return io.BufferedReader(_Utf8(self.stream, encoding), HEAD_BYTES)
        if b"\r" in self.head and b"\n" not in self.head:
            return io.BufferedReader(_Returns(self.stream), HEAD_BYTES)
        return self.stream


def _codec(mark: bytes) -> str:
    return "utf-32" if len(mark) == 4 else "utf-16"


def peek(stream: BinaryIO, size: int = _MAGIC_BYTES) -> bytes:
    """The next bytes of a seekable stream, which stays where it was."""
    head = stream.read(size)
    stream.seek(-len(head), io.SEEK_CUR)
    return head


def open_unit(stream: BinaryIO, name: str, options: ReadOptions) -> Unit:
    """Unwraps one packing, whatever the name says. Raises StreamError for damaged or doubly packed data."""
    name = name.lower()
    packing = packing_of(peek(stream))
    if packing is not None:
        refuse_bomb(stream, packing, options)
    raw: io.RawIOBase = Unpacked(stream, packing, options) if packing else _Borrowed(stream)
    reader: io.BufferedReader = io.BufferedReader(raw, HEAD_BYTES)
    head = reader.peek(HEAD_BYTES)
    if (inner := _packed_kind(head)) is not None:
        inside = "inside packed data" if packing else "read as a file of articles"
        raise StreamError(RejectReason.BAD_ARCHIVE, f"{inner} data {inside}")
    return Unit(reader, name.removesuffix(packing.suffix) if packing else name, packing is not None, head)


def _packed_kind(head: bytes) -> str | None:
    signatures: dict[str, str] = load_rules("read_signatures")["packed"]
    kind = next((name for name, signature in signatures.items() if head.startswith(bytes.fromhex(signature))), None)
    return kind or ("tar" if is_tar(head) else None)


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are the header of a tar member (POSIX or GNU)."""
    return head[257:262] == b"ustar"
