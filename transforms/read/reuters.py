"""Reuters-21578: 22 SGML files of 1,000 wire stories of 1987, and collections written like it.

Marked up as its README says (version 1.2, D. Lewis): ``<REUTERS>`` around ``DATE``, ``TOPICS`` and a ``TEXT`` with
``TITLE``, ``AUTHOR``, ``DATELINE`` and ``BODY``. A text of type BRIEF is a headline over a filler, and a reject here.
SGML is cut by its tags: no XML parser takes the control characters that stand in it as references.
"""

import re
from collections.abc import Iterator

from transforms.normalise.decode import Decoded, decode
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.items import author_names, excerpt_of, read_items
from transforms.read.options import ReadOptions
from transforms.read.plain_text import is_empty
from transforms.read.sniffing import text_of_head
from transforms.read.streams import HEAD_BYTES, Unit
from transforms.records import RawRecord, Reject, RejectReason

_HEAD = re.compile(r"(?:<!DOCTYPE\s+lewis[^>]*>\s*)?<REUTERS\b[^>]*\bNEWID=")
_DOCTYPE = re.compile(r"<!DOCTYPE\s+lewis\b")
_ARTICLE = re.compile(
    r"<REUTERS\b(?P<attributes>[^>]*)>(?P<content>.*?)(?P<end></REUTERS>|(?=<REUTERS\b)|\Z)", re.DOTALL
)
_ATTRIBUTE = re.compile(r'([A-Z]+)="([^"]*)"')
_REFERENCE = re.compile(r"&(?:#(\d{1,3})|(lt|gt|amp|quot));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_OUTLET = re.compile(r",\s*Reuters?\s*\Z")
_PLACE = re.compile(r"\s*(?P<place>[^,\d]+?(?:, [^,\d]+?)??)(?:,\s+\w+\.?\s+\d+)?\s*-?\s*")


def sniff(head: bytes) -> Confidence:
    """Sure by the document type or the first tag with its number."""
    text = text_of_head(head, HEAD_BYTES)
    return Confidence.SURE if _DOCTYPE.match(text) or _HEAD.match(text) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The stories of the file, numbered by position. Raises StreamError."""
    decoded = _decoded(unit, options)

    def to_record(article: re.Match[str], number: int, raw: bytes) -> RawRecord | Reject:
        return _to_record(article, number, raw, decoded)

    return read_items(list(_ARTICLE.finditer(decoded.text)), options, start, _raw, to_record)


def count(unit: Unit, options: ReadOptions) -> int:
    """The stories of the file, at least one. Raises StreamError."""
    return max(1, sum(1 for _ in _ARTICLE.finditer(_decoded(unit, options).text)))


def _decoded(unit: Unit, options: ReadOptions) -> Decoded:
    data = unit.read_all(options.max_held_bytes)
    decoded = decode(data)
    if is_empty(data):
        raise StreamError(RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    if decoded is None:
        raise StreamError(RejectReason.BINARY, "the bytes are not text")
    return decoded


def _raw(article: re.Match[str]) -> bytes:
    return article.group().encode("utf-8", "surrogatepass")


def _to_record(article: re.Match[str], number: int, raw: bytes, decoded: Decoded) -> RawRecord | Reject:
    if not article["end"]:
        return Reject(number, RejectReason.BAD_XML, "the story has no end tag", excerpt_of(raw))
    content = article["content"]
    attributes = dict(_ATTRIBUTE.findall(article["attributes"]))
    text = _element(content, "TEXT") or ""
    title, body = _element(text, "TITLE"), _element(text, "BODY")
    dateline = _element(text, "DATELINE")
    if 'TYPE="BRIEF"' in content or (body is None and title is not None):
        return Reject(number, RejectReason.EMPTY_BODY, f"a headline only: {_plain(title)!r}", excerpt_of(raw))
    if body is None:
        body = text  # type UNPROC: a text without inner tags
    if not _plain(body):
        return Reject(number, RejectReason.EMPTY_BODY, f"no text; title {_plain(title)!r}", excerpt_of(raw))
    author = _plain(_element(text, "AUTHOR"))
    identifier = attributes.get("NEWID")
    place = _PLACE.fullmatch(_plain(dateline) or "")
    return RawRecord(
        source_record=number,
        source_format=FORMAT.name,
        raw=raw,
        body=_characters((dateline or "").rstrip("\n") + body),
        encoding=decoded.encoding,
        extraction_method="sgml",
        title=_plain(title),
        guid=f"reuters-21578:{identifier}" if identifier else None,
        publisher="Reuters",
        authors=author_names([_OUTLET.sub("", author)]) if author else (),
        section=_plain(_element(_element(content, "TOPICS") or "", "D")),
        language_hint="en",
        published_raw=_plain(_element(content, "DATE")),
        published_raw_source="DATE",
        dateline=place["place"] if place else None,
        hard_wrapped=True,
        warnings=decoded.warnings,
    )


def _element(content: str, name: str) -> str | None:
    match = re.search(rf"<{name}(?: [^>]*)?>(.*?)</{name}>", content, re.DOTALL)
    return match[1] if match else None


def _characters(text: str) -> str:
    return _REFERENCE.sub(lambda match: _NAMED[match[2]] if match[2] else chr(int(match[1])), text)


def _plain(text: str | None) -> str | None:
    """On one line, without the control characters that a wire's machines read."""
    if text is None:
        return None
    kept = "".join(character if character.isprintable() else " " for character in _characters(text))
    return " ".join(kept.split()) or None


FORMAT = Format("reuters", ("text/sgml",), (".sgm", ".sgml"), sniff, read, count, priority=3)
