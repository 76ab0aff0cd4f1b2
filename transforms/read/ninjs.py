"""ninjs: the IPTC's news in JSON, versions 1 to 3; one item, a list, or an answer of an API around one.

What an item gives is in :mod:`transforms.read.ninjs_item`, because lists and lines of JSON hold items too.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.items import read_items
from transforms.read.json_record import has_plain_body, to_record, wrapped_list
from transforms.read.json_values import JsonValue, Parsed, canonical_bytes, parse_json
from transforms.read.ninjs_item import BODY_KEYS, MARKS, item_record
from transforms.read.options import ReadOptions
from transforms.read.plain_text import is_empty
from transforms.read.sniffing import text_of_head
from transforms.read.streams import HEAD_BYTES, Unit
from transforms.records import RawRecord, Reject, RejectReason

_OBJECTS = re.compile(r"(?:\[\s*)?\{")
_LINE_AND_MORE = re.compile(r"\{[^\r\n]*\}[ \t]*\r?\n\s*\S")
_ENDLESS_LINE = re.compile(r"\{[^\r\n]*\Z")
_BODY = re.compile(rf'"(?:{"|".join(BODY_KEYS)})"\s*:')
_MARKS = tuple(re.compile(rf'"{name}"\s*:') for name in MARKS)


def sniff(head: bytes) -> Confidence:
    """Sure of objects with a body and two of the standard's own properties; one object a line is JSON Lines.

    A first line that is longer than what is seen may be either.
    """
    text = text_of_head(head, HEAD_BYTES)
    if not _OBJECTS.match(text) or _LINE_AND_MORE.match(text) or not _BODY.search(text):
        return Confidence.NO
    if sum(bool(mark.search(text)) for mark in _MARKS) < 2:
        return Confidence.NO
    return Confidence.PLAUSIBLE if len(head) >= HEAD_BYTES and _ENDLESS_LINE.match(text) else Confidence.SURE


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The items of the file, numbered by position. Raises StreamError."""
    parsed = _parse(unit, options)
    return read_items(
        _items(parsed.value),
        options,
        start,
        canonical_bytes,
        lambda item, number, raw: _record(item, number, raw, parsed, options),
    )


def _record(item: JsonValue, number: int, raw: bytes, parsed: Parsed, options: ReadOptions) -> RawRecord | Reject:
    """Lists may hold articles of other makes beside those of the standard."""
    if has_plain_body(item, options.fields):
        read_one: Callable[..., RawRecord | Reject] = partial(to_record, mapping=options.fields)
    else:
        read_one = item_record
    return read_one(
        item,
        number=number,
        source_format=FORMAT.name,
        raw=raw,
        encoding=parsed.encoding,
        warnings=parsed.warnings,
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
    if isinstance(value, dict) and any(key in value for key in BODY_KEYS):
        return [value]
    wrapped = wrapped_list(value)
    return [value] if wrapped is None else wrapped


FORMAT = Format("ninjs", ("application/vnd.iptc.ninjs+json",), (".ninjs",), sniff, read, count, priority=2)
