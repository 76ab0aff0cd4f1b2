"""One item of the IPTC's news in JSON, wherever it comes from: a file of its own, a list, a line of JSON Lines.

Properties: https://iptc.org/std/ninjs/ . The text is HTML (``body_html``, ``body_xhtml``), plain (``body_text``), or
since version 2 a list of renditions (``bodies``), as headlines are.
"""

from transforms.normalise.identity import canonical_url
from transforms.normalise.warnings import DocumentWarning, warning
from transforms.read.items import author_names, excerpt_of
from transforms.read.json_values import JsonValue
from transforms.read.markup import html_text
from transforms.records import RawRecord, Reject, RejectReason

_HTML_KEYS, _PLAIN_KEYS = ("body_html", "body_xhtml"), ("body_text",)
BODY_KEYS = (*_HTML_KEYS, *_PLAIN_KEYS, "bodies")
# With a body, two of them make an item; each alone is a usual name of home-made dumps.
MARKS = (
    "versioncreated",
    "firstcreated",
    "pubstatus",
    "description_text",
    "copyrightholder",
    "usageterms",
    "altids",
)
_WITHDRAWN = frozenset({"canceled", "cancelled", "withheld"})

Fields = dict[str, JsonValue]


def is_item(value: JsonValue) -> bool:
    """Whether the names of an object's properties are those of an item with a text."""
    if not isinstance(value, dict) or not any(key in value for key in BODY_KEYS):
        return False
    return "standard" in value or sum(key in value for key in MARKS) >= 2


def item_record(
    item: JsonValue, *, number: int, source_format: str, raw: bytes, encoding: str, warnings: tuple[str, ...]
) -> RawRecord | Reject:
    """The record of an item; a Reject where it is no object or has no text, as packages and pictures."""
    if not isinstance(item, dict):
        return Reject(number, RejectReason.NO_TEXT_FIELD, "not an object", excerpt_of(raw))
    body = _body(item)
    title = _headline(item)
    if not body:
        kind = _text(item.get("type")) or "item"
        has_body = any(item.get(key) for key in BODY_KEYS)
        reason = RejectReason.EMPTY_BODY if has_body else RejectReason.NO_TEXT_FIELD
        return Reject(number, reason, f"{kind} without text; title {title!r}", excerpt_of(raw))
    published_source, published = _first(item, "contentcreated", "firstcreated", "versioncreated")
    withdrawn = _text(item.get("pubstatus")) in _WITHDRAWN
    uri = _text(item.get("uri")) or _text(item.get("guid"))
    return RawRecord(
        source_record=number,
        source_format=source_format,
        raw=raw,
        body=body,
        encoding=encoding,
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
        warnings=(*warnings, *([warning(DocumentWarning.WITHDRAWN)] if withdrawn else ())),
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
    """The byline as printed (``by`` since version 2), else people whose role is to write."""
    if names := author_names([_text(item.get("byline")), _text(item.get("by"))]):
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
