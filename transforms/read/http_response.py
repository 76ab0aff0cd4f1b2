"""An HTTP response as web archives keep it: status, headers, and the body without its transfer and content codings."""

import io
import re
import zlib
from dataclasses import dataclass

from transforms.read.errors import StreamError
from transforms.read.options import ReadOptions
from transforms.read.packing import Unpacked, over_caps, packing_of
from transforms.records import RejectReason

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})\b")
_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """``status`` is 0 where there is no status line; ``cut`` says that the body is shorter than it should be."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut: bool = False

    @property
    def media_type(self) -> str:
        """In lower case, without parameters; empty when the server does not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """What the server says."""
        match = _CHARSET.search(self.headers.get("content-type", ""))
        return match[1] if match else None


def parse_response(block: bytes, options: ReadOptions) -> HttpResponse:
    """The response that a WARC record holds. Raises StreamError when its body is a bomb or in a coding that we lack.

    Many archives keep the headers of codings that they have undone; so each coding is undone only where the body
    shows it.
    """
    match = _STATUS.match(block)
    if match is None:
        return HttpResponse(0, {}, block)
    end = _END.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    headers: dict[str, str] = {}
    for line in head.split(b"\n")[1:]:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    declared = headers.get("content-length", "")
    cut = end is None or (declared.isdigit() and len(declared) < 16 and len(body) < int(declared))
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body, whole = _without_chunks(body)
        cut = not whole
    body, whole = _decoded(body, headers.get("content-encoding", "").lower(), options)
    # An archive that has undone a content coding may keep the length of the coded body: longer bodies are no sign.
    return HttpResponse(int(match[1]), headers, body, cut or not whole)


def _without_chunks(body: bytes) -> tuple[bytes, bool]:
    """The body without chunked coding, and whether its last chunk is there. A body without chunks stays as it is."""
    data = bytearray()
    position = 0
    while (match := _CHUNK_SIZE.match(body, position)) is not None:
        size = int(match[1], 16)
        if not size:
            return bytes(data), True
        data += body[match.end() : match.end() + size]
        position = match.end() + size
        position += len(body[position : position + 2]) - len(body[position : position + 2].lstrip(b"\r\n"))
    return (bytes(data), False) if data else (body, True)


def _decoded(body: bytes, coding: str, options: ReadOptions) -> tuple[bytes, bool]:
    """The body without its content coding, and whether it is whole."""
    if not body or not coding or coding == "identity":
        return body, True
    if (packing := packing_of(body)) is not None:
        return _read_up_to_damage(Unpacked(io.BytesIO(body), packing, options), options)
    if "deflate" in coding:
        return _inflated(body, options)
    if "br" in [part.strip() for part in coding.split(",")] and body.lstrip()[:1] != b"<":
        return _from_brotli(body, options)
    return body, True


def _read_up_to_damage(stream: Unpacked, options: ReadOptions) -> tuple[bytes, bool]:
    data = bytearray()
    try:
        while chunk := stream.read(_PIECE):
            data += chunk
            _check(len(data), options)
    except StreamError as error:
        if error.reason is RejectReason.TOO_LARGE_UNCOMPRESSED or not data:
            raise
        return bytes(data), False
    return bytes(data), True


def _inflated(body: bytes, options: ReadOptions) -> tuple[bytes, bool]:
    """Deflate with the header of zlib, as the standard says, or without, as some servers do."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inflater = zlib.decompressobj(window)
        try:
            data = inflater.decompress(body, options.max_record_bytes + 1)
        except zlib.error:
            continue
        _check(len(data), options)
        return data, inflater.eof
    return body, True


def _from_brotli(body: bytes, options: ReadOptions) -> tuple[bytes, bool]:
    from fastwarc.stream_io import BrotliReader  # noqa: PLC0415  few archives keep this coding

    reader = BrotliReader(io.BytesIO(body))
    data = bytearray()
    try:
        while chunk := reader.read(_PIECE):
            data += chunk
            _check(len(data), options)
    except (OSError, ValueError, EOFError) as error:
        if not data:
            raise StreamError(RejectReason.BAD_ARCHIVE, f"damaged brotli data: {error}") from None
        return bytes(data), False
    return bytes(data), True


def _check(size: int, options: ReadOptions) -> None:
    if size > options.max_record_bytes:
        raise over_caps(size, 0, options) or StreamError(RejectReason.TOO_LARGE_UNCOMPRESSED, "over the cap")
