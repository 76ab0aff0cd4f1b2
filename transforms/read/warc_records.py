"""The records of a WARC file (ISO 28500): a line of the version, headers, as many bytes as declared, two blank lines.

The framing is ours: fastwarc says nothing when a record is cut short, and ends the process where a stream cannot
seek. Both are seen in docs/decisions/0019-web-archives.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

from transforms.read.errors import StreamError
from transforms.records import RejectReason

_VERSION = re.compile(rb"WARC/\d+\.\d+\s*$")
_MAX_LINE = 1 << 16
_MAX_HEADERS = 1000
_MAX_DIGITS = 15
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record.

    Attributes:
        headers: by lower-case name; of a repeated one the first.
        block: its bytes; empty for records that nobody wants.
        length: as declared, in bytes.
        missing: how many bytes of the block the file does not have.
        error: why there is no more than this: a cut header, no usable length, over the cap.
    """

    headers: dict[str, str]
    block: bytes = b""
    length: int = 0
    missing: int = 0
    error: StreamError | None = None


class WarcReader:
    """Iterates over the records that may hold pages: responses, resources that are HTML, conversions.

    What the stream raises as StreamError comes out as the ``error`` of a last record. Bytes that belong to no record
    are one record with an error.

    Args:
        stream: at its beginning.
        cap: a longer block is not held, and its record has an error.
        first: blocks of the records before this position are passed over.
    """

    def __init__(self, stream: BufferedReader, cap: int, first: int = 0) -> None:
        self._stream = stream
        self._cap = cap
        self._first = first
        self._version: bytes | None = None  # the line of a record that lost bytes stood before
        self._error: StreamError | None = None

    def __iter__(self) -> Iterator[WarcRecord]:
        position = 0
        while self._error is None:
            try:
                record = self._next(wanted=position >= self._first)
            except StreamError as error:
                self._error = error
                break
            if record is None:
                return
            if record.error is not None or is_page_like(record.headers):
                yield record
                position += 1
        if self._error is not None:
            yield WarcRecord({}, error=self._error)

    def _next(self, *, wanted: bool) -> WarcRecord | None:
        lost = self._skip_to_version()
        if lost:
            return WarcRecord({}, error=_cut(f"{lost} bytes belong to no record"))
        if self._version is None:
            return None
        self._version = None
        headers = self._headers()
        if headers is None:
            return WarcRecord({}, error=_cut("the file ends within the headers of a record"))
        digits = headers.get("content-length", "")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > _MAX_DIGITS:
            return WarcRecord(headers, error=_cut(f"no usable Content-Length: {digits[:40]!r}"))
        length, page_like = int(digits), is_page_like(headers)
        block, missing = self._block(length, keep=wanted and page_like and length <= self._cap)
        too_long = StreamError(RejectReason.TOO_LARGE, f"a record of {length} bytes")
        return WarcRecord(headers, block, length, missing, too_long if page_like and length > self._cap else None)

    def _skip_to_version(self) -> int:
        """Read up to the line that begins a record; how many bytes were passed over, blank lines not counted."""
        lost = 0
        while self._version is None and (line := self._stream.readline(_MAX_LINE)):
            if _VERSION.match(line):
                self._version = line
            elif line.strip():
                lost += len(line)
        return lost

    def _headers(self) -> dict[str, str] | None:
        """The headers by lower-case name; None when the file ends within them."""
        headers: dict[str, str] = {}
        for _ in range(_MAX_HEADERS):
            line = self._stream.readline(_MAX_LINE)
            if not line.endswith(b"\n"):
                return None
            if not line.strip():
                return headers
            name, _, value = line.decode("utf-8", "replace").partition(":")
            headers.setdefault(name.strip().lower(), value.strip())
        return headers

    def _block(self, length: int, *, keep: bool) -> tuple[bytes, int]:
        """The bytes of a block, and how many are missing. An error of the stream is noted, for after this record."""
        data = bytearray()
        left = length
        try:
            while left and (chunk := self._stream.read1(min(left, _CHUNK))):
                left -= len(chunk)
                if keep:
                    data += chunk
        except StreamError as error:
            self._error = error
        return bytes(data), left


def _cut(detail: str) -> StreamError:
    return StreamError(RejectReason.TRUNCATED_RECORD, detail)


def is_page_like(headers: dict[str, str]) -> bool:
    """Whether a record with these headers is of a kind that holds a page or its text."""
    kind = headers.get("warc-type", "").lower()
    media = headers.get("content-type", "").lower()
    is_page = {
        "response": "application/http" in media,
        "resource": "html" in media,
        "conversion": media.startswith("text/plain"),
    }
    return is_page.get(kind, False)
