"""IPTC 7901: the text format of the wires, one message between control characters.

SOH, a header (service, number, priority, category, words), STX, the text in short lines, ETX, the time, EOT. The header
is the agency's own affair beyond its first fields. Source: IPTC 7901, "The Text Transmission Format" (5th revision).
"""

import re
from collections.abc import Iterator

from transforms.normalise.decode import Decoded, decode
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.items import author_names, excerpt_of, read_items
from transforms.read.options import ReadOptions
from transforms.read.plain_text import is_empty
from transforms.read.streams import Unit
from transforms.records import RawRecord, Reject, RejectReason

_HEAD = re.compile(rb"[\s\x00\x16]*\x01[A-Za-z]{2,4}\d{3,4} \d [a-z]{1,3} \d{1,4}\b[^\x02]{0,500}\x02")
_MESSAGE = re.compile(
    r"\x01(?P<header>[^\x02\x03]*)\x02(?P<text>[^\x03\x04]*)(?P<etx>\x03)?(?P<trailer>[^\x01\x04]*)\x04?"
)
_FIRST_LINE = re.compile(
    r"(?P<service>[A-Za-z]{2,4})(?P<number>\d{3,4}) (?P<priority>\d) (?P<category>[a-z]{1,3}) "
    r"(?P<words>\d{1,4})(?P<rest>.*)"
)
_AGENCY = re.compile(r"\b(?P<agency>[A-Za-z]{2,8})\s+\d{1,4}\s*\Z")
_TIME = re.compile(
    r"\b(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d) (?P<zone>GMT|UTC) (?P<month>[A-Z][a-z]{2}) (?P<year>\d\d)\b"
)
_HEADLINE_END = re.compile(r"\s=\s*\Z")
_REPORTER = re.compile(r"^[-\s]*Reporting by:? (?P<names>[^\n;]+)", re.MULTILINE | re.IGNORECASE)
_MAX_HEADLINE_LINES = 4


def sniff(head: bytes) -> Confidence:
    """Sure of the header between its control characters."""
    return Confidence.SURE if _HEAD.match(head) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The messages of the file, numbered by position. Raises StreamError."""
    decoded = _decoded(unit, options)

    def to_record(message: re.Match[str], number: int, raw: bytes) -> RawRecord | Reject:
        return _to_record(message, number, raw, decoded)

    return read_items(
        list(_MESSAGE.finditer(decoded.text)), options, start, lambda message: message.group().encode(), to_record
    )


def count(unit: Unit, options: ReadOptions) -> int:
    """The messages of the file, at least one. Raises StreamError."""
    return max(1, sum(1 for _ in _MESSAGE.finditer(_decoded(unit, options).text)))


def _decoded(unit: Unit, options: ReadOptions) -> Decoded:
    data = unit.read_all(options.max_held_bytes)
    if is_empty(data):
        raise StreamError(RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    decoded = decode(data)
    if decoded is None:
        raise StreamError(RejectReason.BINARY, "the bytes are not text")
    return decoded


def _to_record(message: re.Match[str], number: int, raw: bytes, decoded: Decoded) -> RawRecord | Reject:
    if not message["etx"]:
        return Reject(number, RejectReason.EMPTY_BODY, "the message breaks off before its end of text", excerpt_of(raw))
    first, _, rest = message["header"].strip().replace("\r", "").partition("\n")
    facts = _FIRST_LINE.match(first)
    title, body = _split_headline(message["text"].replace("\r\n", "\n").replace("\r", "\n"))
    if not body.strip():
        return Reject(number, RejectReason.EMPTY_BODY, f"no text; title {title!r}", excerpt_of(raw))
    agency = _AGENCY.search(facts["rest"]) if facts else None
    published = _published(message["trailer"])
    return RawRecord(
        source_record=number,
        source_format=FORMAT.name,
        raw=raw,
        body=body,
        encoding=decoded.encoding,
        extraction_method="iptc7901",
        title=title,
        publisher=agency["agency"] if agency else None,
        authors=author_names(match["names"] for match in _REPORTER.finditer(body)),
        section=rest.strip().rstrip("/") or None,
        published_raw=published,
        published_raw_source="trailer" if published else None,
        hard_wrapped=True,
        warnings=decoded.warnings,
    )


def _split_headline(text: str) -> tuple[str | None, str]:
    """The lines up to the first that ends in " =", which closes a headline."""
    lines = text.strip("\n").split("\n")
    for number, line in enumerate(lines[:_MAX_HEADLINE_LINES]):
        if _HEADLINE_END.search(line):
            title = " ".join(part.strip() for part in lines[: number + 1])
            return _HEADLINE_END.sub("", title) or None, "\n".join(lines[number + 1 :])
    return None, text


def _published(trailer: str) -> str | None:
    """``131137 GMT Nov 13`` is 11:37 on the 13th of November 2013: a day with time, month, year of two digits."""
    match = _TIME.search(trailer)
    if match is None:
        return None
    year = int(match["year"])
    century = 1900 if year >= 60 else 2000
    return f"{match['day']} {match['month']} {century + year} {match['hour']}:{match['minute']} {match['zone']}"


FORMAT = Format("iptc7901", ("text/x-iptc7901",), (".iptc", ".7901"), sniff, read, count, priority=3)
