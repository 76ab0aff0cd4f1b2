"""One JSON object to one record: the names of fields are data (``transforms/data/read_fields.toml``)."""

import re
from functools import cache

from transforms.normalise.rules import load_rules
from transforms.normalise.warnings import DocumentWarning, warning
from transforms.read.header import HEADER_SOURCE, split_header
from transforms.read.json_values import JsonValue
from transforms.records import RawRecord, Reject, RejectReason

_NAME_NOISE = str.maketrans("", "", "_-:@ ")
_AUTHOR_SEPARATOR = re.compile(r"\s*;\s*|\s+and\s+")
_EXCERPT = 200


def to_record(
    value: JsonValue, *, number: int, source_format: str, raw: bytes, encoding: str, warnings: tuple[str, ...]
) -> RawRecord | Reject:
    """The record of a JSON object; a Reject where it is no object or holds no text."""
    if not isinstance(value, dict):
        return Reject(number, RejectReason.NO_TEXT_FIELD, "not an object", _excerpt(raw))
    fields = {_plain(name): (name, item) for name, item in value.items()}
    body = _find(fields, "body")[1]
    if body is None:
        names = ", ".join(sorted(value)[:20])[:_EXCERPT]
        present = _has_field(fields, "body")
        reason = RejectReason.EMPTY_BODY if present else RejectReason.NO_TEXT_FIELD
        return Reject(number, reason, f"fields: {names}", _excerpt(raw))
    header = split_header(body)
    published_source, published = _find(fields, "published")
    if published is None and header.dates:
        published_source, published = HEADER_SOURCE, header.dates[0]
        if any(date != published for date in header.dates):
            warnings += (warning(DocumentWarning.TWO_DATES, ", ".join(header.dates)),)
    return RawRecord(
        source_record=number,
        source_format=source_format,
        raw=raw,
        body=header.body,
        encoding=encoding,
        extraction_method="fields",
        title=_find(fields, "title")[1],
        url=_find(fields, "url")[1],
        canonical_url=_find(fields, "canonical_url")[1],
        guid=_guid(fields),
        publisher=_find(fields, "publisher")[1],
        authors=_authors(fields),
        section=_find(fields, "section")[1],
        language_hint=_find(fields, "language")[1],
        published_raw=published,
        published_raw_source=published_source,
        modified_raw=_find(fields, "modified")[1],
        warnings=warnings,
    )


def wrapped_list(value: JsonValue) -> list[JsonValue] | None:
    """The articles of an object such as ``{"total": 2, "articles": […]}``; None when it is an article itself."""
    if not isinstance(value, dict):
        return None
    fields = {_plain(name): (name, item) for name, item in value.items()}
    if _find(fields, "body")[1] is not None:
        return None
    for key in load_rules("read_fields")["wrappers"]["keys"]:
        items = fields.get(key, ("", None))[1]
        if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
            return items
    return None


def _plain(name: str) -> str:
    return name.translate(_NAME_NOISE).lower()


@cache
def _aliases(field: str) -> tuple[str, ...]:
    return tuple(_plain(name) for name in load_rules("read_fields")["fields"][field])


def _has_field(fields: dict[str, tuple[str, JsonValue]], field: str) -> bool:
    return any(alias in fields for alias in _aliases(field))


def _find(fields: dict[str, tuple[str, JsonValue]], field: str) -> tuple[str | None, str | None]:
    """The source's own name of the field and its value as a string, by the first alias that has one."""
    for alias in _aliases(field):
        if alias in fields:
            name, value = fields[alias]
            text = _as_text(value, paragraphs=field == "body")
            if text is not None:
                return name, text
    return None, None


def _as_text(value: JsonValue, *, paragraphs: bool = False) -> str | None:
    """The value as a string; a list of strings is a text's paragraphs, and of any other field its first one counts."""
    if isinstance(value, list):
        parts = [part for item in value if isinstance(item, str) and (part := item.strip())]
        return ("\n\n".join(parts) if paragraphs else parts[0]) if parts else None
    if isinstance(value, str):
        return value if value.strip() else None
    if paragraphs or value is None or isinstance(value, bool):
        return None
    return _inner(value) if isinstance(value, dict) else str(value)


def _inner(value: dict[str, JsonValue]) -> str | None:
    for key in load_rules("read_fields")["inner"]["keys"]:
        inner = value.get(key)
        if isinstance(inner, str) and inner.strip():
            return inner
        if isinstance(inner, int | float) and not isinstance(inner, bool):
            return str(inner)
    return None


def _authors(fields: dict[str, tuple[str, JsonValue]]) -> tuple[str, ...]:
    for alias in _aliases("authors"):
        value = fields.get(alias, ("", None))[1]
        items = value if isinstance(value, list) else [value]
        texts = [text for item in items if not isinstance(item, int | float) and (text := _as_text(item))]
        names = [name for text in texts for name in _AUTHOR_SEPARATOR.split(re.sub(r"(?i)^\s*by\s+", "", text)) if name]
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def _guid(fields: dict[str, tuple[str, JsonValue]]) -> str | None:
    """The first identifier that is unique by its form."""
    pattern = load_rules("read_fields")["guid"]["pattern"]
    for alias in _aliases("guid"):
        text = _as_text(fields.get(alias, ("", None))[1])
        if text is not None and re.fullmatch(pattern, text.strip()):
            return text.strip()
    return None


def _excerpt(raw: bytes) -> str:
    return raw[:_EXCERPT].decode("utf-8", "replace")
