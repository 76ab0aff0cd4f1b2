"""Parquet tables of texts: one article a row, by the names of fields that JSON and CSV have too.

The one module of ``transforms`` that knows Arrow (docs/decisions/0020-parquet-of-texts.md): plain rows leave it.
"""

import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from transforms.normalise.decode import decode, replace_surrogates
from transforms.normalise.rules import load_rules
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.json_record import Fields, to_record
from transforms.read.json_values import JsonValue, canonical_bytes
from transforms.read.options import ReadOptions
from transforms.read.streams import Unit
from transforms.records import RawRecord, Reject, RejectReason

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

_MAGIC = b"PAR1"
_BATCH = 64  # rows held at once
_BUFFER = 1 << 20  # bytes read at a time of a column that is too large to be held


def sniff(head: bytes) -> Confidence:
    """By its magic number."""
    return Confidence.SURE if head.startswith(_MAGIC) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The articles of the rows from ``start`` on. Raises StreamError: damaged, or no column can be the text."""
    file = _open(unit, options)
    if not file.metadata.num_rows:
        yield Reject(0, RejectReason.EMPTY, "a table without rows")
        return
    number = start
    try:
        for row in _rows(file, _columns(file, options), start):
            yield _record(row, number, options)
            number += 1
    except _damage() as error:
        yield Reject(number, RejectReason.BAD_TABLE, f"damaged from row {number} on: {error}")
        return
    if not number:
        yield Reject(0, RejectReason.BAD_TABLE, f"none of the {file.metadata.num_rows} declared rows is there")


def count(unit: Unit, options: ReadOptions) -> int:
    """The rows, at least one. Raises StreamError."""
    return max(1, int(_open(unit, options).metadata.num_rows))


def _damage() -> tuple[type[Exception], ...]:
    """What pyarrow raises for damaged files; some of it is an OSError, which no disk has caused."""
    import pyarrow as pa  # noqa: PLC0415  half a second that other formats need not wait for

    return (pa.ArrowException, OSError, ValueError, OverflowError)


def _open(unit: Unit, options: ReadOptions) -> "ParquetFile":
    from pyarrow.parquet import ParquetFile, read_metadata  # noqa: PLC0415

    # The table of contents stands at the end: packed files, which are rare, are held whole.
    stream: BinaryIO = io.BytesIO(unit.read_all(options.max_held_bytes)) if unit.packed else unit.stream
    try:
        metadata = read_metadata(stream)
        size = stream.seek(0, io.SEEK_END)
        _check_rows(metadata.num_rows, size)
        # A page that lies about its size costs nothing where its column is held; through a buffer it costs that size.
        # The columns of the footer are not asked: Arrow ends the process where what they say does not add up.
        buffer = _BUFFER if size > options.max_held_bytes else 0
        return ParquetFile(stream, metadata=metadata, buffer_size=buffer, pre_buffer=False)
    except _damage() as error:
        raise StreamError(RejectReason.BAD_TABLE, f"no Parquet file that can be read: {error}") from None


def _check_rows(rows: int, size: int) -> None:
    """Refuse more rows than the file has bits: they cannot be different texts, and planning would go on for ever."""
    if rows > 8 * size:
        raise StreamError(RejectReason.TOO_LARGE_UNCOMPRESSED, f"{rows} rows in {size} bytes")


def _columns(file: "ParquetFile", options: ReadOptions) -> list[str]:
    """The columns that are fields of ours. Raises StreamError where none can be the text."""
    names = [str(name) for name in file.schema_arrow.names]
    if not Fields(dict.fromkeys(names), options.fields).has("body"):
        detail = f"no column is known to hold the text; columns: {', '.join(names[:20])}"
        raise StreamError(RejectReason.NO_TEXT_FIELD, detail)
    ours = load_rules("read_fields")["fields"]
    return [name for name in names if any(Fields({name: None}, options.fields).has(field) for field in ours)]


def _rows(file: "ParquetFile", columns: list[str], start: int) -> Iterator[dict[str, Any]]:
    """The rows from ``start`` on; whole row groups before it are not read."""
    groups: list[int] = []
    for group in range(file.metadata.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if start >= size and not groups:
            start -= size
        else:
            groups.append(group)
    for batch in file.iter_batches(batch_size=_BATCH, row_groups=groups, columns=columns):
        rows = batch.to_pylist()
        yield from rows[start:]
        start = max(0, start - len(rows))


def _record(row: dict[str, Any], number: int, options: ReadOptions) -> RawRecord | Reject:
    try:
        value = {name: _plain(item) for name, item in row.items()}
        raw = canonical_bytes(value)
        if len(raw) > options.max_record_bytes:
            raise StreamError(RejectReason.TOO_LARGE, f"a row of more than {options.max_record_bytes} bytes")
    except StreamError as error:
        return Reject(number, error.reason, error.detail)
    return to_record(
        value,
        number=number,
        source_format=FORMAT.name,
        raw=raw,
        encoding="utf-8",
        warnings=(),
        mapping=options.fields,
    )


def _plain(value: Any) -> JsonValue:
    """An Arrow value as JSON has it: moments in ISO 8601, bytes as the text that they are."""
    match value:
        case dict():
            plain: JsonValue = {str(key): _plain(item) for key, item in value.items()}
        case list():
            plain = [_plain(item) for item in value]
        case bytes():
            decoded = decode(value)
            plain = decoded.text if decoded is not None else None
        case str():
            plain = replace_surrogates(value)[0]
        case date() | datetime():
            plain = value.isoformat()
        case None | bool() | int() | float():
            plain = value
        case _:
            plain = str(value) if isinstance(value, Decimal) else None
    return plain


FORMAT = Format("parquet", ("application/vnd.apache.parquet",), (".parquet", ".pq"), sniff, read, count, priority=2)
