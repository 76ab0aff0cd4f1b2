"""One JSON object to one record: the names of fields are data (``transforms/data/read_fields.toml``)."""

import re
from collections.abc import Mapping
from functools import cache

from transforms.normalise.rules import load_rules
from transforms.normalise.warnings import DocumentWarning, warning
from transforms.read.header import HEADER_SOURCE, split_header
from transforms.read.json_values import JsonValue
from transforms.read.markup import html_text, looks_like_markup
from transforms.read.ninjs_item import is_item, item_record
from transforms.read.options import FieldMap
from transforms.records import RawRecord, Reject, RejectReason

_NAME_NOISE = str.maketrans("", "", "_-:@ ")
_AUTHOR_SEPARATOR = re.compile(r"\s*;\s*|\s+and\s+")
_EXCERPT = 200
_WRAPPERS = 2  # objects around a list of articles, one in the other


def to_record(
    value: JsonValue,
    *,
    number: int,
    source_format: str,
    raw: bytes,
    encoding: str,
    warnings: tuple[str, ...],
    mapping: FieldMap = (),
) -> RawRecord | Reject:
    """The record of a JSON object; a Reject where it is no object or holds no text."""
    if not isinstance(value, dict):
        return Reject(number, RejectReason.NO_TEXT_FIELD, "not an object", _excerpt(raw))
    if is_item(value) and not _maps_body(mapping):
        return item_record(
            value, number=number, source_format=source_format, raw=raw, encoding=encoding, warnings=warnings
        )
    fields = Fields(value, mapping)
    body = fields.find("body")[1]
    if body is None:
        names = ", ".join(sorted(value)[:20])[:_EXCERPT]
        present = fields.has("body")
        reason = RejectReason.EMPTY_BODY if present else RejectReason.NO_TEXT_FIELD
        return Reject(number, reason, f"fields: {names}", _excerpt(raw))
    header = split_header(body)
    is_markup = looks_like_markup(header.body)
    published_source, published = fields.find("published")
    if published is None and header.dates:
        published_source, published = HEADER_SOURCE, header.dates[0]
        if any(date != published for date in header.dates):
            warnings += (warning(DocumentWarning.TWO_DATES, ", ".join(header.dates)),)
    return RawRecord(
        source_record=number,
        source_format=source_format,
        raw=raw,
        body=html_text(header.body) if is_markup else header.body,
        encoding=encoding,
        extraction_method="fields, markup" if is_markup else "fields",
        title=fields.find("title")[1],
        url=fields.find("url")[1],
        canonical_url=fields.find("canonical_url")[1],
        guid=_guid(fields),
        publisher=fields.find("publisher")[1],
        authors=_authors(fields),
        section=fields.find("section")[1],
        language_hint=fields.find("language")[1],
        published_raw=published,
        published_raw_source=published_source,
        modified_raw=fields.find("modified")[1],
        warnings=warnings,
    )


def has_plain_body(value: JsonValue, mapping: FieldMap = ()) -> bool:
    """Whether an object holds its text under a mapped name, or under a known one and is no item of ninjs."""
    if not isinstance(value, dict) or (is_item(value) and not _maps_body(mapping)):
        return False
    return Fields(value, mapping).find("body")[1] is not None


def _maps_body(mapping: FieldMap) -> bool:
    return any(ours == "body" for ours, _ in mapping)


def wrapped_list(value: JsonValue, mapping: FieldMap = ()) -> list[JsonValue] | None:
    """The articles of an object such as ``{"total": 2, "articles": […]}``; None when it is an article itself.

    The list may lie one object deeper: ``{"response": {"results": […]}}``.
    """
    return _wrapped(value, mapping, _WRAPPERS)


def _wrapped(value: JsonValue, mapping: FieldMap, deep: int) -> list[JsonValue] | None:
    if not isinstance(value, dict) or not deep:
        return None
    fields = Fields(value, mapping)
    if fields.find("body")[1] is not None or is_item(value):
        return None
    for key in load_rules("read_fields")["wrappers"]["keys"]:
        items = fields.get(key)
        if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
            return items
        if (inner := _wrapped(items, mapping, deep - 1)) is not None:
            return inner
    return None


class Fields:
    """The fields of one object by our names for them: mapped names first, then the known ones."""

    def __init__(self, value: Mapping[str, JsonValue], mapping: FieldMap = ()) -> None:
        self._items = {_plain(name): (name, item) for name, item in value.items()}
        self._mapping = mapping

    def aliases(self, field: str) -> tuple[str, ...]:
        """The names that may hold ``field``, plain, the best first."""
        return tuple(_plain(theirs) for ours, theirs in self._mapping if ours == field) + _aliases(field)

    def get(self, alias: str) -> JsonValue:
        """The value under a plain name."""
        return self._items.get(alias, ("", None))[1]

    def has(self, field: str) -> bool:
        """Whether there is such a field, with a value or without."""
        return any(alias in self._items for alias in self.aliases(field))

    def find(self, field: str) -> tuple[str | None, str | None]:
        """The source's own name of the field and its value as a string, by the first alias that has one."""
        for alias in self.aliases(field):
            if alias in self._items:
                name, value = self._items[alias]
                text = _as_text(value, paragraphs=field == "body")
                if text is not None:
                    return name, text
        return None, None


def _plain(name: str) -> str:
    return name.translate(_NAME_NOISE).lower()


@cache
def _aliases(field: str) -> tuple[str, ...]:
    return tuple(_plain(name) for name in load_rules("read_fields")["fields"][field])


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


def _authors(fields: Fields) -> tuple[str, ...]:
    for alias in fields.aliases("authors"):
        value = fields.get(alias)
        items = value if isinstance(value, list) else [value]
        texts = [text for item in items if not isinstance(item, int | float) and (text := _as_text(item))]
        names = [name for text in texts for name in author_names(text)]
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def author_names(text: str) -> list[str]:
    """The names in a byline such as ``By Ilse Thornbury and Odo Vance``.

    Commas separate names only where each part has two words or more: ``Thornbury, Ilse`` is one name.
    """
    names = [name for name in _AUTHOR_SEPARATOR.split(re.sub(r"(?i)^\s*by\s+", "", text)) if name.strip()]
    split = []
    for name in names:
        parts = [part.strip() for part in name.split(",") if part.strip()]
        split += parts if all(len(part.split()) > 1 for part in parts) else [name.strip()]
    return split


def _guid(fields: Fields) -> str | None:
    """The first identifier that is unique by its form."""
    pattern = load_rules("read_fields")["guid"]["pattern"]
    for alias in fields.aliases("guid"):
        text = _as_text(fields.get(alias))
        if text is not None and re.fullmatch(pattern, text.strip()):
            return text.strip()
    return None


def _excerpt(raw: bytes) -> str:
    return raw[:_EXCERPT].decode("utf-8", "replace")
