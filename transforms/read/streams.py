"""Byte streams under caps: what a damaged or hostile stream does comes out as one :class:`StreamError`."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from transforms.normalise.rules import load_rules
from transforms.read.options import ReadOptions
from transforms.records import RejectReason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES = 65536
_UTF16_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class StreamError(Exception):
    """The bytes cannot be read on: carries the reason and detail of the Reject to be."""

    def __init__(self, reason: RejectReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class _Counted(io.RawIOBase):
    """Passes a stream's bytes on, counts them, and turns unpacking errors into :class:`StreamError`.

    Bytes that came before an error are delivered before it is raised. Closing it leaves the inner stream open.
    """

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner
        self._error: StreamError | None = None
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and self._error is None:
            try:
                chunk = self._inner.read(len(view) - filled)
            except EOFError as error:
                self._error = StreamError(RejectReason.TRUNCATED_ARCHIVE, str(error))
                break
            except (gzip.BadGzipFile, zlib.error) as error:
                self._error = StreamError(RejectReason.BAD_ARCHIVE, str(error))
                break
            if not chunk:
                break
            view[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
            self.count += len(chunk)
            self._error = self.check()
        if not filled and self._error is not None:
            raise self._error
        return filled

    def check(self) -> StreamError | None:
        """The error that the count of bytes amounts to, if any."""
        return None


class _Unpacked(_Counted):
    """The unpacked bytes of a gzip stream, under the caps on size and ratio."""

    def __init__(self, packed: BinaryIO, options: ReadOptions) -> None:
        self._packed = _Counted(packed)
        self._options = options
        super().__init__(gzip.GzipFile(fileobj=io.BufferedReader(self._packed), mode="rb"))  # type: ignore[arg-type]

    def check(self) -> StreamError | None:
        return over_caps(self.count, self._packed.count, self._options)


def over_caps(unpacked: int, packed: int, options: ReadOptions) -> StreamError | None:
    """The error for data that has unpacked to too much, or to too much for its packed size."""
    if unpacked > options.max_unpacked_bytes:
        detail = f"unpacks to more than {options.max_unpacked_bytes} bytes"
    elif unpacked > options.max_record_bytes and unpacked > options.max_ratio * packed:
        detail = f"unpacks to more than {options.max_ratio} times its size"
    else:
        return None
    return StreamError(RejectReason.TOO_LARGE_UNCOMPRESSED, detail)


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
        stream: its bytes, at their beginning.
        name: its name without the suffix of the packing, in lower case.
        packed: whether the bytes come out of a compressed stream.
        head: its first bytes (up to 64 KiB), for sniffing.
    """

    stream: BinaryIO
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
        stream = self._as_utf8()
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

    def _as_utf8(self) -> BinaryIO:
        for mark in _UTF16_MARKS:
            if self.head.startswith(mark):
                encoding = "utf-32" if len(mark) == 4 else "utf-16"
                return io.BufferedReader(_Utf8(self.stream, encoding), HEAD_BYTES)
        return self.stream


def open_unit(stream: BinaryIO, name: str, options: ReadOptions) -> Unit:
    """Unwraps gzip, whatever the name says. Raises StreamError for damaged or doubly packed data."""
    name = name.lower()
    start = stream.read(6)
    stream.seek(-len(start), io.SEEK_CUR)
    packed = _packing(start) == "gzip"
    raw: io.RawIOBase = _Unpacked(stream, options) if packed else _Counted(stream)
    reader = io.BufferedReader(raw, HEAD_BYTES)
    head = reader.peek(HEAD_BYTES)
    if (packing := _packing(head)) is not None:
        inside = "inside packed data" if packed else "read as a file of articles"
        raise StreamError(RejectReason.BAD_ARCHIVE, f"{packing} data {inside}")
    return Unit(reader, name.removesuffix(".gz"), packed, head)


def _packing(head: bytes) -> str | None:
    signatures: dict[str, str] = load_rules("read_signatures")["packed"]
    return next((name for name, signature in signatures.items() if head.startswith(bytes.fromhex(signature))), None)
