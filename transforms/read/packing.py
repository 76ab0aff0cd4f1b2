"""Unpacking gzip, bzip2, xz and Zstandard as bytes are asked for, under caps; damage comes out as a StreamError.

One loop for all four: streams one after another are one file (as the command-line tools read them), what follows the
last stream and is no stream is passed over, and a stream that ends too early is an error only after all of its bytes
have been handed out.
"""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

import zstandard

from transforms.normalise.rules import load_rules
from transforms.read.errors import StreamError
from transforms.read.options import ReadOptions
from transforms.records import RejectReason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_INPUT = 8192
# Zstandard gives all that its input holds at once, up to 128 KiB for 4 bytes: small bites keep that under 8 MiB.
_ZSTD_INPUT = 256
_OUTPUT = 1 << 18
# A stream may ask for this much memory as its dictionary or window: `xz -9` and `zstd --ultra -22` take half of it.
_MAX_WINDOW = 1 << 28


class _Decompressor(Protocol):
    """One stream of packed bytes."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...

    @property
    def eof(self) -> bool:
        """Whether the stream is complete."""

    @property
    def unused_data(self) -> bytes:
        """What came behind its end."""

    @property
    def hungry(self) -> bool:
        """Whether it needs more input to give more output."""


class _Zlib:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)  # with the header and checksum of gzip

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def hungry(self) -> bool:
        return not self._inner.unconsumed_tail


class _Buffered:
    """bz2 and lzma keep their input themselves."""

    def __init__(self, inner: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._inner = inner

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inner.decompress(data, max_length)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def hungry(self) -> bool:
        return self._inner.needs_input


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj()

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        del max_length
        return self._inner.decompress(data)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def hungry(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of packing one stream of bytes: its name in ``data/read_signatures.toml`` and the suffix of its files."""

    name: str
    suffix: str
    make: Callable[[], _Decompressor]
    bite: int = _INPUT

    @property
    def magic(self) -> bytes:
        """The first bytes of each of its streams."""
        return bytes.fromhex(load_rules("read_signatures")["packed"][self.name])


PACKINGS = (
    Packing("gzip", ".gz", _Zlib),
    Packing("bzip2", ".bz2", lambda: _Buffered(bz2.BZ2Decompressor())),
    Packing("xz", ".xz", lambda: _Buffered(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_WINDOW))),
    Packing("zstd", ".zst", _Zstd, _ZSTD_INPUT),
)
_DAMAGE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError)


def packing_of(head: bytes) -> Packing | None:
    """How bytes that begin so are packed, None when they are not packed in one of these ways."""
    return next((packing for packing in PACKINGS if head.startswith(packing.magic)), None)


class Unpacked(io.RawIOBase):
    """The unpacked bytes of a stream that stands at its beginning. Closing it leaves that stream open.

    ``read`` raises StreamError for damaged data, for data that ends too early, and when a cap is passed.
    """

    def __init__(self, packed: BinaryIO, packing: Packing, options: ReadOptions) -> None:
        super().__init__()
        self._packed = packed
        self._packing = packing
        self._options = options
        self._stream = packing.make()
        self._input = b""
        self._ready = memoryview(b"")
        self._error: StreamError | None = None
        self._ended = False
        self.bytes_in = 0
        self.bytes_out = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer as far as there are bytes; 0 at the end. Raises StreamError."""
        view = memoryview(buffer).cast("B")
        while not self._ready and not self._ended:
            if self._error is not None:
                raise self._error
            self._ready = memoryview(self._more())
            self.bytes_out += len(self._ready)
            if (error := over_caps(self.bytes_out, self.bytes_in, self._options)) is not None:
                self._ready, self._error = memoryview(b""), error  # of a bomb nobody wants the beginning
        taken = self._ready[: len(view)]
        view[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)

    def _more(self) -> bytes:
        """The next unpacked bytes; none, perhaps, when the stream has ended or an error was noted."""
        if self._stream.eof:
            return self._next_stream()
        if self._stream.hungry and not self._input:
            self._input = self._take()
            if not self._input:
                self._error = StreamError(
                    RejectReason.TRUNCATED_ARCHIVE, f"the {self._packing.name} data end too early"
                )
                return b""
        data, self._input = self._input, b""
        try:
            return self._stream.decompress(data, _OUTPUT)
        except _DAMAGE as error:
            detail = f"damaged {self._packing.name} data: {error}"
            self._error = StreamError(RejectReason.BAD_ARCHIVE, detail)
            return b""

    def _next_stream(self) -> bytes:
        magic = self._packing.magic
        rest = self._stream.unused_data
        while len(rest) < len(magic) and (more := self._take()):
            rest += more
        while self._packing.name == "xz" and rest.startswith(bytes(4)):  # padding between streams
            rest = rest.lstrip(b"\x00") or self._take()
        if rest.startswith(magic):
            self._stream, self._input = self._packing.make(), rest
        else:  # nothing, or what some other program wrote behind the data
            self._ended = True
        return b""

    def _take(self) -> bytes:
        data = self._packed.read(self._packing.bite)
        self.bytes_in += len(data)
        return data


def refuse_bomb(packed: BinaryIO, packing: Packing, options: ReadOptions) -> None:
    """Raise StreamError for a bomb that shows at once, before millions of its lines become records.

    Of other data hardly more is unpacked than 40 KiB. The stream stays where it was.
    """
    start = packed.tell()
    unpacked = Unpacked(packed, packing, options)
    wanted = max(options.max_record_bytes, options.max_ratio * packing.bite) + 2 * _OUTPUT
    buffer = bytearray(_OUTPUT)
    try:
        while unpacked.bytes_in * options.max_ratio <= wanted and unpacked.readinto(buffer):
            pass
    except StreamError as error:
        if error.reason is RejectReason.TOO_LARGE_UNCOMPRESSED:
            raise  # any other damage is told in its place
    finally:
        packed.seek(start)


def over_caps(unpacked: int, packed: int, options: ReadOptions) -> StreamError | None:
    """The error for data that has unpacked to too much, or to too much for its packed size."""
    if unpacked > options.max_unpacked_bytes:
        detail = f"unpacks to more than {options.max_unpacked_bytes} bytes"
    elif unpacked > options.max_record_bytes and unpacked > options.max_ratio * packed:
        detail = f"unpacks to more than {options.max_ratio} times its size"
    else:
        return None
    return StreamError(RejectReason.TOO_LARGE_UNCOMPRESSED, detail)
