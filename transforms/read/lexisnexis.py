"""LexisNexis downloads as plain text: several articles a file, each under a line "3 of 120 DOCUMENTS".

Layout as the service's own downloads have it: centred lines (outlet, date, edition), headline, fields in capitals
(BYLINE, SECTION, LENGTH …), the text in lines of 78 signs, closing fields (LOAD-DATE, LANGUAGE …), a centred copyright.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.normalise.decode import Decoded, decode
from transforms.normalise.rules import alternatives, load_rules
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.items import author_names, excerpt_of, read_items
from transforms.read.options import ReadOptions
from transforms.read.plain_text import is_empty
from transforms.read.sniffing import text_of_head
from transforms.read.streams import HEAD_BYTES, Unit
from transforms.records import RawRecord, Reject, RejectReason

_RULES = load_rules("read_lexisnexis")
_SEPARATOR = re.compile(r"^[ \t]*\d{1,6} (?:of|von|sur|de) \d{1,6} DOCUMENTS?[ \t]*$", re.MULTILINE)
_FIELD = re.compile(
    rf"(?P<name>{alternatives([*_RULES['leading'], *_RULES['closing']])}):(?:[ \t]+(?P<value>.*)|[ \t]*)"
)
_CLOSING = frozenset(_RULES["closing"])
_CENTRED = re.compile(r"[ \t]{5,}\S")
_COPYRIGHT = re.compile(r"[ \t]*(?:Copyright\b|©|All Rights Reserved)", re.IGNORECASE)
_DATE = re.compile(
    rf"(?P<day>(?:{alternatives(_RULES['months'])}) \d{{1,2}}, \d{{4}}|"
    rf"\d{{1,2}} (?:{alternatives(_RULES['months'])}) \d{{4}})"
    r"(?:\W+\w+day)?.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Article:
    """What stands between two separators."""

    raw: str
    centred: tuple[str, ...]
    title: str | None
    fields: dict[str, str]
    body: str


def sniff(head: bytes) -> Confidence:
    """Sure of a separator with one of the service's fields after it."""
    text = text_of_head(head, HEAD_BYTES).replace("\r", "")
    separator = _SEPARATOR.search(text)
    if separator is None:
        return Confidence.NO
    after = text[separator.end() :].splitlines()
    fields = any(_FIELD.fullmatch(line) for line in after)
    return Confidence.SURE if fields or any(_COPYRIGHT.match(line) for line in after[:10]) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The articles of the file, numbered by position. Raises StreamError."""
    decoded = _decoded(unit, options)

    def to_record(part: str, number: int, raw: bytes) -> RawRecord | Reject:
        return _to_record(_parse(part), number, raw, decoded)

    return read_items(_parts(decoded.text), options, start, lambda part: part.strip().encode(), to_record)


def count(unit: Unit, options: ReadOptions) -> int:
    """The articles of the file, at least one. Raises StreamError."""
    return max(1, len(_parts(_decoded(unit, options).text)))


def _decoded(unit: Unit, options: ReadOptions) -> Decoded:
    data = unit.read_all(options.max_held_bytes)
    decoded = decode(data)
    if is_empty(data):
        raise StreamError(RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    if decoded is None:
        raise StreamError(RejectReason.BINARY, "the bytes are not text")
    return decoded


def _parts(text: str) -> list[str]:
    """What follows each separator; the cover sheet before the first one is no article."""
    return _SEPARATOR.split(text.replace("\r\n", "\n").replace("\r", "\n"))[1:]


def _parse(part: str) -> _Article:
    lines = part.split("\n")
    at, centred = _read_centred(lines)
    at, title = _read_title(lines, at)
    fields: dict[str, str] = {}
    at = _read_fields(lines, at, fields, closing=False)
    end = next((number for number in range(at, len(lines)) if _is_closing(lines[number])), len(lines))
    _read_fields(lines, end, fields, closing=True)
    body = [line for line in lines[at:end] if not (_CENTRED.match(line) and _COPYRIGHT.match(line))]
    return _Article(part, centred, title, fields, "\n".join(body).strip("\n"))


def _read_centred(lines: list[str]) -> tuple[int, tuple[str, ...]]:
    """Outlet, date and edition: the centred lines at the top, a copyright among them left out."""
    centred, at = [], 0
    while at < len(lines) and (not lines[at].strip() or _CENTRED.match(lines[at])):
        if lines[at].strip() and not _COPYRIGHT.match(lines[at]):
            centred.append(lines[at].strip())
        at += 1
    return at, tuple(centred)


def _read_title(lines: list[str], at: int) -> tuple[int, str | None]:
    """The block of lines before the first field; a field without a headline before it means that there is none."""
    title: list[str] = []
    while at < len(lines) and not _FIELD.fullmatch(lines[at]):
        if not lines[at].strip() and title:
            break
        if lines[at].strip():
            title.append(lines[at].strip())
        at += 1
    return at, " ".join(title) or None


def _read_fields(lines: list[str], at: int, fields: dict[str, str], *, closing: bool) -> int:
    """Fields with the lines that go on in them; returns the number of the first line that is none."""
    name = None
    while at < len(lines):
        line = lines[at]
        match = _FIELD.fullmatch(line)
        if match and not closing and match["name"] in _CLOSING:
            break
        if match:
            name = match["name"]
            fields.setdefault(name, (match["value"] or "").strip())
        elif not line.strip():
            # A closing field may go on after a blank line (captions); a leading one may not: the text begins.
            name = name if closing else None
        elif _COPYRIGHT.match(line) and closing:
            break
        elif name is not None:
            fields[name] = f"{fields[name]} {line.strip()}".strip()
        else:
            break
        at += 1
    return at


def _is_closing(line: str) -> bool:
    match = _FIELD.fullmatch(line)
    return match is not None and match["name"] in _CLOSING


def _to_record(article: _Article, number: int, raw: bytes, decoded: Decoded) -> RawRecord | Reject:
    if not article.body.strip():
        return Reject(number, RejectReason.EMPTY_BODY, f"no text; title {article.title!r}", excerpt_of(raw))
    dates = [match["day"] for line in article.centred if (match := _DATE.fullmatch(line))]
    outlets = [line for line in article.centred if not _DATE.fullmatch(line)]
    fields = article.fields
    return RawRecord(
        source_record=number,
        source_format=FORMAT.name,
        raw=raw,
        body=article.body,
        encoding=decoded.encoding,
        extraction_method="lexisnexis",
        title=article.title,
        url=fields.get("URL") or None,
        publisher=outlets[0] if outlets else None,
        authors=author_names([fields.get("BYLINE")]),
        section=(fields.get("SECTION") or "").partition(";")[0].strip() or None,
        language_hint=(fields.get("LANGUAGE") or "").lower() or None,
        published_raw=dates[0] if dates else None,
        published_raw_source="date line" if dates else None,
        dateline=fields.get("DATELINE") or None,
        hard_wrapped=True,
        warnings=decoded.warnings,
    )


FORMAT = Format("lexisnexis", ("text/x-lexisnexis",), (".lexis",), sniff, read, count, priority=3)
