"""Plain text: one article a file, with or without the date header."""

from collections.abc import Iterator

from transforms.normalise.characters import visible
from transforms.normalise.decode import BYTE_ORDER_MARKS, decode
from transforms.normalise.warnings import DocumentWarning, warning
from transforms.read.errors import StreamError
from transforms.read.formats import FALLBACK, Confidence, Format
from transforms.read.header import HEADER_SOURCE, split_header
from transforms.read.options import ReadOptions
from transforms.read.streams import Unit
from transforms.records import RawRecord, Reject, RejectReason


def sniff(head: bytes) -> Confidence:
    """Plain text has no mark of its own: it is what nothing else claims."""
    del head
    return Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The one article of the file. Raises StreamError."""
    del start
    data = unit.read_all(options.max_record_bytes)
    decoded = decode(data)
    if is_empty(data) or (decoded is not None and not visible(decoded.text)):
        yield Reject(0, RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    elif decoded is None:
        raise StreamError(RejectReason.BINARY, "the bytes are not text")
    else:
        header = split_header(decoded.text)
        warnings = list(decoded.warnings)
        if any(date != header.dates[0] for date in header.dates):
            warnings.append(warning(DocumentWarning.TWO_DATES, ", ".join(header.dates)))
        yield RawRecord(
            source_record=0,
            source_format=FORMAT.name,
            raw=data,
            body=header.body,
            encoding=decoded.encoding,
            extraction_method="plain",
            published_raw=header.dates[0] if header.dates else None,
            published_raw_source=HEADER_SOURCE if header.dates else None,
            warnings=tuple(warnings),
        )


def is_empty(data: bytes) -> bool:
    """Whether there is nothing but white space, after a byte order mark or without one."""
    for mark in BYTE_ORDER_MARKS:
        data = data.removeprefix(mark)
    return not data.strip()


def count(unit: Unit, options: ReadOptions) -> int:
    """One article a file."""
    del unit, options
    return 1


FORMAT = Format(FALLBACK, ("text/plain",), (".txt", ".text"), sniff, read, count)
