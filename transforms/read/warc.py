"""Web archives (WARC, and WET with its plain texts): each response is one record, its page goes to the HTML reader.

``WARC-Date`` is the day of the crawl and never taken for the day of publication.
"""

from collections.abc import Iterator

from transforms.normalise.decode import decode
from transforms.normalise.warnings import DocumentWarning, unique, warning
from transforms.read import html
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.http_response import HttpResponse, parse_response
from transforms.read.options import ReadOptions
from transforms.read.streams import Unit
from transforms.read.warc_records import WarcReader, WarcRecord
from transforms.records import RawRecord, Reject, RejectReason

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_UNTOLD = frozenset({"", "text/plain", "application/octet-stream", "unknown/unknown"})
_NONE = 1 << 62  # no block is wanted
_GOOD = frozenset({200, 203, 0})  # 0: no status line, as HTTP/0.9 and some converters have it


def sniff(head: bytes) -> Confidence:
    """Every WARC file begins with the version of its first record."""
    return Confidence.SURE if head.startswith((b"WARC/1.", b"WARC/0.")) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The pages of the archive, numbered among the records that may hold one. The rest of them are rejects."""
    number = -1
    for number, record in enumerate(WarcReader(unit.stream, options.max_record_bytes, start)):
        if number >= start:
            yield _outcome(record, number, options)
    if number < 0:
        reason = RejectReason.NOT_A_PAGE if unit.head else RejectReason.EMPTY
        yield Reject(0, reason, "no response with a page" if unit.head else "no bytes")


def count(unit: Unit, options: ReadOptions) -> int:
    """The records that may hold a page, at least one."""
    del options
    return max(1, sum(1 for _ in WarcReader(unit.stream, cap=0, first=_NONE)))


def _outcome(record: WarcRecord, number: int, options: ReadOptions) -> RawRecord | Reject:
    url = record.headers.get("warc-target-uri", "").strip("<> ") or None
    try:
        if record.error is not None:
            raise record.error
        if record.headers.get("warc-type", "").lower() == "conversion":
            return _plain(record, number, url)
        return _page(record, number, url, options)
    except StreamError as error:
        return Reject(number, error.reason, f"{error.detail}; url {url!r}" if url else error.detail)


def _page(record: WarcRecord, number: int, url: str | None, options: ReadOptions) -> RawRecord | Reject:
    """What the page of a response or resource gives. Raises StreamError where there is no page."""
    is_response = record.headers.get("warc-type", "").lower() == "response"
    response = parse_response(record.block, options) if is_response else HttpResponse(0, {}, record.block)
    if record.missing and not response.body.strip():
        raise StreamError(RejectReason.TRUNCATED_RECORD, "the page is missing")
    if (why := _why_no_page(response)) is not None:
        raise StreamError(RejectReason.NOT_A_PAGE, why)
    outcome = html.page_record(
        response.body,
        number=number,
        source_format=FORMAT.name,
        url=url,
        charset=response.charset,
        warnings=_cut_warning(record, cut=response.cut),
    )
    if record.missing and isinstance(outcome, Reject):
        raise StreamError(RejectReason.TRUNCATED_RECORD, f"what is left of the page: {outcome.detail}")
    return outcome


def _cut_warning(record: WarcRecord, *, cut: bool) -> tuple[str, ...]:
    cut = cut or record.missing > 0 or "warc-truncated" in record.headers
    detail = f"{record.missing} of {record.length} bytes are missing" if record.missing else ""
    return (warning(DocumentWarning.TRUNCATED_RECORD, detail),) if cut else ()


def _why_no_page(response: HttpResponse) -> str | None:
    if response.status not in _GOOD:
        return f"HTTP status {response.status}"
    media_type = response.media_type
    if media_type in _PAGES or (media_type in _UNTOLD and html.sniff(response.body[:65536]) is not Confidence.NO):
        return None
    return f"media type {media_type!r}"


def _plain(record: WarcRecord, number: int, url: str | None) -> RawRecord:
    """The text that somebody else took out of the page (WET). Raises StreamError when it is none."""
    decoded = decode(record.block)
    if decoded is None:
        raise StreamError(RejectReason.BINARY, "the bytes are not text")
    return RawRecord(
        source_record=number,
        source_format=FORMAT.name,
        raw=record.block,
        body=decoded.text,
        encoding=decoded.encoding,
        extraction_method="conversion",
        url=url,
        warnings=unique([*decoded.warnings, *_cut_warning(record, cut=False)]),
    )


FORMAT = Format("warc", ("application/warc",), (".warc", ".wet"), sniff, read, count, priority=2)
