"""ninjs: the IPTC's news in JSON, versions 1 to 3; one item, a list, or an answer of an API around one.

Properties: https://iptc.org/std/ninjs/ . The text is HTML (``body_html``, ``body_xhtml``), plain (``body_text``), or
since version 2 a list of renditions (``bodies``), as headlines are.
"""

import re
from collections.abc import Iterator

from transforms.normalise.identity import canonical_url
from transforms.normalise.warnings import DocumentWarning, warning
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.items import author_names, excerpt_of, read_items
from transforms.read.json_record import wrapped_list
from transforms.read.json_values import JsonValue, Parsed, canonical_bytes, parse_json
from transforms.read.markup import html_text
from transforms.read.options import ReadOptions
from transforms.read.plain_text import is_empty
from transforms.read.sniffing import text_of_head
from transforms.read.streams import HEAD_BYTES, Unit
from transforms.records import RawRecord, Reject, RejectReason

_OBJECTS = re.compile(r"(?:\[\s*)?\{")
_ONE_LINE_EACH = re.compile(r"\{[^\r\n]*\}[ \t]*\r?\n[ \t]*\{")
# Together they are ninjs; each alone is a usual name of home-made dumps.
_BODY = re.compile(r'"(?:body_x?html|body_text|bodies)"\s*:')
_MARKS = tuple(
    re.compile(rf'"{name}"\s*:')
    for name in (
        "versioncreated",
        "firstcreated",
        "pubstatus",
        "description_text",
        "copyrightholder",
        "usageterms",
        "altids",
    )
)
_WITHDRAWN = frozenset({"canceled", "cancelled", "withheld"})
_HTML_KEYS, _PLAIN_KEYS = ("body_html", "body_xhtml"), ("body_text",)

Fields = dict[str, JsonValue]


def sniff(head: bytes) -> Confidence:
    """Sure of objects with a body and two of the standard's own properties; one object a line is JSONL."""
    text = text_of_head(head, HEAD_BYTES)
    if not _OBJECTS.match(text) or _ONE_LINE_EACH.match(text) or not _BODY.search(text):
        return Confidence.NO
    return Confidence.SURE if sum(bool(mark.search(text)) for mark in _MARKS) >= 2 else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The items of the file, numbered by position. Raises StreamError."""
    parsed = _parse(unit, options)
    return read_items(
        _items(parsed.value),
        options,
        start,
        canonical_bytes,
        lambda item, number, raw: _to_record(item, number, raw, parsed),
    )


def count(unit: Unit, options: ReadOptions) -> int:
    """The items of the file, at least one. Raises StreamError."""
    return max(1, len(_items(_parse(unit, options).value)))


def _parse(unit: Unit, options: ReadOptions) -> Parsed:
    data = unit.read_all(options.max_held_bytes)
    if is_empty(data):
        raise StreamError(RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    return parse_json(data)


def _items(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and any(key in value for key in (*_HTML_KEYS, *_PLAIN_KEYS, "bodies")):
        return [value]
    wrapped = wrapped_list(value)
    return [value] if wrapped is None else wrapped


def _to_record(item: JsonValue, number: int, raw: bytes, parsed: Parsed) -> RawRecord | Reject:
    if not isinstance(item, dict):
        return Reject(number, RejectReason.NO_TEXT_FIELD, "not an object", excerpt_of(raw))
    body = _body(item)
    title = _headline(item)
    if not body:
        kind = _text(item.get("type")) or "item"
        has_body = any(item.get(key) for key in (*_HTML_KEYS, *_PLAIN_KEYS, "bodies"))
        reason = RejectReason.EMPTY_BODY if has_body else RejectReason.NO_TEXT_FIELD
        return Reject(number, reason, f"{kind} without text; title {title!r}", excerpt_of(raw))
    published_source, published = _first(item, "contentcreated", "firstcreated", "versioncreated")
    withdrawn = _text(item.get("pubstatus")) in _WITHDRAWN
    uri = _text(item.get("uri")) or _text(item.get("guid"))
    return RawRecord(
        source_record=number,
        source_format=FORMAT.name,
        raw=raw,
        body=body,
        encoding=parsed.encoding,
        extraction_method="ninjs",
        title=html_text(title) if title else None,
        url=uri if canonical_url(uri) else _first(item, "url", "canonicalurl")[1],
        guid=None if canonical_url(uri) else uri,
        publisher=_names(item, "source", "provider", "copyrightholder", "infosources"),
        authors=_authors(item),
        section=_names(item, "section", "service", "subject", "subjects"),
        language_hint=_text(item.get("language")),
        published_raw=published,
        published_raw_source=published_source,
        modified_raw=_text(item.get("contentmodified")) or _text(item.get("versioncreated")),
        dateline=_names(item, "dateline", "located"),
        warnings=(*parsed.warnings, *([warning(DocumentWarning.WITHDRAWN)] if withdrawn else ())),
    )


def _body(item: Fields) -> str:
    """HTML before plain text, whose paragraphs may be lost; of several renditions the longest."""
    for key in _HTML_KEYS:
        if isinstance(value := item.get(key), str) and (text := html_text(value)):
            return text
    texts = [value.strip() for key in _PLAIN_KEYS if isinstance(value := item.get(key), str)]
    for rendition in _objects(item.get("bodies")):
        if isinstance(value := rendition.get("value"), str):
            texts.append(html_text(value) if "html" in str(rendition.get("contenttype", "html")) else value.strip())
    return max(texts, key=len, default="")


def _headline(item: Fields) -> str | None:
    main = sorted(_objects(item.get("headlines")), key=lambda line: line.get("role") not in (None, "main", "headline"))
    return (
        _text(item.get("headline"))
        or _text(item.get("title"))
        or next((text for line in main if (text := _text(line.get("value")))), None)
    )


def _authors(item: Fields) -> tuple[str, ...]:
    """The byline as printed, else people whose role is to write."""
    if names := author_names([_text(item.get("byline"))]):
        return names
    people = [*_objects(item.get("authors")), *_objects(item.get("by"))]
    return tuple(dict.fromkeys(name for person in people if (name := _text(person.get("name")))))


def _names(item: Fields, *keys: str) -> str | None:
    """The first of the properties that names something: a string, an object with a name, or a list of such."""
    for key in keys:
        value = item.get(key)
        if text := _text(value):
            return text
        for thing in _objects(value if isinstance(value, list) else [value]):
            if text := _text(thing.get("name")) or _text(thing.get("text")):
                return text
    return None


def _first(item: Fields, *keys: str) -> tuple[str | None, str | None]:
    return next(((key, text) for key in keys if (text := _text(item.get(key)))), (None, None))


def _objects(value: JsonValue) -> list[Fields]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _text(value: JsonValue) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


FORMAT = Format("ninjs", ("application/vnd.iptc.ninjs+json",), (".ninjs",), sniff, read, count, priority=2)
