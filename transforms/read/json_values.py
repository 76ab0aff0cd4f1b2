"""JSON that real dumps contain: NaN, byte order marks, lone surrogates, huge numbers, legacy encodings."""

import json
from dataclasses import dataclass

import orjson

from transforms.normalise.decode import decode, replace_surrogates
from transforms.normalise.warnings import DocumentWarning, unique, warning
from transforms.read.errors import StreamError
from transforms.records import RejectReason

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]

_MAX_DIGITS = 300  # longer integers cost quadratic time, and stay the strings that they were
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A JSON value whose strings can all be stored, the encoding of its bytes, and the warnings of both."""

    value: JsonValue
    encoding: str
    warnings: tuple[str, ...] = ()


def parse_json(data: bytes) -> Parsed:
    """orjson first, the standard library where orjson refuses. Raises StreamError (bad_json, binary)."""
    try:
        return Parsed(orjson.loads(data.removeprefix(_UTF8_MARK)), "utf-8")
    except orjson.JSONDecodeError:
        pass  # stricter than what dumps contain
    decoded = decode(data)
    if decoded is None:
        raise StreamError(RejectReason.BINARY, "the bytes are not text")
    try:
        value, had_surrogates = _storable(json.loads(decoded.text, parse_int=_bounded_int))
    except RecursionError:
        raise StreamError(RejectReason.BAD_JSON, "nested too deeply") from None
    except json.JSONDecodeError as error:
        raise StreamError(RejectReason.BAD_JSON, str(error)) from None
    warnings = [*decoded.warnings]
    if had_surrogates:
        warnings.append(warning(DocumentWarning.LONE_SURROGATES))
    return Parsed(value, decoded.encoding, unique(warnings))


def canonical_bytes(value: JsonValue) -> bytes:
    """One spelling for one value: sorted keys, no spaces, ASCII. Raises StreamError when nested too deeply."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")
    except RecursionError:
        raise StreamError(RejectReason.BAD_JSON, "nested too deeply") from None


def _bounded_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _storable(value: JsonValue) -> tuple[JsonValue, bool]:
    """The value with lone surrogates replaced in all strings, keys included, and whether there were any."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, list):
        items = [_storable(item) for item in value]
        return [item for item, _ in items], any(changed for _, changed in items)
    if isinstance(value, dict):
        pairs = [(replace_surrogates(key), _storable(item)) for key, item in value.items()]
        return {key: item for (key, _), (item, _) in pairs}, any(a or b for (_, a), (_, b) in pairs)
    return value, False
