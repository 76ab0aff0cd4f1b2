"""JSON: one article, a list of articles, or an object around such a list."""

import re
from collections.abc import Iterator

from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.json_record import to_record, wrapped_list
from transforms.read.json_values import JsonValue, Parsed, canonical_bytes, parse_json
from transforms.read.options import ReadOptions
from transforms.read.plain_text import is_empty
from transforms.read.sniffing import text_of_head
from transforms.read.streams import Unit
from transforms.records import RawRecord, Reject, RejectReason

_LIST = re.compile(r"\[\s*(?:\{|\])")
_INDENTED = re.compile(r"\{[ \t]*\r?\n")  # an object that goes on in the next line is no line of JSONL
_OBJECT = re.compile(r'\{\s*(?:"(?:[^"\\\r\n]|\\.)*"\s*:|\})')


def sniff(head: bytes) -> Confidence:
    """Sure of lists of objects and of indented objects; an object in one line may also be JSONL."""
    text = text_of_head(head)
    if _LIST.match(text) or (_INDENTED.match(text) and _OBJECT.match(text)):
        return Confidence.SURE
    return Confidence.PLAUSIBLE if _OBJECT.match(text) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The articles of the file, numbered by their position in the list. Raises StreamError."""
    parsed = _parse(unit, options)
    items = _items(parsed.value, options)
    if not items:
        yield Reject(0, RejectReason.EMPTY, "an empty list")
    for number, item in enumerate(items[start:], start):
        try:
            raw = canonical_bytes(item)
            if len(raw) > options.max_record_bytes:
                raise StreamError(RejectReason.TOO_LARGE, f"an item of more than {options.max_record_bytes} bytes")
        except StreamError as error:
            yield Reject(number, error.reason, error.detail)
            continue
        yield to_record(
            item,
            number=number,
            source_format=FORMAT.name,
            raw=raw,
            encoding=parsed.encoding,
            warnings=parsed.warnings,
            mapping=options.fields,
        )


def count(unit: Unit, options: ReadOptions) -> int:
    """The items of the list, at least one. Raises StreamError."""
    return max(1, len(_items(_parse(unit, options).value, options)))


def _parse(unit: Unit, options: ReadOptions) -> Parsed:
    data = unit.read_all(options.max_held_bytes)
    if is_empty(data):
        raise StreamError(RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    return parse_json(data)


def _items(value: JsonValue, options: ReadOptions) -> list[JsonValue]:
    if isinstance(value, list):
        return value
    wrapped = wrapped_list(value, options.fields)
    return [value] if wrapped is None else wrapped


FORMAT = Format("json", ("application/json",), (".json",), sniff, read, count, priority=1)
